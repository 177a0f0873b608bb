/** Document 001's own member and tenant, for the tests of its examples: import it once, its hooks come along. */
import { getProfile, updateProfile } from '@membership/contracts/endpoints/points/index';
import { vipGranted } from '@membership/contracts/events/vip';
import { eventually } from '@membership/platform/testing/service-kit';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

export const JOHN = 123;
export const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
export const ID = expect.any(Number);
export const params = { id: String(JOHN) };
export let ledger: LedgerKit;
/** ACME: 456, as the document has it; john: 123, GOLD by 2,500 points, VIP_GOLD for 97 days, earning times 1.20. */
export const TENANT = 456;
export const admin = () => ledger.as({ role: 'admin', tenantId: TENANT, userId: 1 });
export const internal = () => ledger.as({ role: 'internal', tenantId: TENANT });
export const post = (path: string, body: unknown, client = internal()) =>
  client.send('POST', `/api/v1/points/profiles/${JOHN}/${path}/`, { body });
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
export const nextYear = inDays(365.5);

beforeAll(async () => {
  ledger = await startLedgerKit();
  const { kit } = ledger;
  await kit.aTenant({ tenantId: TENANT, name: 'ACME Corp' });
  await kit.aMember({ tenantId: TENANT, memberId: JOHN, username: 'john_doe', email: 'john@example.com' });
  await admin().send('PUT', '/api/v1/points/settings/', { body: { daily_limits: {} } });
  await post('adjust_points', { points_amount: 2_480, reason: '期初' }, admin());
  await admin().ask(updateProfile, { params, body: { points_multiplier: 1.2 } });
  await kit.publish(vipGranted, {
    tenantId: TENANT,
    subject: 1,
    data: {
      userTagId: 1,
      memberId: JOHN,
      tag: {
        ...{ tagId: 1, tagName: 'VIP金牌', tagCode: 'VIP_GOLD', tagType: 'vip', tagColor: '#FFD700' },
        ...{ tagIcon: '👑', tagLevel: 10, isActive: true },
        permissionModifiers: {
          discount_rate_bonus: 0.1,
          priority_support: true,
          exclusive_content_access: true,
        },
        quotaModifiers: { download_multiplier: 2, api_calls_multiplier: 3 },
      },
      status: 'active',
      grantedAt: new Date().toISOString(),
      expiresAt: inDays(97.5),
      graceEndsAt: inDays(104.5),
      autoRenew: false,
      reason: null,
    },
  });
  await eventually(async () =>
    expect((await internal().ask(getProfile, { params })).active_tags).toHaveLength(1),
  );
});
afterAll(() => ledger?.stop());
