/**
 * A board in segments: how many members stand in each stretch of its order. Where somebody stands is the sum of the segments
 * before plus a count within one, however many members there are. Segments split where members gather, so that each stays
 * small whatever the scores are, ties too. Pure.
 */

/** Where a member stands: a higher score first, of equal ones the one that was reached first. */
export type Place = { readonly score: number; readonly reachedAt: number; readonly memberId: number };
/** `edges[i]` is the first place of segment `i + 1`; the first segment begins at the top. */
export type Segments = { readonly edges: readonly Place[]; readonly counts: readonly number[] };

/** Members in a segment, at most, once it was looked after. */
export const CAPACITY = 1_024;
export const NO_SEGMENTS: Segments = { edges: [], counts: [0] };

/** Negative where `left` stands before `right`. */
export const comparePlaces = (left: Place, right: Place): number =>
  right.score - left.score || left.reachedAt - right.reachedAt || left.memberId - right.memberId;

/** The segment that a place is in. */
export function segmentOf({ edges }: Pick<Segments, 'edges'>, place: Place): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comparePlaces(edges[middle] as Place, place) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
/** Members that stand before a segment. */
export const before = ({ counts }: Segments, segment: number): number => sumOf(counts.slice(0, segment));

/** The segment that has the member at a position, counted from 0, and how many of it stand before; null past the end. */
export function segmentAt(
  { counts }: Segments,
  position: number,
): { readonly segment: number; readonly skip: number } | null {
  let skip = position;
  for (const [segment, count] of counts.entries()) {
    if (skip < count) return { segment, skip };
    skip -= count;
  }
  return null;
}

/** Members that left their places, and places that were taken. */
export type Moves = { readonly left: readonly Place[]; readonly taken: readonly Place[] };

/** The segments after members moved. Edges stay where they are. */
export function moved(segments: Segments, { left, taken }: Moves): Segments {
  const counts = [...segments.counts];
  const add = (place: Place, by: number) => {
    const segment = segmentOf(segments, place);
    counts[segment] = (counts[segment] ?? 0) + by;
  };
  for (const place of left) add(place, -1);
  for (const place of taken) add(place, 1);
  return { edges: segments.edges, counts };
}

/** A segment that has too many members; null where each is small enough. */
export const tooLarge = ({ counts }: Segments, capacity = CAPACITY): number | null => {
  const found = counts.findIndex((count) => count > capacity);
  return found === -1 ? null : found;
};

/** Two segments out of one: `edge` is the place of the member that has `head` members of it before. */
export function split({ edges, counts }: Segments, segment: number, edge: Place, head: number): Segments {
  const whole = counts[segment] ?? 0;
  return {
    edges: [...edges.slice(0, segment), edge, ...edges.slice(segment)],
    counts: [...counts.slice(0, segment), head, whole - head, ...counts.slice(segment + 1)],
  };
}

/** Segments that members have left become one with their neighbours. */
export function merged({ edges, counts }: Segments, capacity = CAPACITY): Segments {
  const kept: Place[] = [];
  const sums: number[] = [counts[0] ?? 0];
  for (const [index, edge] of edges.entries()) {
    const [last, next] = [sums.at(-1) as number, counts[index + 1] ?? 0];
    if (last + next <= capacity / 4) sums[sums.length - 1] = last + next;
    else {
      kept.push(edge);
      sums.push(next);
    }
  }
  return { edges: kept, counts: sums };
}
