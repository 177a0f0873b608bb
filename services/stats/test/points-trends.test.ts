/** How points moved in the course of a period: the calendar of the zone, no gaps, and the same sums as the summary. */
import {
  getMembersGrowth,
  getPointsSummary,
  getPointsTrends,
  getStatsOverview,
} from '@membership/contracts/endpoints/stats/index';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import {
  eventually,
  startServiceKit,
  type Caller,
  type ServiceKit,
} from '@membership/platform/testing/service-kit';
import { statsService } from '../src/service.ts';
import {
  allCounted,
  aTenant,
  deactivated,
  earned,
  expired,
  joined,
  reactivated,
  spent,
  tell,
} from './a-story.ts';

const BERLIN = 31;
const OTHER = 32;
const NOBODY = 33;
const TRENDS = '/api/v1/stats/points/trends/';
let kit: ServiceKit;

beforeAll(() => clearOfMidnight('Europe/Berlin'));
beforeAll(async () => {
  kit = await startServiceKit(statsService);
  const told = (sequence: number, time: string) => ({ tenantId: BERLIN, sequence, time, balance: 0 });
  await tell(
    kit,
    aTenant({ tenantId: BERLIN }, 'Europe/Berlin'),
    // Sunday 29 March 2026: after 01:59:59 comes 03:00. The day begins at 23:00 of UTC and has 23 hours.
    earned(7, 1, told(1, '2026-03-28T22:59:59.999Z')),
    earned(7, 10, told(2, '2026-03-28T23:00:00.000Z')),
    spent(7, 4, told(3, '2026-03-29T00:59:59.999Z')),
    earned(7, 100, told(4, '2026-03-29T01:00:00.000Z')),
    expired(7, 7, told(5, '2026-03-29T21:59:59.999Z')),
    earned(7, 1_000, told(6, '2026-03-29T22:00:00.000Z')),
    earned(7, 10_000, told(7, '2026-04-01T10:00:00.000Z')),
    earned(7, 999, { ...told(1, '2026-03-29T10:00:00.000Z'), tenantId: OTHER }),
  );
  await allCounted(kit, 9);
});
afterAll(() => kit.stop());

const as = (caller: Caller = {}) => kit.as({ role: 'admin', tenantId: BERLIN, ...caller });
const get = async (query: Record<string, string>, caller: Caller = {}) => {
  const { status, body } = await as(caller).call(getPointsTrends, { query: query as never });
  expect(status).toBe(200);
  return getPointsTrends.response.strict().parse(body);
};

test('by day: one row a day of the zone, zero where nothing moved', async () => {
  const body = await get({ date_from: '2026-03-27', date_to: '2026-03-30' });
  expect(body).toMatchObject({ tz: 'Europe/Berlin', interval: 'day' });
  expect(body.trends).toEqual([
    {
      starts_at: '2026-03-26T23:00:00.000Z',
      ends_at: '2026-03-27T23:00:00.000Z',
      date: '2026-03-27',
      earned: 0,
      spent: 0,
      expired: 0,
      net: 0,
      records: 0,
    },
    expect.objectContaining({ date: '2026-03-28', earned: 1, net: 1, records: 1 }),
    expect.objectContaining({
      starts_at: '2026-03-28T23:00:00.000Z',
      ends_at: '2026-03-29T22:00:00.000Z',
      date: '2026-03-29',
      earned: 110,
      spent: 4,
      expired: 7,
      net: 99,
      records: 4,
    }),
    expect.objectContaining({ date: '2026-03-30', earned: 1_000 }),
  ]);
  expect(body).not.toHaveProperty('previous');
});

test.each([
  ['2026-03-29', 'Europe/Berlin', 23],
  ['2026-10-25', 'Europe/Berlin', 25],
  ['2026-03-29', 'Asia/Kathmandu', 24],
])('by hour: %s in %s has %d', async (date, tz, hours) => {
  const { trends } = await get({ date_from: date, date_to: date, tz, interval: 'hour' });
  expect(trends).toHaveLength(hours);
  for (const [index, { starts_at, ends_at }] of trends.entries()) {
    expect(Date.parse(ends_at) - Date.parse(starts_at)).toBe(3_600_000);
    if (index > 0) expect(starts_at).toBe(trends[index - 1]?.ends_at);
  }
});

test('by hour: what moved on both sides of the change of clocks stands in hours of its own', async () => {
  const { trends } = await get({ date_from: '2026-03-29', date_to: '2026-03-29', interval: 'hour' });
  const moved = trends.flatMap(({ earned: plus, spent: minus }, hour) =>
    plus || minus ? [[hour, plus, minus]] : [],
  );
  expect(moved).toEqual([
    [0, 10, 0],
    [1, 0, 4],
    [2, 100, 0],
  ]);
  expect(trends.at(-1)).toMatchObject({ expired: 7 });
});

