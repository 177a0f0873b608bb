import { timeZone } from './time-zone.ts';

const said = (text: string) => timeZone.safeParse(text).error?.issues[0]?.message.split('\u0001')[1];

test.each([
  ['Asia/Shanghai', 'Asia/Shanghai'],
  ['asia/shanghai', 'Asia/Shanghai'],
  ['Asia/Kolkata', 'Asia/Kolkata'],
  ['utc', 'UTC'],
  ['Etc/GMT-8', 'Etc/GMT-8'],
])('%s is the zone %s', (given, known) => expect(timeZone.parse(given)).toBe(known));

test.each(['+08:00', '-05:30', '+8', '08:00', ' 08:00'])(
  '%j is an offset, no zone, and that is said',
  (given) => expect(said(given)).toContain('offset'),
);
test.each(['', 'Mars/Olympus', 'Asia/Shanghai ', 'a\u0000', '\ud800'])('%j is no zone', (given) =>
  expect(said(given)).toContain('Unknown zone'),
);
