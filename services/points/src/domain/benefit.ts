/** Benefits of member levels, and how often they may be used. Pure. Money in hundredths. */
import type { Day } from '@membership/platform/calendar';
import type { MemberLevel } from './member-level.ts';

export type BenefitType = 'DISCOUNT' | 'FREE_SHIPPING' | 'BIRTHDAY_GIFT' | 'GIFT' | 'SERVICE';
export type Benefit = {
  readonly _id: number;
  readonly tenantId: number;
  /** The tenant's own code: what the API calls `benefit_id`. */
  readonly code: string;
  readonly type: BenefitType;
  name: string;
  /** DISCOUNT: the part that is paid; null: what the member's level pays. */
  value: number | null;
  description: string;
  requiredLevelId: number | null;
  usageLimit: number | null;
  /** When the count of uses begins anew. */
  limitPeriod: 'year' | 'month' | null;
  isActive: boolean;
  /** Counts its facts. Absent: a version before made it, and none was told. */
  readonly sequence?: number;
  readonly createdAt: Date;
  updatedAt: Date;
};
/** How often a member has used a benefit in a period: what its limit is decided on. */
export type UseCount = {
  /** `<benefit>:<member>:<period>` */
  readonly _id: string;
  readonly tenantId: number;
  readonly memberId: number;
  readonly used: number;
};
/** One use, once per benefit and order. */
export type BenefitUse = {
  /** `<benefit>:<order>` */
  readonly _id: string;
  readonly tenantId: number;
  readonly usageId: number;
  readonly memberId: number;
  readonly benefitCode: string;
  readonly orderId: string;
  readonly discount: number;
  /** Where it is counted. Absent: a version before made it, and it is counted in the period that it was used in. */
  readonly countKey?: string;
  /** Its order was refunded in whole: it counts no more. */
  readonly returnedAt?: Date;
  readonly fingerprint: string;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
};

/** The period that a day belongs to, and its last day. */
export function periodOf(
  { limitPeriod }: Pick<Benefit, 'limitPeriod'>,
  day: Day,
): { key: string; last: Day | null } {
  if (limitPeriod === null) return { key: 'all', last: null };
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
  if (limitPeriod === 'year') return { key: `${year}`, last: `${year}-12-31` };
  return { key: day.slice(0, 7), last: new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10) };
}

/** The key of the count that a use on this day belongs to. */
export const countKeyOf = (
  benefit: Pick<Benefit, '_id' | 'limitPeriod'>,
  memberId: number,
  day: Day,
): string => `${benefit._id}:${memberId}:${periodOf(benefit, day).key}`;

/** The benefit's number for a member of this level. */
export const valueFor = ({ type, value }: Benefit, level: MemberLevel): number =>
  value ?? (type === 'DISCOUNT' ? level.payRate / 10_000 : 1);

/** `{discount}` as Chinese shops say it: 0.9 is 9, 0.85 is 8.5. */
export const descriptionFor = (benefit: Benefit, level: MemberLevel): string =>
  benefit.description.replaceAll('{discount}', String(Math.round(valueFor(benefit, level) * 1_000) / 100));

/** What it takes off: a part of the price rounded half up, the shipping, or nothing that has a price. */
export function discountOf(
  benefit: Benefit,
  level: MemberLevel,
  { amount, shipping }: { readonly amount: number; readonly shipping: number },
): number {
  if (benefit.type === 'FREE_SHIPPING') return shipping;
  if (benefit.type !== 'DISCOUNT') return 0;
  const payRate = Math.round(valueFor(benefit, level) * 10_000);
  return Math.floor((amount * (10_000 - payRate) + 5_000) / 10_000);
}

/** A birthday gift is for the month of the birthday. */
export const isBirthdayMonth = (birthday: Day | null, today: Day): boolean =>
  birthday?.slice(5, 7) === today.slice(5, 7);
