/** What the tests of VIP tags speak of. */
import * as tags from '@membership/contracts/endpoints/vip/tags';
import type { Client } from '@membership/contracts/client';
import { grantTag as grant } from '@membership/contracts/endpoints/vip/user-tags';
import type { ServiceKit } from '@membership/platform/testing/service-kit';
import { DAY } from '../src/holdings/user-tag.ts';

let nextTenant = 100;
/** A tenant of a test's own, with two members that the service knows. */
export async function aTenantOf(kit: ServiceKit) {
  const tenantId = nextTenant++;
  const [john, jane] = [tenantId * 10 + 1, tenantId * 10 + 2];
  await kit.aMember({ tenantId, memberId: john, username: 'john_doe', email: 'john@example.com' });
  await kit.aMember({ tenantId, memberId: jane, username: 'jane_roe', email: 'jane@example.com' });
  return {
    tenantId,
    john,
    jane,
    admin: kit.as({ role: 'admin', tenantId, userId: 3, name: 'admin_acme' }),
    asJohn: kit.as({ role: 'member', tenantId, userId: john }),
    asJane: kit.as({ role: 'member', tenantId, userId: jane }),
    internal: kit.as({ role: 'internal', tenantId }),
    stranger: kit.as({ role: 'admin', tenantId: tenantId + 100_000, userId: 4 }),
  };
}

/** Gives a member a tag. */
export const grantTo = (client: Client, memberId: number, tagId: number, more: object = {}) =>
  client.ask(grant, { body: { member_id: memberId, tag_id: tagId, ...more } });
/** That a time is so many days away. */
export const expectNear = (iso: string | null, days: number) =>
  expect(Math.abs(Date.parse(iso ?? '') - Date.now() - days * DAY)).toBeLessThan(60_000);
/** Which facts of a holding were announced so far, with their sequence. */
export const holdingFacts = ({ heard }: ServiceKit, id: number) =>
  heard
    .filter(({ subject, type }) => subject === String(id) && type.startsWith('vip.'))
    .map(({ type, sequence }) => [type, sequence]);

/** Lets days pass for one holding, as if it had been made earlier. */
export async function letPass(kit: ServiceKit, id: number, days: number): Promise<void> {
  const earlier = (path: string) => ({
    $cond: [{ $gte: [path, new Date('9000-01-01')] }, path, { $subtract: [path, days * DAY] }],
  });
  await kit.connection.collection<{ _id: number }>('user_tags').updateOne({ _id: id }, [
    {
      $set: {
        expiresAt: earlier('$expiresAt'),
        graceEndsAt: earlier('$graceEndsAt'),
        dueAt: earlier('$dueAt'),
        grantedAt: earlier('$grantedAt'),
        renewal: {
          $cond: [
            { $eq: [{ $type: '$renewal' }, 'object'] },
            {
              $mergeObjects: [
                '$renewal',
                { at: earlier('$renewal.at'), triedFor: earlier('$renewal.triedFor') },
              ],
            },
            '$renewal',
          ],
        },
      },
    },
  ]);
}

/** The tag of seed 001's example. */
export const gold = {
  tag_name: 'VIP金牌',
  tag_code: 'VIP_GOLD',
  tag_type: 'vip' as const,
  tag_color: '#FFD700',
  tag_icon: '👑',
  tag_description: '最高级别的VIP会员',
  permission_modifiers: { discount_rate_bonus: 0.1, priority_support: true, exclusive_content_access: true },
  quota_modifiers: { download_multiplier: 2.0, api_calls_multiplier: 3.0 },
  price_config: { monthly_price: 99.0, yearly_price: 999.0, currency: 'CNY' },
  default_duration_days: 30,
  max_duration_days: 365,
  tag_level: 10,
  is_active: true,
  is_assignable: true,
  requires_payment: true,
};
export const aTag = (admin: Client, more: object = {}) =>
  admin.ask(tags.defineTag, { body: { ...gold, ...more } });
export const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
export const drfError = (
  code: string,
  message: unknown = expect.any(String),
  details: unknown = expect.any(Object),
) => ({
  success: false,
  error: { code, message, details },
  timestamp: time,
  request_id: expect.any(String),
});
