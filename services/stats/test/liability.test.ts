/** What points members have, by when they end, and what became of those that were earned: by the tenant's months, in any order. */
import {
  exportStatistics,
  getPointsBreakage,
  getPointsLiability,
  getPointsSummary,
} from '@membership/contracts/endpoints/stats/index';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { startServiceKit, type Caller, type ServiceKit } from '@membership/platform/testing/service-kit';
import { statsService } from '../src/service.ts';
import {
  aTenant,
  allCounted,
  earned,
  expired,
  lotsListed,
  spent,
  tell,
  undone,
  worth,
  type Lots,
} from './a-story.ts';

/** Its 1 April begins at 23:00 of UTC, in summer time, its 1 November at 00:00. */
const ZONE = 'Europe/London';
const [TENANT, OTHER] = [71, 72];
const YEAR = new Date().getUTCFullYear() + 2;
const MARCH = '2026-03-31T22:45:00.000Z';
const APRIL = '2026-03-31T23:00:00.000Z';
const ends = { march: `${YEAR}-03-31T22:45:00.000Z`, april: `${YEAR}-03-31T23:00:00.000Z` };
const november = `${YEAR}-11-01T00:00:00.000Z`;
const of = (earnedIn: string, endsIn: string | null, points: number): Lots => [{ earnedIn, endsIn, points }];
let kit: ServiceKit;
let events = 0;
const admin = (caller: Caller = {}) => kit.as({ role: 'admin', tenantId: TENANT, ...caller });
async function told(...story: Parameters<typeof tell>[1][]): Promise<void> {
  await tell(kit, ...story);
  await allCounted(kit, (events += new Set(story.map(({ id }) => id)).size));
}

beforeAll(() => clearOfMidnight(ZONE));
beforeAll(async () => {
  kit = await startServiceKit(statsService);
  const on = (sequence: number, balance: number, lots?: Lots) => ({
    ...{ tenantId: TENANT, sequence, balance },
    ...(lots ? { lots } : {}),
  });
  const story = [
    aTenant({ tenantId: TENANT }, ZONE),
    earned(1, 100, on(1, 100, of(MARCH, ends.march, 100))),
    spent(1, 40, on(2, 60, of(MARCH, ends.march, -40))),
    undone('spent', 1, 10, on(3, 70, of(MARCH, ends.march, 10))),
    earned(2, 50, on(1, 50, of(APRIL, ends.april, 50))),
    expired(2, 20, on(2, 30, of(APRIL, ends.april, -20))),
    // Given back after their end, with another one.
    undone('expired', 2, 5, on(3, 35, of(APRIL, november, 5))),
    earned(3, 30, on(1, 30, of(APRIL, null, 30))),
    // A profile of a version before.
    earned(4, 200, on(1, 200)),
    spent(4, 50, on(2, 150)),
    earned(1, 1_000, { tenantId: OTHER, balance: 1_000, lots: of(MARCH, null, 1_000) }),
    worth(50, { tenantId: TENANT, sequence: 2 }),
    worth(10, { tenantId: TENANT, sequence: 1 }),
  ];
  await told(...story.toReversed(), ...story.slice(1, 6));
});
afterAll(() => kit?.stop());

const liability = (query: Record<string, string> = {}, caller = admin()) =>
  caller.ask(getPointsLiability, { query: query as never });
const expiring = async (query: Record<string, string> = {}) =>
  (await liability(query)).expiring
    .filter(({ points }) => points !== 0)
    .map(({ period, points, value }) => [period, points, value]);
const SPRING = { date_from: '2026-03-31', date_to: '2026-04-01' } as const;
const breakage = (query: Record<string, string> = {}, caller = admin()) =>
  caller.ask(getPointsBreakage, { query: { ...SPRING, ...query } as never });

test('points by the month in which they end, in the tenant’s days, and in money', async () => {
  const answer = await liability();
  expect(answer).toMatchObject({
    ...{ tz: ZONE, interval: 'month', points_per_currency_unit: 50 },
    outstanding: { points: 285, value: 5.7 },
    overdue: { points: 0, value: 0 },
    later: { points: 0, value: 0 },
    never: { points: 30, value: 0.6 },
    undated: { points: 150, value: 3 },
  });
  expect(Date.parse(answer.as_of as string)).toBeGreaterThan(0);
  expect(await expiring()).toEqual([
    [`${YEAR}-03`, 70, 1.4],
    [`${YEAR}-04`, 30, 0.6],
    [`${YEAR}-11`, 5, 0.1],
  ]);
  // A row for every month until then, the present one first.
  const periods = answer.expiring.map(({ period }) => period);
  expect([periods[0], periods.at(-1)]).toEqual([
    new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, year: 'numeric', month: '2-digit' }).format(),
    `${YEAR}-11`,
  ]);
  expect(new Set(periods).size).toBe(periods.length);
  for (const [index, { ends_at }] of answer.expiring.slice(0, -1).entries())
    expect(answer.expiring[index + 1]?.starts_at).toBe(ends_at);
  expect(answer.expiring.at(-2)).toMatchObject({
    ...{ starts_at: `${YEAR}-09-30T23:00:00.000Z`, ends_at: november, date: `${YEAR}-10-01` },
  });
});

