import {
  counted,
  csvOf,
  dayIn,
  endOf,
  instantOf,
  startOf,
  wallOf,
  writeAge,
  writeInstant,
  writeSigned,
} from './format.ts';

test.each([
  ['2026-11-29T23:30:00', 'Asia/Shanghai', '2026-11-29T15:30:00.000Z'],
  ['2026-07-01T00:00:00', 'America/New_York', '2026-07-01T04:00:00.000Z'],
  // The clock goes back at 3:00: 2:30 is there twice, and the first is meant.
  ['2026-10-25T02:30:00', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
  ['2026-10-25T03:30:00', 'Europe/Berlin', '2026-10-25T02:30:00.000Z'],
  // It goes forward at 2:00: 2:30 is not there, and the hour after it is as near as one gets.
  ['2026-03-29T02:30:00', 'Europe/Berlin', '2026-03-29T00:30:00.000Z'],
])('%s in %s is %s', (wall, zone, instant) => {
  expect(instantOf(wall, zone)).toBe(instant);
});

test('an instant and its day are those of the zone', () => {
  expect(writeInstant('2026-12-31T16:00:00Z', 'Asia/Shanghai', 'zh')).toContain('2027');
  expect(writeInstant('2026-12-31T16:00:00Z', 'UTC', 'en')).toContain('31/12/2026');
  const late = new Date('2026-02-28T23:00:00Z');
  expect([
    dayIn('UTC', late),
    dayIn('Asia/Shanghai', late),
    dayIn('UTC', late, 1),
    dayIn('UTC', late, -28),
  ]).toEqual(['2026-02-28', '2026-03-01', '2026-03-01', '2026-01-31']);
});

test('what a spreadsheet would take for a formula is text; a number stays one', () => {
  expect(csvOf([['a', null, '=1+1', '@x', '-5', -5, '-1+1', 'say "hi", so']])).toBe(
    '\uFEFFa,,\'=1+1,\'@x,-5,-5,\'-1+1,"say ""hi"", so"\r\n',
  );
  expect([writeSigned(1234, 'en'), writeSigned(-5, 'zh'), writeSigned(0, 'en')]).toEqual([
    '+1,234',
    '-5',
    '0',
  ]);
});

test('an instant comes back from the field that shows it, also beside a change of the clock', () => {
  for (const [instant, zone, wall] of [
    ['2026-11-29T15:30:00.000Z', 'Asia/Shanghai', '2026-11-29T23:30'],
    ['2026-10-25T00:30:10.000Z', 'Europe/Berlin', '2026-10-25T02:30:10'],
    ['2026-07-01T03:30:00.000Z', 'Asia/Kathmandu', '2026-07-01T09:15'],
  ] as const) {
    expect(wallOf(instant, zone)).toBe(wall);
    expect(instantOf(wall.length === 16 ? `${wall}:00` : wall, zone)).toBe(instant);
  }
});

test.each([
  ['2026-11-30', 'Asia/Shanghai', '2026-11-29T16:00:00.000Z', '2026-11-30T15:59:59.999Z'],
  ['2026-03-08', 'America/New_York', '2026-03-08T05:00:00.000Z', '2026-03-09T03:59:59.999Z'],
])('the day %s in %s is whole, its last millisecond too', (day, zone, first, last) => {
  expect([startOf(day, zone), endOf(day, zone)].map((at) => new Date(at).toISOString())).toEqual([
    first,
    last,
  ]);
  expect(wallOf(endOf(day, zone), zone).slice(0, 10)).toBe(day);
});

test.each([
  ['\u200b=1', "'\u200b=1"],
  ['\u3000＝1', "'\u3000＝1"],
  ['﹦1', "'﹦1"],
  ['−1+1', "'−1+1"],
  ["a;=cmd|' /C calc'!A0;b", "a;'=cmd|' /C calc'!A0;b"],
  ['a\n@x', `"a\n'@x"`],
  ['a;b-c', 'a;b-c'],
  ["'=1", "''=1"],
  ["a;'=1", "a;''=1"],
  ["'t Hooft", "'t Hooft"],
])('%j is no formula in a file', (text, cell) => {
  expect(csvOf([[text]])).toBe(`\uFEFF${cell}\r\n`);
});

test.each([
  ['2026-11-30T10:00:30Z', 'Asia/Shanghai', 'this minute'],
  ['2026-11-30T09:35:00Z', 'Asia/Shanghai', '26 minutes ago'],
  ['2026-11-30T08:30:00Z', 'Asia/Shanghai', '1 hour ago'],
  // Midnight of the zone lies between, not that of UTC.
  ['2026-11-29T15:59:00Z', 'Asia/Shanghai', 'yesterday'],
  ['2026-11-29T16:01:00Z', 'Asia/Shanghai', '18 hours ago'],
  ['2026-11-27T16:01:00Z', 'Asia/Shanghai', '2 days ago'],
])('%s in %s was %s', (at, zone, age) => {
  expect(writeAge(at, zone, new Date('2026-11-30T10:01:00Z'), 'en')).toBe(age);
});

test('what is one is told as one', () => {
  expect([0, 1, 2, 1_200].map((count) => counted(count, 'row'))).toEqual([
    '0 rows',
    '1 row',
    '2 rows',
    '1,200 rows',
  ]);
  expect(counted(1, 'point is', 'points are')).toBe('1 point is');
});
