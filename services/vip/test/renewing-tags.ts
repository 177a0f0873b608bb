/** Tags that renew themselves, as the tests of vip speak of them. */
import * as contracts from '@membership/contracts/endpoints/vip/index';
import type { Client } from '@membership/contracts/client';
import type { ServiceKit } from '@membership/platform/testing/service-kit';
import { aTag, aTenantOf, grantTo } from './builders.ts';

/** Switches a holding's auto-renewal. */
export const renewsItself = (client: Client, id: number, body: object = {}) =>
  client.call(contracts.setAutoRenewal, { params: { id: String(id) }, body: body as never });
/** Does by hand what the jobs do. */
export const runDue = (admin: Client) => admin.ask(contracts.runDueWork, {});
export const holding = (client: Client, id: number) =>
  client.ask(contracts.getUserTag, { params: { id: String(id) } });
/** Purchases that tags started themselves, newest first. */
export const renewals = async (client: Client) =>
  (await client.ask(contracts.listPurchases, {})).items.filter(({ origin }) => origin === 'auto_renewal');

/** John holds a tag for 30 days that renews itself. */
export async function aRenewingTag(kit: ServiceKit, more: object = {}, days = 30) {
  const tenant = await aTenantOf(kit);
  const tag = await aTag(tenant.admin, more);
  const { id } = await grantTo(tenant.admin, tenant.john, tag.id, { duration_days: days });
  const answer = await renewsItself(tenant.asJohn, id, { duration_days: days });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return { ...tenant, tag, id };
}
