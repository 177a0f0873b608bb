/** Where the statistics are held against what the services have written down themselves. */
import type { Connection } from '@membership/platform/mongo';

export type Books = Readonly<
  Record<'stats' | 'gateway' | 'points' | 'vip' | 'licenses' | 'applications', Connection>
>;
/** The figures of one projector's generation of one tenant. */
export type Of = { readonly books: Books; readonly generation: number; readonly tenantId: number };
/** What differs, by what it is of. */
export type Found = ReadonlyMap<string, string>;
export type Looked = { readonly compared: number; readonly found: Found };

/** Names with dots nest: `levels.3.members`. */
export type NestedSums = { readonly [name: string]: number | NestedSums };
/** Nested sums by the name that nests them. */
export function flat(sums: NestedSums, prefix = ''): Record<string, number> {
  return Object.fromEntries(
    Object.entries(sums).flatMap(([name, value]): [string, number][] =>
      typeof value === 'number' ? [[prefix + name, value]] : Object.entries(flat(value, `${prefix}${name}.`)),
    ),
  );
}

export const compareSums = (
  expected: Readonly<Record<string, number>>,
  counted: Readonly<Record<string, number>>,
): { compared: number; found: Map<string, string> } => {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(counted)])];
  const found = new Map(
    names
      .filter((name) => (expected[name] ?? 0) !== (counted[name] ?? 0))
      .map((name) => [name, `${expected[name] ?? 0}, counted as ${counted[name] ?? 0}`]),
  );
  return { compared: names.length, found };
};

/** Monday of a day's week, at the beginning of its day of UTC. */
export function mondayBefore(day: string): Date {
  const at = new Date(`${day}T00:00:00Z`);
  return new Date(at.getTime() - ((at.getUTCDay() + 6) % 7) * 86_400_000);
}
/** ISO 8601: `2026-11-28` is in `2026-W48`. */
export function weekOf(day: string): string {
  const thursday = new Date(mondayBefore(day).getTime() + 3 * 86_400_000);
  const january = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const number = Math.floor((thursday.getTime() - january) / (7 * 86_400_000)) + 1;
  return `${thursday.getUTCFullYear()}-W${String(number).padStart(2, '0')}`;
}
