import fc from 'fast-check';
import { dayOf } from '@membership/platform/calendar';
import { monthMark } from './month-mark.ts';

const ZONES = [
  ...['Pacific/Kiritimati', 'Asia/Kathmandu', 'Asia/Shanghai', 'UTC', 'Europe/London', 'Australia/Lord_Howe'],
  ...['America/New_York', 'America/St_Johns', 'Pacific/Apia', 'Pacific/Pago_Pago', 'Etc/GMT+12'],
];
const monthIn = (zone: string, at: Date) => dayOf(zone, at).slice(0, 7);

test('well within a month it is the middle of it', () => {
  for (const at of ['2026-02-01T12:00:00.000Z', '2026-02-14T03:04:05.678Z', '2026-02-28T09:59:59.999Z'])
    expect(monthMark(new Date(at)).toISOString()).toBe('2026-02-15T00:00:00.000Z');
});

test('where months meet it is the quarter hour', () => {
  expect(monthMark(new Date('2026-02-01T11:59:59.999Z')).toISOString()).toBe('2026-02-01T11:45:00.000Z');
  expect(monthMark(new Date('2026-02-28T10:00:00.000Z')).toISOString()).toBe('2026-02-28T10:00:00.000Z');
  expect(monthMark(new Date('2025-12-31T23:59:59.999Z')).toISOString()).toBe('2025-12-31T23:45:00.000Z');
});

test('in every zone it is in the same month as the moment, and marking it again changes nothing', () => {
  const aMoment = fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true });
  /** Close to where months meet somewhere. */
  const atAnEdge = fc
    .tuple(fc.integer({ min: 1990, max: 2080 }), fc.nat(11), fc.integer({ min: -16 * 60, max: 16 * 60 }))
    .map(([year, month, minutes]) => new Date(Date.UTC(year, month, 1) + minutes * 60_000 - 1));
  fc.assert(
    fc.property(fc.oneof(aMoment, atAnEdge), fc.constantFrom(...ZONES), (at, zone) => {
      const mark = monthMark(at);
      expect([monthIn(zone, mark), monthMark(mark)]).toEqual([monthIn(zone, at), mark]);
    }),
    { numRuns: 600 },
  );
});

test('of a year there are few different ones', () => {
  const marks = new Set<number>();
  for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 5 * 60_000)
    marks.add(monthMark(new Date(at)).getTime());
  expect(marks.size).toBe(12 * (1 + 26 * 4));
});
