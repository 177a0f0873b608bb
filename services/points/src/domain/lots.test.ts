import { chooseSoonest, endedOf, NEVER, soonestEnd, type Lot } from './lots.ts';

const now = new Date('2026-01-10T00:00:00Z');
const day = (number: number) => new Date(Date.UTC(2026, 0, number));
const lot = (_id: number, remaining: number, endsAt: Date, held = 0): Lot => ({
  _id,
  tenantId: 1,
  memberId: 1,
  initial: remaining,
  remaining,
  held,
  endsAt,
  createdAt: day(1),
});

test('the soonest end goes first, never last, equal ends by id', () => {
  const lots = [lot(1, 50, NEVER), lot(3, 30, day(20)), lot(2, 30, day(20)), lot(4, 10, day(15))];
  expect(chooseSoonest(lots, 60, now).map(({ lot: from, points }) => [from._id, points])).toEqual([
    [4, 10],
    [2, 30],
    [3, 20],
  ]);
});
test('held points and ended lots are not taken', () => {
  expect(() => chooseSoonest([lot(1, 50, NEVER, 45), lot(2, 50, day(10))], 6, now)).toThrow('hold 5 of 6');
  expect(chooseSoonest([lot(1, 50, NEVER, 45)], 5, now)).toHaveLength(1);
});
test('a lot ends at its moment, not before; held parts stay', () => {
  expect(endedOf([lot(1, 50, new Date(now.getTime() + 1))], now, 9)).toEqual([]);
  const due = [lot(1, 50, now), lot(2, 50, day(9), 20), lot(3, 0, day(9))];
  expect(endedOf(due, now, 9).map(({ points }) => points)).toEqual([50, 30]);
  expect(endedOf(due, now, 1).map(({ points }) => points)).toEqual([50]);
});
test('the next end looks at what is free and does end', () => {
  expect(soonestEnd([lot(1, 5, NEVER)])).toBeNull();
  expect(soonestEnd([lot(1, 5, day(20)), lot(2, 5, day(18), 5), lot(3, 5, day(19))])).toEqual(day(19));
});
