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
  readonly remaining: number;
  readonly held: number;
  /** Points that ended with the lot. Absent: none. */
  readonly expired?: number;
  /** The record that made it, where that is not the lot's own id. */
  readonly recordId?: number;
  /** The record whose points these are, given back after their lot had ended. Absent: of the record that made it. */
  readonly originId?: number;
  /** When its points were earned, where that is not when it was made: they were given back. Absent: when it was made. */
  readonly earnedAt?: Date;
  /** Lots that got points of this one back after it had ended. Absent: none. */
  readonly heirs?: readonly number[];
  readonly endsAt: Date;
  readonly createdAt: Date;
};
/**
 * Where the lots of a profile are. `records`: each in the record that made it. `both`: so, and those of records that made
 * several, but for the first, are documents of their own. Absent: all are, as versions before kept them.
 */
export type LotHome = 'records' | 'both';

/** A lot as the record that made it carries it: what the record does not say itself. */
export type CarriedLot = Pick<
  Lot,
  'initial' | 'remaining' | 'held' | 'expired' | 'originId' | 'earnedAt' | 'heirs' | 'endsAt'
> & {
  /** Whether it holds points. Indexed in their place, so that a spending which leaves some changes no index. */
  readonly isOpen: boolean;
};
type Carrier = Pick<Lot, '_id' | 'tenantId' | 'memberId' | 'createdAt'> & { readonly lot: CarriedLot };

/** Whether a lot has its record's id: the only one of the record, or the first. */
export const isOwn = ({ _id, recordId = _id }: Lot): boolean => recordId === _id;

/** Whether a lot is in its record, in a profile whose lots are there. */
export const isCarried = (lot: Lot, home: LotHome | undefined): boolean => home !== undefined && isOwn(lot);

export const carriedOf = ({
  initial,
  remaining,
  held,
  expired,
  originId,
  earnedAt,
  heirs,
  endsAt,
}: Lot): CarriedLot => ({
  ...{ initial, remaining, held, endsAt, isOpen: remaining > 0 },
  ...(expired === undefined ? {} : { expired }),
  ...(originId === undefined ? {} : { originId }),
  ...(earnedAt ? { earnedAt } : {}),
  ...(heirs ? { heirs } : {}),
});

/** The lot that a record carries. */
export const lotOf = ({
  _id,
  tenantId,
  memberId,
  createdAt,
  lot: { isOpen: _is, ...lot },
}: Carrier): Lot => ({
  ...{ _id, tenantId, memberId, createdAt },
  ...lot,
});

/** The record that the points of a lot were given by in the first place. */
export const originOf = ({ _id, recordId = _id, originId = recordId }: Lot): number => originId;

/** When the points of a lot were earned. */
export const earnedAtOf = ({ earnedAt, createdAt }: Pick<Lot, 'earnedAt' | 'createdAt'>): Date =>
  earnedAt ?? createdAt;

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

/** The first so many points of parts, in their order. */
export function firstOf(parts: readonly Taken[], points: number): Taken[] {
  let missing = points;
  return parts.flatMap(({ lot, points: part }) => {
    const taken = Math.min(part, missing);
    missing -= taken;
    return taken > 0 ? [{ lot, points: taken }] : [];
  });
}

/** What is free of these lots, so many points at most. */
export const chooseFree = (lots: readonly Lot[], points: number): Taken[] =>
  firstOf(
    lots.map((lot) => ({ lot, points: free(lot) })),
    points,
  );

/** What has ended, so many lots at most; held parts end at their release. */
export const endedOf = (lots: readonly Lot[], now: Date, most: number): Taken[] =>
  lots
    .filter((lot) => lot.endsAt <= now && free(lot) > 0)
    .slice(0, most)
    .map((lot) => ({ lot, points: free(lot) }));

/** When the next lot ends, or null when none does. */
export function soonestEnd(lots: readonly Lot[]): Date | null {
  const ends = lots.filter((lot) => free(lot) > 0 && lot.endsAt < NEVER).map((lot) => lot.endsAt.getTime());
  return ends.length === 0 ? null : new Date(Math.min(...ends));
}
