/** Adds a profile's days up: what the summaries and predictions say. Pure. */
import type { DayCounts } from '../domain/day-totals.ts';
import { plusDays } from '@membership/platform/calendar';

export type Period = {
  readonly earned: number;
  readonly spent: number;
  readonly earnedByCategory: Record<string, number>;
  readonly spentByCategory: Record<string, number>;
  readonly earnedByDay: readonly { date: string; points: number }[];
  readonly spentByDay: readonly { date: string; points: number }[];
};
type Totals = Pick<DayCounts, 'day' | 'earned' | 'spent'>;

const sum = (values: Record<string, number> | undefined): number =>
  Object.values(values ?? {}).reduce((left, right) => left + right, 0);

/** Adds days up, newest first; days without points are left out. */
export function periodOf(days: readonly Totals[]): Period {
  const byCategory = (side: 'earned' | 'spent') => {
    const totals: Record<string, number> = {};
    for (const day of days)
      for (const [category, points] of Object.entries(day[side] ?? {}))
        totals[category] = (totals[category] ?? 0) + points;
    // What was undone in whole counts as if it had not been.
    return Object.fromEntries(Object.entries(totals).filter(([, points]) => points !== 0));
  };
  const byDay = (side: 'earned' | 'spent') =>
    days
      .map((day) => ({ date: day.day, points: sum(day[side]) }))
      .filter(({ points }) => points > 0)
      .sort((left, right) => right.date.localeCompare(left.date));
  const earnedByCategory = byCategory('earned');
  const spentByCategory = byCategory('spent');
  return {
    earned: sum(earnedByCategory),
    spent: sum(spentByCategory),
    earnedByCategory,
    spentByCategory,
    earnedByDay: byDay('earned'),
    spentByDay: byDay('spent'),
  };
}

/** What was earned a day in the second half of the window against the first: within ±10 % stable. A single day has no halves. */
export function trendOf(
  days: readonly Totals[],
  today: string,
  length: number,
): 'increasing' | 'stable' | 'decreasing' {
  const later = Math.floor(length / 2);
  if (later === 0) return 'stable';
  const middle = plusDays(today, 1 - later);
  const earnedIn = (half: readonly Totals[]) => half.reduce((total, day) => total + sum(day.earned), 0);
  // Compared in whole numbers: of an odd number of days the first half has one more.
  const second = earnedIn(days.filter(({ day }) => day >= middle)) * (length - later);
  const first = earnedIn(days.filter(({ day }) => day < middle)) * later;
  if (second > first * 1.1) return 'increasing';
  return second < first * 0.9 ? 'decreasing' : 'stable';
}

/** ⌈points to next ÷ average earned a day⌉, null when nothing was earned or there is no next level; average a month is that × 30. */
export function predictions(
  earned: number,
  length: number,
  pointsToNext: number | null,
): { estimatedDays: number | null; monthlyAverage: number } {
  const monthlyAverage = Math.round((earned / length) * 30 * 100) / 100;
  if (pointsToNext === null || earned === 0) return { estimatedDays: null, monthlyAverage };
  return { estimatedDays: Math.ceil((pointsToNext * length) / earned), monthlyAverage };
}