test('in another zone, by quarter and year, and no further than is asked', async () => {
  expect(await expiring({ tz: 'UTC' })).toEqual([
    [`${YEAR}-03`, 100, 2],
    [`${YEAR}-11`, 5, 0.1],
  ]);
  expect(await expiring({ interval: 'quarter' })).toEqual([
    [`${YEAR}-Q1`, 70, 1.4],
    [`${YEAR}-Q2`, 30, 0.6],
    [`${YEAR}-Q4`, 5, 0.1],
  ]);
  expect(await expiring({ interval: 'year' })).toEqual([[`${YEAR}`, 105, 2.1]]);
  const one = await liability({ periods: '1' });
  expect([one.expiring.length, one.later.points, one.outstanding.points]).toEqual([1, 105, 285]);
});

test('what became of the points of each month in which they were earned', async () => {
  const answer = await breakage();
  expect(answer).toMatchObject({
    ...{ tz: ZONE, interval: 'month', points_per_currency_unit: 50 },
    ...{ date_from: '2026-03-01', date_to: '2026-04-30' },
    totals: { earned: 180, used: 30, expired: 15, outstanding: 135, expired_percentage: 8.3 },
  });
  expect(answer.breakage).toMatchObject([
    { period: '2026-03', earned: 100, used: 30, expired: 0, outstanding: 70, expired_percentage: 0 },
    {
      ...{ period: '2026-04', starts_at: APRIL, ends_at: '2026-04-30T23:00:00.000Z', date: '2026-04-01' },
      ...{ earned: 80, used: 0, expired: 15, outstanding: 65, expired_percentage: 18.8, expired_value: 0.3 },
    },
  ]);
  const rows = async (query: Record<string, string>) =>
    (await breakage(query)).breakage.map(({ period, earned: many }) => [period, many]);
  expect(await rows({ tz: 'UTC' })).toEqual([
    ['2026-03', 180],
    ['2026-04', 0],
  ]);
  expect(await rows({ interval: 'quarter' })).toEqual([
    ['2026-Q1', 100],
    ['2026-Q2', 80],
  ]);
  expect(await rows({ interval: 'year' })).toEqual([['2026', 180]]);
});

test('beside as many months just before', async () => {
  const april = await breakage({ date_from: '2026-04-10', date_to: '2026-04-11', compare: 'previous' });
  expect(april.previous).toMatchObject({
    ...{ date_from: '2026-03-01', date_to: '2026-03-31', totals: { earned: 100 } },
    breakage: [{ period: '2026-03', earned: 100 }],
  });
  expect((await breakage()).previous).toBeUndefined();
});

test('outstanding is what the summary says, before and after the lots of all are told', async () => {
  const outstanding = async () => [
    (await liability()).outstanding.points,
    (await admin().ask(getPointsSummary, {})).outstanding,
  ];
  expect(await outstanding()).toEqual([285, 285]);
  const listed = lotsListed(
    4,
    [
      { earnedIn: MARCH, endsIn: null, points: 150, earned: 200, expired: 0 },
      { earnedIn: APRIL, endsIn: ends.april, points: 0, earned: 60, expired: 60 },
    ],
    { tenantId: TENANT, sequence: 3 },
  );
  const next = { tenantId: TENANT, sequence: 4, balance: 140, lots: of(MARCH, null, -10) };
  await told(spent(4, 10, next), listed, listed);
  expect(await outstanding()).toEqual([275, 275]);
  expect(await liability()).toMatchObject({ undated: { points: 0 }, never: { points: 170 } });
  expect((await breakage()).breakage).toMatchObject([
    { period: '2026-03', earned: 300, used: 90, expired: 0, outstanding: 210 },
    { period: '2026-04', earned: 140, used: 0, expired: 75, outstanding: 65 },
  ]);
});

