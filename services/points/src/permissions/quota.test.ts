import { periodOf, whyExceeded } from './quota.ts';

const shanghai = 'Asia/Shanghai';
const at = new Date('2026-02-14T17:30:00Z'); // Sunday, 2026-02-15, 01:30 in Shanghai

test.each([
  ['max_api_calls_per_hour', '2026-02-14T17:00:00.000Z', '2026-02-14T18:00:00.000Z'],
  ['max_downloads_per_day', '2026-02-15', '2026-02-15T16:00:00.000Z'],
  ['exports_per_week', '2026-02-09', '2026-02-15T16:00:00.000Z'],
  ['reports_per_month', '2026-02-01', '2026-02-28T16:00:00.000Z'],
])('%s counts as %s until %s', (quota, key, resetsAt) => {
  const period = periodOf(quota, shanghai, at);
  expect([period.key, period.resetsAt?.toISOString()]).toEqual([key, resetsAt]);
});
test('an hour is the zone’s, also where that is not one of UTC', () =>
  expect(
    periodOf('x_per_hour', 'Asia/Kolkata', new Date('2026-02-14T17:40:00Z')).resetsAt?.toISOString(),
  ).toBe('2026-02-14T18:30:00.000Z'));
test('December ends with the year', () =>
  expect(periodOf('x_per_month', 'UTC', new Date('2026-12-31T23:59:59Z')).resetsAt?.toISOString()).toBe(
    '2027-01-01T00:00:00.000Z',
  ));
test('a quota without a period never begins anew', () =>
  expect(periodOf('max_projects', shanghai, at)).toEqual({ key: 'ever', resetsAt: null }));
test('the limit may be used up, not passed', () => {
  const quota = { limit: 10, used: 8, resetsAt: null };
  expect(whyExceeded(quota, 2)).toBeUndefined();
  expect(whyExceeded(quota, 3)).toMatchObject({
    code: 'BIZ_002',
    options: { details: { limit: 10, used: 8, remaining: 2, resets_at: null } },
  });
});
