/** What the tests of VIP tags speak of. */
import * as tags from '@membership/contracts/endpoints/vip/tags';
import type { Client } from '@membership/contracts/client';
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
