/** What a tag costs for a number of days, in money and in points (spec/api.md, worked numbers). Whole numbers only. Pure. */
import { invalid, invalidState } from '@membership/contracts/errors';
import type { Price } from './tag.ts';

const YEAR = 365;
const MONTH = 30;

export type Quote = {
  /** The price that counts, and the days that it is for. */
  readonly rate: 'monthly' | 'yearly';
  readonly unitMinor: number;
  readonly unitDays: number;
  /** In hundredths of the currency, rounded up. */
  readonly minor: number;
  readonly currency: string;
  readonly points: number;
};

/** `dividend / divisor`, rounded up. */
const roundedUp = (dividend: bigint, divisor: bigint): number => Number((dividend + divisor - 1n) / divisor);

/**
 * The yearly price from 365 days on, else the monthly one; a tag that has only one of them is sold at that. Pro rata by day.
 * The points follow from the exact price, so they are rounded once. Refuses a tag without a price
 * (INVALID_STATE), and so many days that no number of points could pay them (400).
 */
export function quote(price: Price | null, days: number, pointsPerUnit: number): Quote {
  const [preferred, other] =
    days >= YEAR ? (['yearly', 'monthly'] as const) : (['monthly', 'yearly'] as const);
  const rate = (price?.[preferred] ?? null) === null ? other : preferred;
  const unitMinor = price?.[rate] ?? null;
  if (price === null || unitMinor === null)
    throw invalidState('not_for_sale', [], {
      zh: '该标签未设置价格，不能购买',
      en: 'The tag has no price: it cannot be bought',
    });
  const unitDays = rate === 'yearly' ? YEAR : MONTH;
  const timesDays = BigInt(unitMinor) * BigInt(days);
  const points = roundedUp(timesDays * BigInt(pointsPerUnit), BigInt(unitDays) * 100n);
  if (!Number.isSafeInteger(points))
    throw invalid({
      duration_days: { zh: '超出积分可支付的范围', en: 'Costs more than points can pay' },
    });
  return {
    rate,
    unitMinor,
    unitDays,
    minor: roundedUp(timesDays, BigInt(unitDays)),
    currency: price.currency,
    points,
  };
}
