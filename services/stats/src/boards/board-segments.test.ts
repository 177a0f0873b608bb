import fc from 'fast-check';
import {
  before,
  comparePlaces,
  merged,
  moved,
  NO_SEGMENTS,
  segmentAt,
  segmentOf,
  split,
  sumOf,
  tooLarge,
  type Place,
  type Segments,
} from './board-segments.ts';

const CAPACITY = 8;
const place = fc.record({
  score: fc.integer({ min: 1, max: 12 }),
  reachedAt: fc.integer({ min: 0, max: 3 }),
});

/** Everybody's place in order, and the segments as a database would keep them. */
class Board {
  readonly places = new Map<number, Place>();
  segments: Segments = NO_SEGMENTS;

  get sorted(): Place[] {
    return [...this.places.values()].sort(comparePlaces);
  }

  move(memberId: number, next: Omit<Place, 'memberId'> | null): void {
    const old = this.places.get(memberId);
    if (next) this.places.set(memberId, { memberId, ...next });
    else this.places.delete(memberId);
    const taken = next ? [{ memberId, ...next }] : [];
    this.segments = merged(moved(this.segments, { left: old ? [old] : [], taken }), CAPACITY);
    for (
      let large = tooLarge(this.segments, CAPACITY);
      large !== null;
      large = tooLarge(this.segments, CAPACITY)
    ) {
      const head = Math.floor((this.segments.counts[large] as number) / 2);
      const edge = this.sorted[before(this.segments, large) + head] as Place;
      this.segments = split(this.segments, large, edge, head);
    }
  }
}

test('segments tell where everybody stands, whatever moves, and stay small and few', () => {
  const moves = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.option(place, { freq: 4 })), {
    maxLength: 300,
  });
  fc.assert(
    fc.property(moves, (stories) => {
      const board = new Board();
      for (const [memberId, next] of stories) board.move(memberId, next);
      const { segments, sorted } = board;
      expect(sumOf(segments.counts)).toBe(sorted.length);
      expect(Math.max(...segments.counts)).toBeLessThanOrEqual(CAPACITY);
      expect(segments.counts.length).toBeLessThanOrEqual(1 + (sorted.length * 8) / CAPACITY);
      for (const [position, one] of sorted.entries()) {
        const found = segmentAt(segments, position);
        expect(found?.segment).toBe(segmentOf(segments, one));
        expect(before(segments, found?.segment as number) + (found?.skip as number)).toBe(position);
      }
      expect(segmentAt(segments, sorted.length)).toBeNull();
    }),
    { numRuns: 200 },
  );
});

test('a higher score stands first; of equal ones the one that was reached first, then the member of the lower id', () => {
  const places = [
    { score: 5, reachedAt: 2, memberId: 1 },
    { score: 9, reachedAt: 9, memberId: 4 },
    { score: 5, reachedAt: 1, memberId: 3 },
    { score: 5, reachedAt: 1, memberId: 2 },
  ];
  expect(places.sort(comparePlaces).map(({ memberId }) => memberId)).toEqual([4, 2, 3, 1]);
});
