import { outlivedOf, servingOf } from './generations.ts';
import type { Generation } from './models.ts';

const HOUR = 3_600_000;
const now = Date.parse('2026-02-14T10:00:00Z');
const ago = (hours: number) => new Date(now - hours * HOUR);
const one = (_id: number, more: Partial<Generation>): Generation => ({ _id, projector: 'figures', ...more });
/** Of a version that knew no positions, and of one that counted figures and boards together. */
const old: Generation = { _id: 1, isServing: true, counting: 2 };
const together: Generation = { _id: 1, countedTo: 5, counting: 1, wholeAt: ago(3) };
const OWN = { name: 'figures', counting: 2 };

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
    ['while its own is made, that of a version without projectors', [together, one(2, { counting: 2 })], 1],
    [
      'not that of another projector',
      [one(1, { projector: 'boards', counting: 2, wholeAt: ago(1) })],
      undefined,
    ],
    ['while it is made for the first time, that', [one(4, { counting: 2 }), one(5, { counting: 2 })], 5],
  ])('%s', (_what, all, expected) => expect(servingOf(all, OWN)?._id).toBe(expected));

  test('a projector that such a version did not have finds nothing of it', () => {
    expect(servingOf([together], { name: 'cohorts', counting: 2 })).toBeNull();
  });
});

describe('a generation of other rules is cleared away', () => {
  const own = one(5, { counting: 3, wholeAt: ago(2), seenAt: ago(0) });
  const OWNS = [{ name: 'figures', counting: 3 }];
  const outlived = (...all: Generation[]) => outlivedOf(all, OWNS, now).map(({ _id }) => _id);
  test('when nobody of them was seen for an hour, and the own one has been whole for as long', () => {
    expect(
      outlived(old, one(2, { counting: 2, seenAt: ago(2) }), one(6, { counting: 4, seenAt: ago(2) }), own),
    ).toEqual([1, 2, 6]);
    expect(outlived(one(2, { counting: 2, seenAt: ago(0.5) }), own)).toEqual([]);
    expect(outlived(old, { ...own, wholeAt: ago(0.5) })).toEqual([]);
    expect(outlived(old, one(5, { counting: 3 }))).toEqual([]);
  });
  test('never of a projector that this version does not know: after a roll-back its figures are still there', () => {
    expect(outlived(one(2, { projector: 'later', counting: 1, seenAt: ago(2) }), own)).toEqual([]);
  });
  test('one of a version without projectors only once each projector has its own', () => {
    const owns = [...OWNS, { name: 'boards', counting: 1 }];
    const boards = one(6, { projector: 'boards', counting: 1, wholeAt: ago(2), seenAt: ago(0) });
    expect(outlivedOf([together, own], owns, now)).toEqual([]);
    expect(outlivedOf([together, own, boards], owns, now)).toEqual([together]);
  });
});
