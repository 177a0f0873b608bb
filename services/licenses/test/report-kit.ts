/** What the tests of reports have in common: a member that used something, and how a report is asked. */
import { dayOf } from '@membership/platform/calendar';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import type { ServiceKit } from '@membership/platform/testing/service-kit';
import { device, type House } from './builders.ts';

const HOUR = 3_600_000;
/** The zone of the tenants of tests. */
export const today = () => dayOf('Asia/Shanghai', new Date());
/** Asks the report on usage. */
export const usage = (house: House, query: Record<string, unknown> = {}) =>
  house.admin.call(contracts.reportLicenseUsage, { query: query as never });
/** The rows of the report on usage. */
export const rowsOf = async (house: House, query: Record<string, unknown> = {}) =>
  (await usage(house, query)).body.data.rows;

/** A member that has activated a device and used it for some hours until now. */
export async function aUser(
  kit: ServiceKit,
  house: House,
  { hours = 0, licenseId }: { hours?: number; licenseId?: number } = {},
) {
  const mine = await house.anAssignment(licenseId === undefined ? {} : { licenseId });
  const params = { assignment_id: String(mine.assignmentId) };
  await mine.client.ask(contracts.activateLicense, { params, body: device('pc') });
  if (hours > 0) {
    await kit.connection
      .collection<{ _id: number }>('assignments')
      .updateOne(
        { _id: mine.assignmentId },
        { $set: { activatedAt: new Date(Date.now() - 40 * 24 * HOUR) } },
      );
    const end = Math.floor(Date.now() / 1_000) * 1_000;
    await mine.client.ask(contracts.reportUsage, {
      params,
      body: {
        device_id: 'pc',
        started_at: new Date(end - hours * HOUR).toISOString(),
        ended_at: new Date(end).toISOString(),
      },
    });
    // Back to today, where the activation was counted.
    await kit.connection
      .collection<{ _id: number }>('assignments')
      .updateOne({ _id: mine.assignmentId }, { $set: { activatedAt: new Date() } });
  }
  return mine;
}
