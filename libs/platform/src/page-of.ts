/** A page of a list that stands in memory, in the order and with the count that the database would give. */
import type { PageRequest, Sort } from './mongo.ts';

/** The items of a page, and how many there are in all. Values are compared as MongoDB compares those of one type. */
export function pageOf<T>(
  items: readonly T[],
  { page, size, sort }: Pick<PageRequest, 'page' | 'size' | 'sort'>,
): { items: T[]; count: number; isEstimate: false } {
  const sorted = [...items].sort(comparison(sort) as (left: T, right: T) => number);
  return { items: sorted.slice((page - 1) * size, page * size), count: items.length, isEstimate: false };
}

type Comparable = number | string | Date | boolean;

const comparison =
  (sort: Sort) =>
  (left: Readonly<Record<string, Comparable>>, right: Readonly<Record<string, Comparable>>): number => {
    for (const [field, direction] of Object.entries(sort)) {
      const [one, other] = [left[field] as Comparable, right[field] as Comparable];
      if (one < other) return -direction;
      if (one > other) return direction;
    }
    return 0;
  };