test('by week, from Monday, and by month: cut at the ends of the period', async () => {
  const days = { date_from: '2026-03-26', date_to: '2026-04-02' };
  const brief = (trends: Awaited<ReturnType<typeof get>>['trends']) =>
    trends.map(({ date, earned: plus }) => [date, plus]);
  expect(brief((await get({ ...days, interval: 'week' })).trends)).toEqual([
    ['2026-03-26', 111],
    ['2026-03-30', 11_000],
  ]);
  const { trends } = await get({ ...days, interval: 'month' });
  expect(brief(trends)).toEqual([
    ['2026-03-26', 1_111],
    ['2026-04-01', 10_000],
  ]);
  expect(trends.at(-1)?.ends_at).toBe('2026-04-02T22:00:00.000Z');
});

test.each(['hour', 'day', 'week', 'month'])('the rows by %s add up to the summary', async (interval) => {
  for (const tz of ['Europe/Berlin', 'Asia/Kathmandu', 'America/Los_Angeles']) {
    const days = { date_from: '2026-03-10', date_to: '2026-04-05', tz };
    const { trends } = await get({ ...days, interval });
    const { body } = await as().call(getPointsSummary, { query: days });
    const sum = (name: 'earned' | 'spent' | 'expired' | 'net' | 'records') =>
      trends.reduce((all, row) => all + row[name], 0);
    for (const name of ['earned', 'spent', 'expired', 'net', 'records'] as const)
      expect([tz, name, sum(name)]).toEqual([tz, name, body[name]]);
  }
});

test('compare=previous adds as many days just before', async () => {
  const { trends, previous } = await get({
    date_from: '2026-03-30',
    date_to: '2026-03-31',
    compare: 'previous',
  });
  expect(trends.map(({ earned: plus }) => plus)).toEqual([1_000, 0]);
  expect(previous).toMatchObject({ date_from: '2026-03-28', date_to: '2026-03-29' });
  expect(previous?.trends.map(({ date, earned: plus }) => [date, plus])).toEqual([
    ['2026-03-28', 1],
    ['2026-03-29', 110],
  ]);
});

test('the summary has the period before beside it, too', async () => {
  const query = { date_from: '2026-03-30', date_to: '2026-03-31', compare: 'previous' } as const;
  const { body } = await as().call(getPointsSummary, { query });
  expect(body).toMatchObject({ earned: 1_000, spent: 0, net: 1_000, records: 1 });
  expect(body.previous).toEqual({
    ...{ date_from: '2026-03-28', date_to: '2026-03-29', earned: 111, spent: 4, expired: 7 },
    ...{ net: 100, records: 5 },
  });
  const { status } = await as().call(getPointsSummary, { query: { compare: 'next' } as never });
  expect(status).toBe(400);
});

test('the last 30 days by day unless asked otherwise', async () => {
  const { trends, interval, date_to } = await get({});
  expect([interval, trends.length, trends.at(-1)?.date]).toEqual(['day', 30, date_to]);
});

test('a tenant sees its own alone; one of which nothing was heard has zeros, in UTC', async () => {
  const days = { date_from: '2026-03-29', date_to: '2026-03-29' };
  expect((await get(days, { tenantId: OTHER })).trends).toMatchObject([{ earned: 999, records: 1 }]);
  const nothing = await get(days, { tenantId: NOBODY });
  expect(nothing).toMatchObject({ tz: 'UTC', trends: [{ earned: 0, spent: 0, records: 0 }] });
});

test.each([
  ['interval=hour&date_from=2026-03-01&date_to=2026-04-01', 'date_from', 'At most 31 days by hour'],
  ['date_from=2025-01-01&date_to=2026-01-02', 'date_from', 'At most 366 days by day'],
  ['interval=week&date_from=2023-01-01&date_to=2026-01-04', 'date_from', 'At most 1098 days by week'],
  ['interval=month&date_from=1970-01-01&date_to=9999-12-31', 'date_from', 'At most 1098 days by month'],
  ['interval=year', 'interval', 'Must be one of hour, day, week, month'],
  ['interval=', 'interval', 'Must be one of hour, day, week, month'],
  ['interval=DAY', 'interval', 'Must be one of hour, day, week, month'],
  ['compare=next', 'compare', 'Must be one of previous'],
])('?%s is refused, and named', async (query, field, text) => {
  const headers = { 'accept-language': 'en' };
  const answer = await as({ language: 'en' }).send('get', `${TRENDS}?${query}`, { headers });
  expect(answer.status).toBe(400);
  expect(answer.body.error.details).toEqual({ [field]: [text] });
});

