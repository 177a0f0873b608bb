/** Lots: the points of one earning that are left, with their end. Spending takes the soonest-ending first. Pure. */

/** Stands for "never" so that lots without an end sort last. */
export const NEVER = new Date('9999-12-31T00:00:00Z');

export type Lot = {
  /** The id of the record that made it. */
  readonly _id: number;
  readonly tenantId: number;
  readonly memberId: number;
  readonly initial: number;
  /** Points left, held ones among them. */
  remaining: number;
  held: number;
  readonly endsAt: Date;
  readonly createdAt: Date;
};
export type Taken = { readonly lot: Lot; readonly points: number };

const free = (lot: Lot): number => lot.remaining - lot.held;

/** Lots in the order in which a spend takes them. */
export const bySoonestEnd = (left: Lot, right: Lot): number =>
  left.endsAt.getTime() - right.endsAt.getTime() || left._id - right._id;

/** Takes points from lots, soonest end first. Changes them in place. Throws when they do not hold that much: the caller has checked. */
export function takeSoonest(lots: Lot[], points: number, now: Date): Taken[] {
  const taken: Taken[] = [];
  let missing = points;
  for (const lot of [...lots].sort(bySoonestEnd)) {
    if (missing === 0) break;
    if (lot.endsAt <= now) continue;
    const part = Math.min(free(lot), missing);
    if (part === 0) continue;
    lot.remaining -= part;
    missing -= part;
    taken.push({ lot, points: part });
  }
  if (missing > 0) throw new Error(`lots hold ${points - missing} of ${points} points`);
  return taken;
}

/** Empties what has ended; held parts end at their release. Changes the lots in place. */
export function expireDue(lots: readonly Lot[], now: Date): Taken[] {
  const due = lots.filter((lot) => lot.endsAt <= now && free(lot) > 0);
  return due.map((lot) => {
    const points = free(lot);
    lot.remaining -= points;
    return { lot, points };
  });
}

/** When the next lot ends, or null when none does. */
export function soonestEnd(lots: readonly Lot[]): Date | null {
  const ends = lots.filter((lot) => free(lot) > 0 && lot.endsAt < NEVER).map((lot) => lot.endsAt.getTime());
  return ends.length === 0 ? null : new Date(Math.min(...ends));
}
