/** What facts tell of lots: by the month in which points were earned and the one in which they end. Pure. */
import type { FactOf } from '@membership/contracts/event';
import type { pointsEarned, profileLotsListed } from '@membership/contracts/events/points';
import { earnedAtOf, NEVER, type Lot, type Taken } from '../domain/lots.ts';
import { monthMark } from './month-mark.ts';

type LotMonths = { readonly earnedIn: string; readonly endsIn: string | null };
type Moved = NonNullable<FactOf<typeof pointsEarned>['lots']>;
type Listed = FactOf<typeof profileLotsListed>['lots'];

const monthsOf = (lot: Pick<Lot, 'earnedAt' | 'createdAt' | 'endsAt'>): LotMonths => ({
  earnedIn: monthMark(earnedAtOf(lot)).toISOString(),
  endsIn: lot.endsAt < NEVER ? monthMark(lot.endsAt).toISOString() : null,
});

/** Adds up by months, in the order in which they come first. */
class ByMonths<Sums extends Readonly<Record<string, number>>> {
  readonly #sums = new Map<string, LotMonths & Sums>();

  add(months: LotMonths, sums: Sums): void {
    const key = `${months.earnedIn} ${months.endsIn}`;
    const known = this.#sums.get(key);
    const added = Object.entries(sums).map(([name, amount]) => [name, amount + (known?.[name] ?? 0)]);
    this.#sums.set(key, { ...months, ...(Object.fromEntries(added) as Sums) });
  }

  list(): (LotMonths & Sums)[] {
    return [...this.#sums.values()];
  }
}

/** What a movement does to lots. */
export function lotsMoved(moved: readonly Taken[]): Moved {
  const sums = new ByMonths<{ points: number }>();
  for (const { lot, points } of moved) sums.add(monthsOf(lot), { points });
  return sums.list().filter(({ points }) => points !== 0);
}

/** What all lots of a profile come to. What came back after its lot had ended was earned once, with that lot. */
export class LotsListed {
  readonly #sums = new ByMonths<{ points: number; earned: number; expired: number }>();

  add(lot: Lot): void {
    const { initial, remaining: points, expired = 0, originId } = lot;
    this.#sums.add(monthsOf(lot), { points, earned: originId === undefined ? initial : 0, expired });
  }

  list(): Listed {
    return this.#sums.list();
  }
}