test('another tenant has its own, worth what points are worth at first; one without points has zeros', async () => {
  expect(await liability({}, admin({ tenantId: OTHER }))).toMatchObject({
    ...{ tz: 'UTC', points_per_currency_unit: 100 },
    ...{ outstanding: { points: 1_000, value: 10 }, never: { points: 1_000, value: 10 } },
  });
  const none = await liability({}, admin({ tenantId: 79 }));
  expect([none.outstanding, none.expiring.length]).toEqual([{ points: 0, value: 0 }, 1]);
  const nothing = await breakage({}, admin({ tenantId: 79 }));
  expect(nothing.totals).toEqual({
    ...{ earned: 0, used: 0, expired: 0, outstanding: 0, expired_percentage: 0, expired_value: 0 },
  });
});

test('as a file', async () => {
  const rowsOf = async (query: object): Promise<Record<string, unknown>[]> => {
    const answer = await admin().call(exportStatistics, { query: { format: 'ndjson', ...query } as never });
    expect(answer.status).toBe(200);
    return (answer.body as unknown as string)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const found = await rowsOf({ report: 'points_liability', interval: 'year' });
  expect(found.map(({ period }) => period)).toEqual([
    'overdue',
    ...Array.from({ length: 3 }, (_, index) => String(YEAR - 2 + index)),
    ...['later', 'never', 'undated'],
  ]);
  expect(found.find(({ period }) => period === String(YEAR))).toMatchObject({ points: 105, value: 2.1 });
  expect(await rowsOf({ report: 'points_breakage', ...SPRING })).toMatchObject([
    { period: '2026-03', earned: 300, used: 90 },
    { period: '2026-04', expired: 75, expired_percentage: 53.6 },
  ]);
  const april = { date_from: '2026-04-10', date_to: '2026-04-11', compare: 'previous' };
  expect(await rowsOf({ report: 'points_breakage', ...april })).toMatchObject([
    { period: '2026-04', expired: 75, 'previous.period': '2026-03', 'previous.earned': 300 },
  ]);
  const two = await rowsOf({ report: 'points_liability', interval: 'year', periods: '2' });
  expect(two.map(({ period }) => period).slice(1, 3)).toEqual([String(YEAR - 2), String(YEAR - 1)]);
  expect(two).toHaveLength(2 + 4);
});

const LIABILITY = '/api/v1/stats/points/liability/';
const BREAKAGE = '/api/v1/stats/points/breakage/';
const EXPORT = '/api/v1/stats/export/';
test.each([
  [LIABILITY, 'interval=week', 'interval', 'Must be one of month, quarter, year'],
  [LIABILITY, 'tz=Mars/Base', 'tz', ''],
  [LIABILITY, 'periods=0', 'periods', ''],
  [LIABILITY, 'periods=121', 'periods', ''],
  [LIABILITY, 'compare=previous', 'compare', ''],
  [BREAKAGE, 'interval=day', 'interval', 'Must be one of month, quarter, year'],
  [BREAKAGE, 'compare=next', 'compare', 'Must be one of previous'],
  [BREAKAGE, 'date_from=2026-02-30', 'date_from', 'Must be a date: YYYY-MM-DD'],
  [BREAKAGE, 'date_from=2026-02-02&date_to=2026-02-01', 'date_from', 'must not be after the last'],
  [BREAKAGE, 'date_from=9999-12-31&date_to=9999-12-31', 'date_from', 'Must not be after today'],
  [BREAKAGE, 'date_from=2010-01-01&date_to=2020-02-01', 'date_from', 'At most 3660 days by month'],
  [EXPORT, 'report=points_liability&interval=day', 'interval', 'must be one of month, quarter, year'],
  [EXPORT, 'report=points_liability&compare=previous', 'compare', 'takes no such parameter'],
  [EXPORT, 'report=points_liability&date_from=2026-02-02', 'date_from', 'takes no such parameter'],
  [EXPORT, 'report=points_trends&interval=quarter', 'interval', 'must be one of hour, day, week, month'],
])('%s?%s is refused by %s', async (path, query, field, text) => {
  const answer = await admin({ language: 'en' }).send('get', `${path}?${query}`, {
    headers: { 'accept-language': 'en' },
  });
  expect(answer.status).toBe(400);
  expect(answer.body.error.details).toEqual({ [field]: [expect.stringContaining(text)] });
});

test('the oldest and the longest that is promised', async () => {
  for (const query of ['date_from=1970-01-01&date_to=1979-12-31&compare=previous', 'interval=year'])
    expect((await admin().send('get', `${BREAKAGE}?${query}`)).status).toBe(200);
  expect((await liability({ periods: '120', interval: 'year' })).expiring).toHaveLength(120);
});

test.each([
  ['member', 403],
  ['internal', 403],
  ['anonymous', 401],
  ['admin', 200],
] as const)('for %s it is %i', async (role, status) => {
  for (const path of [LIABILITY, BREAKAGE])
    expect((await admin({ role }).send('get', path)).status).toBe(status);
});
