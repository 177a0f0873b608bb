/** Award rules: whether a fact gives points, and how many. Pure. */
export type Condition = {
  readonly field: string;
  readonly operator: 'eq' | 'ne' | 'in' | 'gte' | 'lte' | 'multiple_of';
  readonly value: unknown;
};
/** `points` for each `amount` of a number in the event's data. */
export type PerAmount = { readonly field: string; readonly points: number; readonly amount: number };
/** In points before multipliers; null: none. */
export type Caps = {
  readonly perDay: number | null;
  readonly perMember: number | null;
  readonly budget: number | null;
};
export type Rule = {
  readonly _id: number;
  readonly tenantId: number;
  version: number;
  name: string;
  eventType: string;
  conditions: Condition[];
  /** Fixed points, or null where `perAmount` says how many. */
  points: number | null;
  /** Absent in rules that are older than it. */
  perAmount?: PerAmount | null;
  caps?: Caps;
  category: string;
  subcategory: string | null;
  reason: string | null;
  validFrom: Date | null;
  validTo: Date | null;
  order: number;
  isActive: boolean;
  readonly createdAt: Date;
  updatedAt: Date;
};

/** What a new tenant begins with: 100 points for activating a licence (spec/events.md). */
export const standardRule = {
  name: '激活许可证奖励',
  eventType: 'assignment.activated.v1',
  conditions: [],
  points: 100,
  perAmount: null,
  caps: { perDay: null, perMember: null, budget: null },
  category: 'license',
  subcategory: 'activation',
  reason: '激活许可证奖励',
  validFrom: null,
  validTo: null,
  order: 100,
  isActive: true,
} satisfies Partial<Rule>;

const valueAt = (data: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        value !== null && typeof value === 'object' && Object.hasOwn(value, key)
          ? (value as Record<string, unknown>)[key]
          : undefined,
      data,
    );

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function holds({ field, operator, value }: Condition, data: unknown): boolean {
  const actual = valueAt(data, field);
  switch (operator) {
    case 'eq':
      return actual === value;
    case 'ne':
      return actual !== value;
    case 'in':
      return Array.isArray(value) && value.includes(actual);
    case 'gte':
      return isNumber(actual) && isNumber(value) && actual >= value;
    case 'lte':
      return isNumber(actual) && isNumber(value) && actual <= value;
    case 'multiple_of':
      return isNumber(actual) && isNumber(value) && actual > 0 && actual % value === 0;
  }
}

/** Why a rule gives nothing for a fact, or that it does. */
export type Verdict =
  | { readonly gives: true; readonly points: number }
  | { readonly gives: false; readonly because: readonly Obstacle[] };
export type Obstacle =
  | { readonly code: 'INACTIVE' | 'NOT_YET_VALID' | 'NO_LONGER_VALID' | 'NO_POINTS' }
  | { readonly code: 'CONDITION'; readonly condition: Condition; readonly actual: unknown };

/** More than one movement may hold counts as that much. */
const POINTS_AT_MOST = 10_000_000;

/** Points before multipliers, half up. Counted in cents: a fraction of a cent has no points. */
function pointsOf({ points, perAmount }: Pick<Rule, 'points' | 'perAmount'>, data: unknown): number {
  if (!perAmount) return points ?? 0;
  const value = valueAt(data, perAmount.field);
  if (!isNumber(value) || value <= 0) return 0;
  const cents = BigInt(Math.min(Number.MAX_SAFE_INTEGER, Math.round(value * 100)));
  const divisor = 200n * BigInt(perAmount.amount);
  const whole = (2n * cents * BigInt(perAmount.points) + divisor / 2n) / divisor;
  return whole > BigInt(POINTS_AT_MOST) ? POINTS_AT_MOST : Number(whole);
}

/** What a rule makes of a fact of its type at a time. */
export function judge(rule: Rule, data: unknown, at: Date): Verdict {
  const because: Obstacle[] = [];
  if (!rule.isActive) because.push({ code: 'INACTIVE' });
  if (rule.validFrom !== null && at < rule.validFrom) because.push({ code: 'NOT_YET_VALID' });
  if (rule.validTo !== null && rule.validTo < at) because.push({ code: 'NO_LONGER_VALID' });
  for (const condition of rule.conditions)
    if (!holds(condition, data))
      because.push({ code: 'CONDITION', condition, actual: valueAt(data, condition.field) ?? null });
  const points = pointsOf(rule, data);
  if (points === 0) because.push({ code: 'NO_POINTS' });
  return because.length > 0 ? { gives: false, because } : { gives: true, points };
}

/** What a member, and all together, got by a rule. */
export type Given = { readonly today: number; readonly member: number; readonly all: number };
export type CapCode = 'CAP_PER_DAY' | 'CAP_PER_MEMBER' | 'CAP_BUDGET';

/** Whether what a rule has given must be known. */
export const isCapped = ({ caps }: Pick<Rule, 'caps'>): boolean =>
  Object.values(caps ?? {}).some((cap) => cap !== null);

/** The cap that so many points more would pass. */
export function whyCapped(caps: Caps | undefined, given: Given, points: number): CapCode | undefined {
  const passes = (cap: number | null | undefined, used: number) =>
    cap !== null && cap !== undefined && used + points > cap;
  if (passes(caps?.perDay, given.today)) return 'CAP_PER_DAY';
  if (passes(caps?.perMember, given.member)) return 'CAP_PER_MEMBER';
  return passes(caps?.budget, given.all) ? 'CAP_BUDGET' : undefined;
}

/** Rules for facts of a type, in their order. */
export const rulesOf = (rules: readonly Rule[], eventType: string): Rule[] =>
  rules
    .filter((rule) => rule.eventType === eventType)
    .sort((left, right) => left.order - right.order || left._id - right._id);
