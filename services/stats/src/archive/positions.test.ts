import { follow, positionOf, START } from './positions.ts';

describe('the position of an event', () => {
  test('goes with the offset of the log, and gaps of it stay', () => {
    const first = follow(null, [0, 1, 4]);
    expect(first.head).toEqual({ epoch: 1, offset: 4 });
    const second = follow(first.head, [5]);
    const all = [START, ...first.positions, ...second.positions];
    expect(all).toEqual([...new Set(all)].sort((left, right) => left - right));
    expect(positionOf(second.head)).toBe(second.positions.at(-1));
  });

  test('of a log that was made anew comes after everything before, and is exact after many of them', () => {
    const last = { epoch: 8_000, offset: 2 ** 39 };
    const { head, positions } = follow(last, [0, 1]);
    expect(head).toEqual({ epoch: 8_001, offset: 1 });
    expect(positions[0]).toBeGreaterThan(positionOf(last));
    expect((positions[1] as number) - (positions[0] as number)).toBe(1);
    expect(Number.isSafeInteger(positions[1])).toBe(true);
  });
});
