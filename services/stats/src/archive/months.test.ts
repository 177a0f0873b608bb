import { monthBefore } from './months.ts';

test('a month is closed a day after its end', () => {
  const closed = (now: string) => monthBefore(new Date(now));
  expect(closed('2026-12-01T23:59:59.999Z')).toBe('2026-10');
  expect(closed('2026-12-02T00:00:00.000Z')).toBe('2026-11');
  expect(closed('2026-12-31T23:59:59.999Z')).toBe('2026-11');
  expect(closed('2027-01-02T00:00:00.000Z')).toBe('2026-12');
  expect(closed('2027-01-01T12:00:00.000Z')).toBe('2026-11');
});
