/** A tenant's points settings: what its movements are decided by. Pure. */
export type LevelPolicy = {
  /** What user levels count. */
  readonly basis: 'total' | 'earned';
  /** What happens to a level whose points are gone: it stays, follows at once, or falls one step at a review. */
  readonly downgrade: 'none' | 'recompute' | 'one_step';
  /** one_step: days from one review to the next. */
  readonly reviewDays: number;
};
export type PointsSettings = {
  readonly _id: number;
  readonly tenantId: number;
  /** Days until earned points end, when the earning does not say; null: never. */
  readonly expiryDays: number | null;
  /** Asked points a day, by category. */
  readonly dailyLimits: Record<string, number>;
  /** All that are allowed, the tenant's own among them. */
  readonly earningCategories: string[];
  readonly spendingCategories: string[];
  readonly levelPolicy: LevelPolicy;
  readonly holdLifetimeMinutes: number;
  readonly pointsEarnedPerUnit: number;
  readonly pointsRedeemedPerUnit: number;
  readonly transfersEnabled: boolean;
  readonly sequence: number;
  /** Counts the changes of the tenant's settings, levels and rules: see `known-definitions.ts`. Absent: none yet. */
  readonly definitionsVersion?: number;
  readonly definitionsChangedAt?: Date;
  /** Levels are to be given anew to all profiles, from this one on. Absent: they have been. */
  readonly levelsToFollow?: { readonly since: Date; readonly after: number };
};

/** What a tenant begins with (spec/api.md, "settings"). */
export const standardSettings = {
  expiryDays: 730,
  dailyLimits: { login: 50 },
  earningCategories: ['login', 'license', 'referral', 'community', 'payment', 'manual'],
  spendingCategories: ['vip_upgrade', 'license_discount', 'feature_unlock', 'priority_support'],
  levelPolicy: { basis: 'total', downgrade: 'none', reviewDays: 30 },
  holdLifetimeMinutes: 30,
  pointsEarnedPerUnit: 1,
  pointsRedeemedPerUnit: 100,
  transfersEnabled: false,
} as const satisfies Omit<
  { [Field in keyof PointsSettings]: unknown },
  '_id' | 'tenantId' | 'sequence' | 'levelsToFollow' | 'definitionsVersion' | 'definitionsChangedAt'
>;

/** Categories that the platform itself moves points under. */
export const SYSTEM_CATEGORIES = ['order_discount', 'redemption', 'transfer'] as const;

/** Every category that the tenant has a name for: adjusting takes any. */
export const allCategories = (settings: PointsSettings): string[] => [
  ...settings.earningCategories,
  ...settings.spendingCategories,
  ...SYSTEM_CATEGORIES,
];

/** Settings as they were stored, completed with the standard for what came later. */
export const completed = (stored: PointsSettings): PointsSettings => ({
  ...(standardSettings as unknown as PointsSettings),
  ...stored,
});
