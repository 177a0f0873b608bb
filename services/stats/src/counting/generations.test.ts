import { outlivedOf, servingOf } from './generations.ts';
import type { Generation } from './models.ts';

const HOUR = 3_600_000;
const now = Date.parse('2026-02-14T10:00:00Z');
const ago = (hours: number) => new Date(now - hours * HOUR);
const one = (_id: number, more: Partial<Generation>): Generation => ({
  ...{ _id, isServing: false, asOf: null, events: 0, countedTo: 5 },
  ...more,
});
const old: Generation = { _id: 1, isServing: true, asOf: null, events: 3, counting: 2 };

describe('the generation that a process answers from', () => {
  test.each<[string, Generation[], number | undefined]>([
    ['none', [], undefined],
    ['of a version that knew no positions, until another is whole', [old, one(2, { counting: 2 })], 1],
    ['its own', [old, one(2, { counting: 2, wholeAt: ago(1) }), one(3, { counting: 3, wholeAt: ago(1) })], 2],
    [
      'its newest own',
      [one(2, { counting: 2, wholeAt: ago(1) }), one(3, { counting: 2, wholeAt: ago(0) })],
      3,
    ],
    [
      'not one that was replaced',
      [
        one(2, { counting: 2, wholeAt: ago(1) }),
        one(3, { counting: 2, wholeAt: ago(1), replacedAt: ago(0) }),
      ],
      2,
    ],
    [
      'while its own is made, the one before',
      [one(2, { counting: 1, wholeAt: ago(1) }), one(3, { counting: 2 })],
      2,
    ],
    [
      'after a roll-back, the one after',
      [old, one(2, { counting: 4, wholeAt: ago(1) }), one(3, { counting: 2 })],
      1,
    ],
    [
      'after a roll-back, the next one after',
      [one(2, { counting: 4, wholeAt: ago(1) }), one(3, { counting: 3, wholeAt: ago(1) })],
      3,
    ],
  ])('%s', (_what, all, expected) => expect(servingOf(all, 2)?._id).toBe(expected));
});

describe('a generation of other rules is cleared away', () => {
  const own = one(5, { counting: 3, wholeAt: ago(2), seenAt: ago(0) });
  const outlived = (...all: Generation[]) => outlivedOf(all, 3, now).map(({ _id }) => _id);
  test('when nobody of them was seen for an hour, and the own one has been whole for as long', () => {
    expect(
      outlived(old, one(2, { counting: 2, seenAt: ago(2) }), one(6, { counting: 4, seenAt: ago(2) }), own),
    ).toEqual([1, 2, 6]);
    expect(outlived(one(2, { counting: 2, seenAt: ago(0.5) }), own)).toEqual([]);
    expect(outlived(old, { ...own, wholeAt: ago(0.5) })).toEqual([]);
    expect(outlived(old, one(5, { counting: 3 }))).toEqual([]);
  });
});
