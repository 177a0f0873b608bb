/** A points service for the tests of one file, and a new member for each of them: import it once, its hooks come along. */
import { earnPoints, spendPoints } from '@membership/contracts/endpoints/points/index';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { pointsService } from '../src/app.ts';

export let kit: ServiceKit;
/** A member of tenant 1 (ACME Corp); tenant 2 is Globex. */
export let member: number;

beforeAll(() => clearOfMidnight('Asia/Shanghai'));
beforeAll(async () => {
  kit = await startServiceKit(pointsService, { EXPIRY_JOB_SECONDS: '1' });
  await kit.aTenant({ tenantId: 1, name: 'ACME Corp' });
  await kit.aTenant({ tenantId: 2, name: 'Globex' });
});
afterAll(() => kit?.stop());
beforeEach(async () => {
  member = await kit.aMember({ username: `john_${Math.floor(Math.random() * 1e9)}` });
});

export const internal = () => kit.as({ role: 'internal' });
export const earn = (points: number, more: Record<string, unknown> = {}) =>
  internal().call(earnPoints, {
    params: { id: String(member) },
    body: { points_amount: points, category: 'license', ...more },
  });
export const spend = (points: number, more: Record<string, unknown> = {}) =>
  internal().call(spendPoints, {
    params: { id: String(member) },
    body: { points_amount: points, category: 'vip_upgrade', ...more },
  });
