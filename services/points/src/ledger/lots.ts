/** Lots: the points of one earning that are left, with their end. Spending takes the soonest-ending first. Pure. */

/** Stands for "never" so that lots without an end sort last. */
export const NEVER = new Date('9999-12-31T00:00:00Z');

export type Lot = {
  /** The id of the record that made it; a record that made several has them in `lotIds`. */
  readonly _id: number;
  readonly tenantId: number;
  readonly memberId: number;
  readonly initial: number;
  /** Points left, held ones among them. */
  remaining: number;
  held: number;
  /** Points that ended with the lot. Absent: none. */
  expired?: number;
  /** The record that made it, where that is not the lot's own id. */
  readonly recordId?: number;
  readonly endsAt: Date;
  readonly createdAt: Date;
};
export type Taken = { readonly lot: Lot; readonly points: number };

/** Points that are left and not held. */
export const free = (lot: Lot): number => lot.remaining - lot.held;

/** Lots in the order in which a spend takes them. */
export const bySoonestEnd = (left: Lot, right: Lot): number =>
  left.endsAt.getTime() - right.endsAt.getTime() || left._id - right._id;

/** Which lots so many points come from, soonest end first. Throws when they do not hold that much: the caller has checked. */
export function chooseSoonest(lots: readonly Lot[], points: number, now: Date): Taken[] {
  const chosen: Taken[] = [];
  let missing = points;
  for (const lot of [...lots].sort(bySoonestEnd)) {
    if (missing === 0) break;
    if (lot.endsAt <= now) continue;
    const part = Math.min(free(lot), missing);
    if (part === 0) continue;
    missing -= part;
    chosen.push({ lot, points: part });
  }
  if (missing > 0) throw new Error(`lots hold ${points - missing} of ${points} points`);
  return chosen;
}

/** Takes points from lots, soonest end first. Changes them in place. Throws as `chooseSoonest`. */
export function takeSoonest(lots: readonly Lot[], points: number, now: Date): Taken[] {
  const taken = chooseSoonest(lots, points, now);
  for (const { lot, points: part } of taken) lot.remaining -= part;
  return taken;
}

/** Sets points of lots aside, soonest end first. Changes them in place. Throws as `chooseSoonest`. */
export function holdSoonest(lots: readonly Lot[], points: number, now: Date): Taken[] {
  const held = chooseSoonest(lots, points, now);
  for (const { lot, points: part } of held) lot.held += part;
  return held;
}

/** The first so many points of parts, in their order. */
export function firstOf(parts: readonly Taken[], points: number): Taken[] {
  let missing = points;
  return parts.flatMap(({ lot, points: part }) => {
    const taken = Math.min(part, missing);
    missing -= taken;
    return taken > 0 ? [{ lot, points: taken }] : [];
  });
}

/** Takes what is free of these lots, so many points at most. Changes them in place. */
export function takeFree(lots: readonly Lot[], points: number): Taken[] {
  const taken = firstOf(
    lots.map((lot) => ({ lot, points: free(lot) })),
    points,
  );
  for (const { lot, points: part } of taken) lot.remaining -= part;
  return taken;
}

/** Empties what has ended, so many lots at most; held parts end at their release. Changes the lots in place. */
export function expireDue(lots: readonly Lot[], now: Date, most = Number.POSITIVE_INFINITY): Taken[] {
  const due = lots.filter((lot) => lot.endsAt <= now && free(lot) > 0).slice(0, most);
  return due.map((lot) => {
    const points = free(lot);
    lot.remaining -= points;
    lot.expired = (lot.expired ?? 0) + points;
    return { lot, points };
  });
}

/** When the next lot ends, or null when none does. */
export function soonestEnd(lots: readonly Lot[]): Date | null {
  const ends = lots.filter((lot) => free(lot) > 0 && lot.endsAt < NEVER).map((lot) => lot.endsAt.getTime());
  return ends.length === 0 ? null : new Date(Math.min(...ends));
}
