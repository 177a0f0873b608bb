import type { Level } from './level.ts';
import { standardLevels } from './standard-levels.ts';
import { effectivePermissions, tagState } from './effective-permissions.ts';

const now = new Date('2025-09-25T00:00:00Z');
const at = (days: number) => new Date(now.getTime() + days * 86_400_000);
const gold: Level = {
  ...(standardLevels[2] as (typeof standardLevels)[0]),
  _id: 3,
  tenantId: 1,
  sequence: 1,
  createdAt: now,
  updatedAt: now,
};
const vip = (more = {}) => ({
  _id: 1,
  tenantId: 1,
  memberId: 1,
  sequence: 1,
  status: 'active',
  expiresAt: at(97),
  graceEndsAt: at(104),
  tag: {
    tagId: 1,
    tagName: 'VIP金牌',
    tagCode: 'VIP_GOLD',
    tagType: 'vip',
    tagColor: '#FFD700',
    permissionModifiers: { discount_rate_bonus: 0.1, priority_support: true, exclusive_content_access: true },
    quotaModifiers: { download_multiplier: 2, api_calls_multiplier: 3 },
  },
  ...more,
});
const all = { level: gold, tags: [vip()], isEnabled: true, isAdmin: false, now };

test('gold with VIP gold is the seed’s example', () => {
  const { effective, quotas, quotaCalculation, calculation } = effectivePermissions(all);
  expect(effective).toMatchObject({
    can_view_basic_content: true,
    can_view_premium_content: true,
    can_view_exclusive_content: true,
    discount_rate: 0.25,
    priority_support: true,
    can_earn_points: true,
    can_spend_points: true,
    can_manage_points: false,
  });
  expect(quotas).toEqual({ max_downloads_per_day: 40, max_api_calls_per_hour: 600 });
  expect(quotaCalculation).toEqual({
    max_downloads_per_day: { level_quota: 20, multipliers: { VIP_GOLD: 2 }, final_quota: 40 },
    max_api_calls_per_hour: { level_quota: 200, multipliers: { VIP_GOLD: 3 }, final_quota: 600 },
  });
  expect(calculation).toEqual({
    base_discount: 0,
    level_discount: 0.15,
    vip_bonus: 0.1,
    final_discount: 0.25,
  });
});
test('a multiplied quota is what one reckons by hand, rounded down', () => {
  const by = (download_multiplier: number) => {
    const tag = { ...vip().tag, quotaModifiers: { download_multiplier } };
    const level = { ...gold, quotas: { max_downloads_per_day: 100 } };
    return effectivePermissions({ ...all, level, tags: [vip({ tag })] }).quotas;
  };
  expect(by(1.15)).toEqual({ max_downloads_per_day: 115 });
  expect(by(1.159)).toEqual({ max_downloads_per_day: 115 });
  expect(by(0.001)).toEqual({ max_downloads_per_day: 0 });
});
test('a level gives access to exclusive content as a tag does', () => {
  const level = { ...all.level, permissions: { exclusive_content_access: true } } as typeof all.level;
  expect(effectivePermissions({ ...all, level, tags: [] }).effective).toMatchObject({
    can_view_exclusive_content: true,
  });
});
test('discounts stop at 1', () =>
  expect(
    effectivePermissions({ ...all, tags: Array.from({ length: 20 }, () => vip()) }).calculation
      .final_discount,
  ).toBe(1));
test('disabled points take earning and spending away, nothing else', () => {
  expect(effectivePermissions({ ...all, isEnabled: false }).effective).toMatchObject({
    can_earn_points: false,
    can_spend_points: false,
    discount_rate: 0.25,
  });
});
test.each([
  ['active', vip(), 'active'],
  ['past its end', vip({ expiresAt: now }), 'grace'],
  ['past its grace', vip({ expiresAt: at(-8), graceEndsAt: now }), 'expired'],
  ['without an end', vip({ expiresAt: null, graceEndsAt: null }), 'active'],
  ['suspended', vip({ status: 'suspended' }), 'suspended'],
  ['revoked', vip({ status: 'revoked' }), 'revoked'],
])('a tag %s is %s, with no event needed', (_name, tag, state) => expect(tagState(tag, now)).toBe(state));
test('a tag that ended gives nothing', () =>
  expect(
    effectivePermissions({ ...all, tags: [vip({ expiresAt: at(-8), graceEndsAt: at(-1) })] }).calculation
      .vip_bonus,
  ).toBe(0));
