/** What points were earned and spent for in a period. */
import { longestDays } from '@membership/contracts/endpoints/stats/index';
import type { TenantScope } from '@membership/platform/scope';
import type { Serving } from '../projecting/generations.ts';
import { ofOneMoment, openPeriod, withBefore, type AskedPeriod, type Numbers } from './numbers.ts';
import type { Period } from './period.ts';

const FIGURES = ['earned', 'spent', 'expired', 'records'] as const;
export type CategorySums = { readonly category: string } & Readonly<Record<(typeof FIGURES)[number], number>>;
type Categories = { readonly period: Period; readonly categories: readonly CategorySums[] };
export type PointsCategories = Categories & {
  readonly asOf: Serving['asOf'];
  readonly previous: Categories | null;
};

/** Refusals: VALIDATION_ERROR for an end before its start, and for too many days. */
export const pointsCategories = ofOneMoment(
  async (
    numbers: Numbers,
    scope: TenantScope,
    { withPrevious, ...asked }: AskedPeriod & { readonly withPrevious: boolean },
  ): Promise<PointsCategories> => {
    const { generation, asOf, period } = await openPeriod(numbers, scope, asked, longestDays.day);
    const { before, moments } = withBefore(period, withPrevious);
    const sums = await numbers.counters.detailsBetween(scope, generation, 'categories', moments);
    return {
      asOf,
      period,
      categories: categoriesOf(sums.at(-1) ?? {}),
      previous: before && { period: before, categories: categoriesOf(sums[0] ?? {}) },
    };
  },
);

/** `login.earned` and the like, by category; the one that moved the most first. */
export function categoriesOf(sums: Readonly<Record<string, number>>): CategorySums[] {
  const names = new Set(Object.keys(sums).map((name) => name.slice(0, name.indexOf('.'))));
  return [...names]
    .map((category) => {
      const [earned, spent, expired, records] = FIGURES.map((figure) => sums[`${category}.${figure}`] ?? 0);
      return { category, earned, spent, expired, records } as CategorySums;
    })
    .sort(
      (left, right) =>
        right.earned + right.spent + right.expired - (left.earned + left.spent + left.expired) ||
        left.category.localeCompare(right.category),
    );
}
