import { dayOf, endOfDay, hoursOf, plusDays, startOfDay } from './calendar.ts';

const starts = (zone: string, day: string) => startOfDay(zone, day).toISOString();

describe('the days of a zone', () => {
  test('a day begins at midnight of the zone, east and west of UTC', () => {
    expect(starts('UTC', '2026-02-14')).toBe('2026-02-14T00:00:00.000Z');
    expect(starts('Asia/Shanghai', '2026-02-14')).toBe('2026-02-13T16:00:00.000Z');
    expect(starts('America/Los_Angeles', '2026-02-14')).toBe('2026-02-14T08:00:00.000Z');
  });

  test('zones with half and quarter hours begin on a quarter hour of UTC', () => {
    expect(starts('Asia/Kolkata', '2026-02-14')).toBe('2026-02-13T18:30:00.000Z');
    expect(starts('Asia/Kathmandu', '2026-02-14')).toBe('2026-02-13T18:15:00.000Z');
    expect(starts('Pacific/Kiritimati', '2026-02-14')).toBe('2026-02-13T10:00:00.000Z');
  });

  test('days with a change of clocks have 23 and 25 hours', () => {
    const hours = (day: string) =>
      (startOfDay('Europe/Berlin', plusDays(day, 1)).getTime() - startOfDay('Europe/Berlin', day).getTime()) /
      3_600_000;
    expect(hours('2026-03-28')).toBe(24);
    expect(hours('2026-03-29')).toBe(23);
    expect(hours('2026-10-25')).toBe(25);
  });

  test('a day whose midnight was left out begins at one', () => {
    expect(starts('America/Sao_Paulo', '2018-11-04')).toBe('2018-11-04T03:00:00.000Z');
    expect(dayOf('America/Sao_Paulo', new Date('2018-11-04T02:59:59.999Z'))).toBe('2018-11-03');
  });

  test('a day whose first hour comes twice begins with the first of them', () => {
    expect(starts('America/Havana', '2026-11-01')).toBe('2026-11-01T04:00:00.000Z');
  });

  test('a day whose last hour came twice is followed by one that begins once', () => {
    expect(starts('America/Sao_Paulo', '2018-02-18')).toBe('2018-02-18T03:00:00.000Z');
    expect(dayOf('America/Sao_Paulo', new Date('2018-02-18T02:59:59.999Z'))).toBe('2018-02-17');
  });

  test('a day that a zone left out has no length', () => {
    expect(starts('Pacific/Apia', '2011-12-30')).toBe(starts('Pacific/Apia', '2011-12-31'));
  });

  test('a moment belongs to the day it begins, not to the one before', () => {
    const start = startOfDay('Asia/Shanghai', '2026-02-14');
    expect(dayOf('Asia/Shanghai', start)).toBe('2026-02-14');
    expect(dayOf('Asia/Shanghai', new Date(start.getTime() - 1))).toBe('2026-02-13');
  });

  test('days go on over ends of months, years and leap days', () => {
    expect(plusDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(plusDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(plusDays('2026-03-01', -1)).toBe('2026-02-28');
  });
});

test.each([
  ['2026-03-08', 'UTC', '2026-03-08T00:00:00.000Z', '2026-03-08T23:59:59.999Z'],
  ['2026-03-08', 'Asia/Shanghai', '2026-03-07T16:00:00.000Z', '2026-03-08T15:59:59.999Z'],
  // 23 and 25 hours long: the clocks change.
  ['2026-03-08', 'America/New_York', '2026-03-08T05:00:00.000Z', '2026-03-09T03:59:59.999Z'],
  ['2026-11-01', 'America/New_York', '2026-11-01T04:00:00.000Z', '2026-11-02T04:59:59.999Z'],
  ['2026-01-01', 'Pacific/Kiritimati', '2025-12-31T10:00:00.000Z', '2026-01-01T09:59:59.999Z'],
  ['2026-01-01', 'No/Where', '2026-01-01T00:00:00.000Z', '2026-01-01T23:59:59.999Z'],
])('%s in %s lasts from %s to %s', (day, zone, start, end) => {
  expect([startOfDay(zone, day).toISOString(), endOfDay(zone, day).toISOString()]).toEqual([start, end]);
});

describe('the hours of a day', () => {
  test.each([
    ['UTC', '2026-02-14', 24],
    ['Europe/Berlin', '2026-03-29', 23],
    ['Europe/Berlin', '2026-10-25', 25],
    ['Asia/Kathmandu', '2026-02-14', 24],
    // Clocks of half an hour's change: an hour is longer or shorter, none begins at half past what it shows.
    ['Australia/Lord_Howe', '2026-04-05', 24],
    ['Australia/Lord_Howe', '2026-10-04', 24],
    // A day that the zone left out has none.
    ['Pacific/Apia', '2011-12-30', 0],
  ])('%s, %s: %d', (zone, day, count) => {
    const hours = hoursOf(zone, day);
    expect(hours).toHaveLength(count);
    if (count > 0) expect(hours[0]).toEqual(startOfDay(zone, day));
    expect(hours.every((hour) => dayOf(zone, hour) === day)).toBe(true);
  });
});
