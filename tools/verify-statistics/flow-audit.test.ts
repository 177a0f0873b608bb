import { APART_MS, firstGap, partOf, quarterOf, type WrittenDown } from './flow-audit.ts';

const QUARTER = 15 * 60_000;
const first = quarterOf(new Date('2026-11-28T10:00:00Z'));
const written = (quarter: number, part: WrittenDown['part'], up: number, down = 0): WrittenDown => ({
  ...{ quarter: first + quarter, part, up, down },
});
const counted = (quarter: number, amount: number) => ({ quarter: first + quarter, amount });

test('the parts of a quarter hour', () => {
  const at = (ms: number) => new Date(first * QUARTER + ms);
  expect(partOf(at(0))).toBe('early');
  expect(partOf(at(APART_MS))).toBe('within');
  expect(partOf(at(QUARTER - APART_MS))).toBe('late');
  expect(quarterOf(at(QUARTER - 1))).toBe(first);
});

test('the same on both sides is no gap', () => {
  expect(firstGap([], [])).toBeNull();
  expect(firstGap([written(0, 'within', 100)], [counted(0, 100)])).toBeNull();
  expect(firstGap([written(0, 'within', 100, 30)], [counted(0, 70)])).toBeNull();
});

test('what was written close to the end of a quarter hour may be counted in the next one', () => {
  expect(firstGap([written(0, 'late', 100)], [counted(1, 100)])).toBeNull();
  expect(firstGap([written(1, 'early', 100)], [counted(0, 100)])).toBeNull();
  expect(firstGap([written(0, 'late', 0, 40)], [counted(1, -40)])).toBeNull();
  // … but not lost, nor anywhere else.
  expect(firstGap([written(0, 'late', 100)], [counted(1, 99)])).toMatchObject({ counted: 99, least: 100 });
  expect(firstGap([written(0, 'within', 100)], [counted(1, 100)])).toMatchObject({ counted: 0, least: 100 });
  expect(firstGap([written(0, 'late', 100)], [counted(2, 100)])).toMatchObject({ counted: 0, most: 100 });
});

test('a single point too many is found, and where', () => {
  expect(
    firstGap(
      [written(0, 'within', 10), written(3, 'within', 10), written(8, 'within', 10)],
      [counted(0, 10), counted(3, 11), counted(8, 10)],
    ),
  ).toEqual({ until: new Date('2026-11-28T11:00:00Z'), counted: 21, least: 20, most: 20 });
});

test('two faults that even out are found where the first is', () => {
  expect(
    firstGap([written(0, 'within', 10), written(3, 'within', 10)], [counted(0, 9), counted(3, 11)]),
  ).toMatchObject({ counted: 9, least: 10 });
});