test('the longest period of each interval is answered, at either end of time', async () => {
  for (const [interval, date_from, date_to, rows] of [
    ['hour', '2026-03-01', '2026-03-31', 31 * 24 - 1],
    ['day', '2024-01-01', '2024-12-31', 366],
    ['month', '9997-01-01', '9999-12-31', 36],
    ['day', '1970-01-01', '1970-01-01', 1],
  ] as const) {
    const { trends, previous } = await get({ interval, date_from, date_to, compare: 'previous' });
    expect([interval, trends.length]).toEqual([interval, rows]);
    expect(previous?.trends.length).toBeGreaterThan(0);
  }
  const chinese = await as().send('get', `${TRENDS}?interval=hour&date_from=2026-03-01&date_to=2026-04-01`);
  expect(chinese.body.error.details.date_from).toEqual(['按 hour 最多 31 天']);
});

describe('members/growth/', () => {
  const growing = 34;
  const growth = async (query: Record<string, string>, caller: Caller = {}) => {
    const { status, body } = await as({ tenantId: growing, ...caller }).call(getMembersGrowth, {
      query: query as never,
    });
    expect(status).toBe(200);
    return getMembersGrowth.response.strict().parse(body);
  };
  const brief = ({ growth: rows }: Awaited<ReturnType<typeof growth>>) =>
    rows.map((row) => [
      row.date,
      row.joined,
      row.deactivated,
      row.reactivated,
      row.members,
      row.active_members,
    ]);

  beforeAll(async () => {
    const at = (time: string, sequence = 1) => ({ tenantId: growing, sequence, time });
    const story = [
      aTenant({ tenantId: growing }, 'Europe/Berlin'),
      joined(1, at('2026-03-27T10:00:00.000Z')),
      joined(2, at('2026-03-28T22:59:59.999Z')),
      joined(3, at('2026-03-28T23:00:00.000Z')),
      deactivated(1, at('2026-03-29T21:59:59.999Z', 2)),
      reactivated(1, at('2026-03-30T10:00:00.000Z', 3)),
      deactivated(2, at('2026-03-30T11:00:00.000Z', 2)),
      joined(4, at('2026-03-31T10:00:00.000Z')),
    ];
    await tell(kit, ...story.slice(4), ...story);
    await eventually(async () =>
      expect((await as({ tenantId: growing }).call(getStatsOverview, {})).body.members).toEqual({
        total: 4,
        active: 3,
      }),
    );
  });

  test('each day of the zone with who joined and left, and how many there were at its end', async () => {
    const body = await growth({ date_from: '2026-03-28', date_to: '2026-03-30', compare: 'previous' });
    expect(body).toMatchObject({ tz: 'Europe/Berlin', joined: 2, deactivated: 2, reactivated: 1 });
    expect(brief(body)).toEqual([
      ['2026-03-28', 1, 0, 0, 2, 2],
      ['2026-03-29', 1, 1, 0, 3, 2],
      ['2026-03-30', 0, 1, 1, 3, 2],
    ]);
    expect(body.growth[1]).toMatchObject({
      starts_at: '2026-03-28T23:00:00.000Z',
      ends_at: '2026-03-29T22:00:00.000Z',
    });
    expect(body.previous).toMatchObject({ date_from: '2026-03-25', date_to: '2026-03-27', joined: 1 });
    expect(body.previous?.growth.map(({ members }) => members)).toEqual([0, 0, 1]);
  });

  test('by week and month, and in a half-hour zone; the last row is how many there are', async () => {
    const days = { date_from: '2026-03-23', date_to: '2026-04-05' };
    expect(brief(await growth({ ...days, interval: 'week' }))).toEqual([
      ['2026-03-23', 3, 1, 0, 3, 2],
      ['2026-03-30', 1, 1, 1, 4, 3],
    ]);
    expect(brief(await growth({ ...days, interval: 'month', tz: 'Asia/Kolkata' }))).toEqual([
      ['2026-03-23', 4, 2, 1, 4, 3],
      ['2026-04-01', 0, 0, 0, 4, 3],
    ]);
    expect((await growth({})).growth.at(-1)).toMatchObject({ members: 4, active_members: 3 });
  });

  test('nothing of other tenants, and no more days than the interval takes', async () => {
    expect((await growth({}, { tenantId: NOBODY })).growth.at(-1)).toMatchObject({ members: 0 });
    const headers = { 'accept-language': 'en' };
    const query = '?interval=hour&date_from=2026-03-01&date_to=2026-04-01';
    const answer = await as().send('get', `/api/v1/stats/members/growth/${query}`, { headers });
    expect(answer.body.error.details).toEqual({ date_from: ['At most 31 days by hour'] });
  });
});
