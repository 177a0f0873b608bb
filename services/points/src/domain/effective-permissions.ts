/** What a member may do: base, level and tags added up (spec/api.md, "Worked numbers"). Pure. */
import type { Level } from './level.ts';
import type { TagProjection } from './member-tag.ts';

/** What a level gives, and what each tag multiplies it by. */
type QuotaCalculation = {
  readonly level_quota: number;
  readonly multipliers: Record<string, number>;
  readonly final_quota: number;
};
type Values = Record<string, boolean | number | string | null>;
export type Permissions = {
  readonly base: Values;
  readonly level: Values;
  readonly tags: Record<string, Record<string, unknown>>;
  readonly effective: Values;
  readonly quotas: Record<string, number>;
  readonly quotaCalculation: Record<string, QuotaCalculation>;
  readonly calculation: {
    base_discount: number;
    level_discount: number;
    vip_bonus: number;
    final_discount: number;
  };
};

const BASE: Values = { can_view_basic_content: true, can_use_basic_features: true };
const QUOTA_MULTIPLIERS: Record<string, string> = {
  max_downloads_per_day: 'download_multiplier',
  max_api_calls_per_hour: 'api_calls_multiplier',
};
const NOT_PERMISSIONS = new Set(['discount_rate', 'discount_rate_bonus']);
/** What a level or a tag gives under one name, and a member has under another. */
const SHOWN_AS: Readonly<Record<string, string>> = {
  exclusive_content_access: 'can_view_exclusive_content',
};

/** Rates are summed in ten-thousandths: 0.1 + 0.2 is 0.3 here. */
const rate = (value: unknown): number => (typeof value === 'number' ? Math.round(value * 10_000) : 0);

/** Where a tag stands at a moment: its clock runs without events, too. */
export function tagState(
  tag: Pick<TagProjection, 'status' | 'expiresAt' | 'graceEndsAt'>,
  now: Date,
): 'active' | 'grace' | 'expired' | 'suspended' | 'revoked' {
  if (tag.status === 'suspended' || tag.status === 'revoked') return tag.status;
  if (tag.status === 'expired') return 'expired';
  if (tag.expiresAt === null || now < tag.expiresAt) return 'active';
  return now < (tag.graceEndsAt ?? tag.expiresAt) ? 'grace' : 'expired';
}

/** Whether a tag gives privileges: active or in grace. */
export const gives = (tag: Pick<TagProjection, 'status' | 'expiresAt' | 'graceEndsAt'>, now: Date): boolean =>
  ['active', 'grace'].includes(tagState(tag, now));

/** Adds everything up; only tags that are active or in grace at `now` count. */
export function effectivePermissions({
  level,
  tags,
  isEnabled,
  isAdmin,
  now,
}: {
  level: Level | undefined;
  tags: readonly TagProjection[];
  isEnabled: boolean;
  isAdmin: boolean;
  now: Date;
}): Permissions {
  const active = tags.filter((tag) => gives(tag, now));
  // Levels that are older than this rule may hold lists and objects, which are no permissions.
  const levelValues = Object.fromEntries(
    Object.entries(level?.permissions ?? {}).filter(
      ([, value]) => typeof value !== 'object' || value === null,
    ),
  ) as Values;
  const effective: Values = { ...BASE };
  const raise = (given: string, value: unknown) => {
    if (NOT_PERMISSIONS.has(given)) return;
    const name = SHOWN_AS[given] ?? given;
    if (typeof value === 'boolean') effective[name] = effective[name] === true || value;
    else if (effective[name] === undefined && (typeof value === 'number' || typeof value === 'string'))
      effective[name] = value;
  };
  for (const values of [levelValues, ...active.map(({ tag }) => tag.permissionModifiers)])
    for (const [name, value] of Object.entries(values)) raise(name, value);
  const levelDiscount = rate(levelValues.discount_rate);
  const bonus = active.reduce((sum, { tag }) => sum + rate(tag.permissionModifiers.discount_rate_bonus), 0);
  const final = Math.min(10_000, levelDiscount + bonus);
  effective.discount_rate = final / 10_000;
  effective.can_earn_points = isEnabled;
  effective.can_spend_points = isEnabled;
  effective.can_manage_points = isAdmin;
  const quotas = Object.entries(level?.quotas ?? {}).map(
    ([name, quota]) => [name, calculateQuota(name, quota, active)] as const,
  );
  return {
    base: BASE,
    level: { ...levelValues, level_name: level?.name ?? null },
    tags: Object.fromEntries(active.map(({ tag }) => [tag.tagCode, tag.permissionModifiers])),
    effective,
    quotas: Object.fromEntries(quotas.map(([name, { final_quota }]) => [name, final_quota])),
    quotaCalculation: Object.fromEntries(quotas),
    calculation: {
      base_discount: 0,
      level_discount: levelDiscount / 10_000,
      vip_bonus: bonus / 10_000,
      final_discount: final / 10_000,
    },
  };
}

function calculateQuota(name: string, quota: number, tags: readonly TagProjection[]): QuotaCalculation {
  const multiplier = QUOTA_MULTIPLIERS[name];
  const factors = tags.flatMap(({ tag }) => {
    const factor = multiplier && tag.quotaModifiers[multiplier];
    return typeof factor === 'number' ? [[tag.tagCode, factor] as const] : [];
  });
  const product = factors.reduce((sofar, [, factor]) => sofar * factor, quota);
  return {
    level_quota: quota,
    multipliers: Object.fromEntries(factors),
    // 100 × 1.15 is 114.99… in floats.
    final_quota: Math.floor(Number(product.toFixed(6))),
  };
}
