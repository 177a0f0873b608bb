/** Every report and the audit trail as a file: what the endpoint answers, of one moment, safe in a spreadsheet. */
import type { CallOf } from '@membership/contracts/endpoint';
import {
  exportStatistics,
  getLevelDistribution,
  getMembersGrowth,
  getMemberStatistics,
  getPointsCategories,
  getPointsTrends,
  getStatsOverview,
  listEvents,
  listLeaderboard,
  listLeaderboardPeriods,
  reportFields,
  type Report,
} from '@membership/contracts/endpoints/stats/index';
import { memberUpdated } from '@membership/contracts/events/gateway';
import { dayOf, plusDays } from '@membership/platform/calendar';
import { csvHeadingOf } from '@membership/platform/testing/csv-heading';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import {
  eventually,
  startServiceKit,
  type Caller,
  type ServiceKit,
} from '@membership/platform/testing/service-kit';
import { mondayOf, weekOf } from '../src/boards/boards.ts';
import { statsService } from '../src/service.ts';
import {
  aTenant,
  adjusted,
  allCounted,
  earned,
  expired,
  fact,
  granted,
  issued,
  joined,
  levelDefined,
  levelled,
  opened,
  spent,
  tell,
  userLevelDefined,
} from './a-story.ts';

const TENANT = 51;
const OTHER = 52;
const MEMBERS = 1_200;
let kit: ServiceKit;

beforeAll(() => clearOfMidnight('Asia/Kolkata'));
beforeAll(async () => {
  kit = await startServiceKit(statsService);
  const told = (memberId: number, sequence = 1) => ({ tenantId: TENANT, sequence, balance: memberId });
  const story = [
    aTenant({ tenantId: TENANT }, 'Asia/Kolkata'),
    levelDefined(1, '=cmd|calc', 0, { tenantId: TENANT }),
    userLevelDefined(1, '青铜会员', 0, { tenantId: TENANT }),
    joined(1, { tenantId: TENANT }),
    fact(
      memberUpdated,
      1,
      { tenantId: TENANT, sequence: 2 },
      {
        ...{ memberId: 1, username: 'm1', email: 'm1@example.com', displayName: '=HYPERLINK("http://x")' },
        ...{ role: 'member', isActive: true, externalId: null, joinedAt: new Date().toISOString() },
      },
    ),
    opened(1, 1, { tenantId: TENANT }),
    levelled(1, 1, 2, { tenantId: TENANT, sequence: 2 }),
    ...Array.from({ length: MEMBERS }, (_, index) => earned(index + 1, 1 + (index % 7), told(index + 1, 3))),
    granted(1, 5, { tenantId: TENANT }),
    issued(1, { tenantId: TENANT }),
    spent(1, 4, told(1, 4)),
    expired(2, 1, { ...told(2, 4), category: 'expiry' }),
    adjusted(3, 9, { ...told(3, 4), category: 'manual' }),
    earned(7, 999, { tenantId: OTHER, balance: 999 }),
  ];
  await tell(kit, ...story);
  await allCounted(kit, story.length);
});
afterAll(() => kit.stop());

const admin = (caller: Caller = {}) => kit.as({ role: 'admin', tenantId: TENANT, ...caller });
type Query = NonNullable<CallOf<typeof exportStatistics>['query']>;
async function file(query: Query): Promise<string> {
  const { status, body, headers } = await admin().call(exportStatistics, { query });
  expect(status).toBe(200);
  const format = query.format ?? 'csv';
  expect(headers.get('content-type')).toBe(
    format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8',
  );
  expect(headers.get('content-disposition')).toContain(`statistics-${query.report}-`);
  return body as unknown as string;
}
const rowsOf = async (query: Omit<Query, 'format'>): Promise<Record<string, unknown>[]> =>
  (await file({ ...query, format: 'ndjson' } as Query))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const refusalOf = async (query: Record<string, string>, caller: Caller = {}) => {
  const { status, body } = await admin(caller).call(exportStatistics, { query: query as never });
  return [status, ...Object.keys((body as { error?: { details: object } }).error?.details ?? {})];
};
const monthBefore = (day: string, months: number): string =>
  Array.from({ length: months }).reduce<string>(
    (month) => plusDays(`${month}-01`, -1).slice(0, 7),
    day.slice(0, 7),
  );
const without = (row: object, ...names: readonly string[]) =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));

test('a file is named after the day of the zone that is asked for', async () => {
  const nameIn = async (tz: string) => {
    const { headers } = await admin().call(exportStatistics, { query: { report: 'points_summary', tz } });
    return /filename="statistics-points_summary-(.+)\.csv"/.exec(
      headers.get('content-disposition') ?? '',
    )?.[1];
  };
  // 25 hours apart: never the same day.
  const [west, east] = [await nameIn('Pacific/Niue'), await nameIn('Pacific/Kiritimati')];
  expect([west, east]).toEqual([
    expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    expect.stringMatching(/^\d{4}-/),
  ]);
  expect(Date.parse(`${east}`)).toBeGreaterThan(Date.parse(`${west}`));
});

test('a short report has the rows that its endpoint answers, as of the same moment', async () => {
  const asked = { interval: 'hour', tz: 'Asia/Kathmandu' } as const;
  const today = new Date().toISOString().slice(0, 10);
  const days = { date_from: today, date_to: today };
  const trends = await admin().ask(getPointsTrends, { query: { ...asked, ...days } });
  expect(await rowsOf({ report: 'points_trends', ...asked, ...days })).toEqual(
    trends.trends.map((row) => ({ ...row, as_of: trends.as_of })),
  );
  const shown = exportStatistics.examples?.files ?? {};
  const table = await file({ report: 'points_trends', ...asked, ...days });
  expect(table.replace('\uFEFF', '').split('\r\n')[0]).toBe(csvHeadingOf(exportStatistics));
  expect(Object.keys(JSON.parse(shown['application/x-ndjson'] ?? '{}') as object).join()).toBe(
    csvHeadingOf(exportStatistics),
  );
  const growth = await admin().ask(getMembersGrowth, { query: { interval: 'week' } });
  expect(await rowsOf({ report: 'members_growth', interval: 'week' })).toEqual(
    growth.growth.map((row) => ({ ...row, as_of: growth.as_of })),
  );
  const categories = await admin().ask(getPointsCategories, {});
  expect(await rowsOf({ report: 'points_categories' })).toEqual(
    categories.categories.map((row) => ({ ...row, as_of: categories.as_of })),
  );
  const { user_levels, member_levels } = await admin().ask(getLevelDistribution, {});
  expect((await rowsOf({ report: 'levels_distribution' })).map((row) => without(row, 'as_of'))).toEqual([
    ...user_levels.map((row) => ({ ladder: 'user', ...row, spent: null })),
    ...member_levels.map((row) => ({ ladder: 'member', ...row })),
  ]);
  expect(await rowsOf({ report: 'levels_changes' })).toEqual([
    expect.objectContaining({
      ladder: 'member',
      from_level_id: 1,
      to_level_id: 2,
      is_upgrade: true,
      changes: 1,
    }),
  ]);
  const figures = new Map((await rowsOf({ report: 'overview' })).map(({ figure, value }) => [figure, value]));
  const overview = await admin().ask(getStatsOverview, {});
  expect(figures.get('points.issued')).toBe(overview.points.issued);
  expect(figures.get('as_of')).toBe(overview.as_of);
  expect((await rowsOf({ report: 'vip_churn' }))[0]).toMatchObject({ tag_id: null, gained: 0, lost: 0 });
  expect(await rowsOf({ report: 'vip_summary' })).toEqual([
    expect.objectContaining({ tag_id: 1, 'by_status.active': 1, granted: 1 }),
  ]);
  expect(await rowsOf({ report: 'licenses_summary' })).toEqual([
    expect.objectContaining({ plan_id: 1, 'licenses.active': 1, 'funnel.issued': 1, 'period.issued': 1 }),
  ]);
  expect(await rowsOf({ report: 'applications_summary' })).toEqual([]);
  expect(await rowsOf({ report: 'points_summary' })).toContainEqual({ figure: 'spent', value: 4 });
});

test('what is asked of a report is asked of its endpoint', async () => {
  const lengthOf = async (query: Record<string, string>) => (await rowsOf(query as never)).length;
  // All tags and one.
  expect(await lengthOf({ report: 'vip_churn' })).toBe(2 * 36);
  expect(await lengthOf({ report: 'vip_churn', months: '3' })).toBe(2 * 3);
  expect(await lengthOf({ report: 'points_liability', periods: '7' })).toBe(7 + 4);
  const weeks = { report: 'members_retention', date_from: '2025-01-06', date_to: '2025-01-06' };
  expect(await lengthOf(weeks)).toBe(53);
  expect(await lengthOf({ ...weeks, periods: '4' })).toBe(5);
  const { level_distribution, overview, trends, as_of } = await admin().ask(getMemberStatistics, {
    query: { date_range: '7d', metrics: 'count,activity' as never },
  });
  const statistics = await rowsOf({
    report: 'member_statistics',
    ...{ date_range: '7d', metrics: 'count,activity' as never },
  });
  const valueOf = (figure: string, also: object = {}) =>
    statistics.filter((row) => Object.entries({ figure, ...also }).every(([name, is]) => row[name] === is));
  expect(valueOf('as_of')).toEqual([{ figure: 'as_of', level_name: null, date: null, value: as_of }]);
  expect(valueOf('overview.total_points_issued')[0]?.['value']).toBe(overview.total_points_issued);
  expect(valueOf('level_distribution.count').map(({ level_name, value }) => [level_name, value])).toEqual(
    level_distribution.map(({ level_name, count }) => [level_name, count]),
  );
  expect(valueOf('level_distribution.avg_spent')).toEqual([]);
  expect(valueOf('trends.points_activity.points_earned').map(({ date, value }) => [date, value])).toEqual(
    trends?.points_activity.map(({ date, points_earned }) => [date, points_earned]),
  );
  for (const metric of ['earned', 'balance', 'activations'] as const) {
    const { items, count } = await admin().ask(listLeaderboardPeriods, { query: { metric } });
    const rows = await rowsOf({ report: 'leaderboard_periods', metric });
    expect(rows.map((row) => without(row, 'as_of'))).toEqual(items);
    expect(rows).toHaveLength(count as number);
  }
  expect(await rowsOf({ report: 'vip_purchases' })).toEqual([
    {
      ...{ reason: null, asked: 0, asked_by_renewal: 0, completed: 0, failed: 0, points: 0 },
      as_of: expect.any(String),
    },
  ]);
});

test('with compare=previous each figure has that of the period before beside it', async () => {
  const today = dayOf('Asia/Kolkata', new Date());
  const tomorrow = plusDays(today, 1);
  // Of one day that is yet to come: all that was told is of the day before.
  const days = { date_from: tomorrow, date_to: tomorrow, compare: 'previous' } as const;
  const one = async (report: Report, more: object = {}) =>
    (await rowsOf({ report, ...days, ...more })).map((row) => without(row, 'as_of'));
  const figures = await one('points_summary');
  expect(figures).toContainEqual({ figure: 'spent', value: 0, 'previous.value': 4 });
  expect(figures).toContainEqual({ figure: 'date_from', value: tomorrow, 'previous.value': today });
  expect(figures.find(({ figure }) => figure === 'outstanding')?.['previous.value']).toBeNull();
  expect(figures.map(({ figure }) => figure)).toEqual(
    (await rowsOf({ report: 'points_summary' })).map(({ figure }) => figure),
  );
  expect(await one('points_trends')).toMatchObject([
    { date: tomorrow, spent: 0, 'previous.date': today, 'previous.spent': 4, 'previous.expired': 1 },
  ]);
  const heading = (await file({ report: 'points_trends', ...days })).split('\r\n')[0]?.split(',') ?? [];
  const own = csvHeadingOf(exportStatistics)?.split(',').slice(0, -1) ?? [];
  expect(heading).toEqual([...own, ...own.map((name) => `previous.${name}`), 'as_of']);
  expect(await one('points_categories')).toContainEqual({
    ...{ category: 'expiry', earned: null, spent: null, expired: null, net: null, records: null },
    ...{ 'previous.earned': 0, 'previous.spent': 0, 'previous.expired': 1, 'previous.net': -1 },
    'previous.records': 1,
  });
  expect(await one('levels_changes')).toEqual([
    {
      ...{ ladder: 'member', from_level_id: 1, from_level_name: '=cmd|calc', to_level_id: 2 },
      ...{ to_level_name: '#2', is_upgrade: true, changes: null, 'previous.changes': 1 },
    },
  ]);
  expect(await one('members_growth')).toMatchObject([{ joined: 0, 'previous.joined': 1 }]);
  expect(await one('vip_summary')).toMatchObject([
    { tag_id: 1, 'by_status.active': 1, granted: 0, 'previous.granted': 1 },
  ]);
  expect(await one('licenses_summary')).toMatchObject([
    { 'licenses.active': 1, 'period.issued': 0, 'previous.period.issued': 1 },
  ]);
  expect(await one('vip_purchases')).toMatchObject([{ reason: null, asked: 0, 'previous.asked': 0 }]);
  const churn = await one('vip_churn', { months: '2' as never });
  expect(churn.map(({ tag_id, month, ...row }) => [tag_id, month, row['previous.month']])).toEqual(
    [null, 1].flatMap((tag) =>
      [1, 0].map((ago) => [tag, monthBefore(tomorrow, ago), monthBefore(tomorrow, ago + 2)]),
    ),
  );
  expect(await rowsOf({ report: 'applications_summary', ...days })).toEqual([]);
  // Stretches up to today, and as many before.
  const stretches = { compare: 'previous', interval: 'month', date_from: `${today.slice(0, 7)}-01` } as const;
  for (const [report, figure] of [
    ['members_active', 'active_members'],
    ['members_retention', 'members'],
  ] as const) {
    const [row] = await rowsOf({ report, ...stretches });
    expect([report, row?.['period'], row?.['previous.period'], row?.[`previous.${figure}`]]).toEqual([
      ...[report, monthBefore(today, 0), monthBefore(today, 1), 0],
    ]);
    expect(row?.[figure]).toBeGreaterThan(0);
  }
  const statistics = await rowsOf({ report: 'member_statistics', date_range: '7d', compare: 'previous' });
  const growth = statistics.filter(({ figure }) => figure === 'trends.member_growth.new_members');
  expect(growth.map(({ date, ...row }) => [date, row['previous.date']])).toEqual(
    Array.from({ length: 7 }, (_, index) => [plusDays(today, index - 6), plusDays(today, index - 13)]),
  );
  expect(growth.map((row) => row['previous.value'])).toEqual(Array.from({ length: 7 }, () => 0));
  expect(statistics.find(({ figure }) => figure === 'date_from')?.['previous.value']).toBe(
    plusDays(today, -13),
  );
});

test('a cohort before has its later weeks beside those of the same number, and what it alone has last', async () => {
  const monday = mondayOf(dayOf('Asia/Kolkata', new Date()));
  const rows = await rowsOf({ report: 'members_retention', date_from: monday, compare: 'previous' });
  const brief = rows.map(({ period, after, ...row }) => [
    period,
    after,
    row['previous.after'],
    row['previous.period'],
  ]);
  expect(brief).toEqual([
    [weekOf(monday), 0, undefined, weekOf(plusDays(monday, -7))],
    [null, 1, undefined, weekOf(plusDays(monday, -7))],
  ]);
});

test('a spreadsheet runs nothing that stands in a file, and opens it as UTF-8', async () => {
  const levels = await file({ report: 'levels_distribution' });
  expect(levels.startsWith('ladder,level_id,level_name,members')).toBe(true);
  expect(levels).toContain(`member,1,'=cmd|calc,`);
  expect(levels).toContain('user,1,青铜会员,1,100,');
  const board = (await file({ report: 'leaderboards', window: 'all' })).split('\r\n');
  expect(board[0]).toBe('rank,member_id,display_name,score,cursor');
  expect(board.find((line) => line.includes(',1,'))).toBeDefined();
  expect(board.join('\n')).toContain(`"'=HYPERLINK(""http://x"")"`);
  const trail = await file({ report: 'events', type: 'member.updated.v1' });
  expect(trail).toContain('""displayName"":""=HYPERLINK(\\""http://x\\"")""');
});

test('a board is exported whole, with the ranks of its pages, and goes on as of its moment', async () => {
  const all = await rowsOf({ report: 'leaderboards', window: 'all' });
  expect(all).toHaveLength(MEMBERS);
  for (const page of [1, 6, 12]) {
    const shown = await admin().call(listLeaderboard, { query: { window: 'all', page, page_size: 100 } });
    expect(all.slice((page - 1) * 100, page * 100).map((row) => without(row, 'cursor'))).toEqual(
      (shown.body as unknown as { results: object[] }).results,
    );
  }
  const cursorAt = (index: number) => String(all[index]?.['cursor']);
  // Broken off anywhere; what happens meanwhile is of another moment.
  const story = [earned(600, 5_000, { tenantId: TENANT, sequence: 9, balance: 1 })];
  await tell(kit, ...story);
  await allCounted(kit, MEMBERS + 14);
  expect((await rowsOf({ report: 'leaderboards', window: 'all' }))[0]).toMatchObject({
    member_id: 600,
    rank: 1,
  });
  for (const index of [0, 999, 1_005])
    expect(await rowsOf({ report: 'leaderboards', window: 'all', cursor: cursorAt(index) })).toEqual(
      all.slice(index + 1),
    );
  expect(await rowsOf({ report: 'leaderboards', window: 'all', cursor: cursorAt(MEMBERS - 1) })).toEqual([]);
  const [generation, , behind] = cursorAt(5).split('.');
  for (const cursor of [
    `${generation}.1000000000-1.${behind}.earned:all:all`,
    `${generation}.4294967295-1.0.earned:all:all`,
    `77.${cursorAt(5).split('.')[1]}.3.earned:all:all`,
    'x',
  ])
    expect(await refusalOf({ report: 'leaderboards', window: 'all', cursor })).toEqual([400, 'cursor']);
  // It is of its board alone.
  for (const other of [{ window: 'all', metric: 'spent' }, { window: 'month' }, {}] as const)
    expect(await refusalOf({ report: 'leaderboards', ...other, cursor: cursorAt(5) })).toEqual([
      400,
      'cursor',
    ]);
});

test('the audit trail is exported whole, the oldest first, and goes on without what came meanwhile', async () => {
  const all = await rowsOf({ report: 'events', type: 'points.*' });
  const { results } = await admin().ask(listEvents, {
    query: { type: 'points.*', ordering: 'position', page_size: 100 },
  });
  expect(all.slice(0, 100).map((row) => without(row, 'cursor'))).toEqual(results);
  expect(new Set(all.map(({ position }) => position)).size).toBe(all.length);
  await tell(kit, earned(2, 1, { tenantId: TENANT, sequence: 10, balance: 1 }));
  await allCounted(kit, MEMBERS + 15);
  for (const index of [0, 499, 700]) {
    const cursor = String(all[index]?.['cursor']);
    expect(await rowsOf({ report: 'events', type: 'points.*', cursor })).toEqual(all.slice(index + 1));
  }
  expect(await rowsOf({ report: 'events', type: 'points.*' })).toHaveLength(all.length + 1);
  expect(await rowsOf({ report: 'events', member_id: 3 })).toHaveLength(2);
  expect(await rowsOf({ report: 'events', date_to: '2020-01-01' })).toEqual([]);
  for (const cursor of ['x', '5', '5.9'])
    expect(await refusalOf({ report: 'events', cursor })).toEqual([400, 'cursor']);
});

test('what a report does not take is refused by name, and so is what it cannot answer', async () => {
  expect(await refusalOf({})).toEqual([400, 'report']);
  expect(await refusalOf({ report: 'points' })).toEqual([400, 'report']);
  expect(await refusalOf({ report: 'overview', format: 'xlsx' })).toEqual([400, 'format']);
  expect(await refusalOf({ report: 'overview', cursor: '1.1' })).toEqual([400, 'cursor']);
  expect(await refusalOf({ report: 'points_trends', metric: 'earned', type: 'points.*' })).toEqual([
    400,
    'type',
    'metric',
  ]);
  expect(await refusalOf({ report: 'levels_distribution', date_from: '2026-01-01' })).toEqual([
    400,
    'date_from',
  ]);
  expect(await refusalOf({ report: 'points_trends', date_from: '2026-01-01T00:00:00Z' })).toEqual([
    400,
    'date_from',
  ]);
  expect(await refusalOf({ report: 'points_trends', date_from: '1969-01-01' })).toEqual([400, 'date_from']);
  expect(await refusalOf({ report: 'points_trends', date_from: '2020-01-01' })).toEqual([400, 'date_from']);
  expect(await refusalOf({ report: 'events', date_from: '2026-02-01', date_to: '2026-01-01' })).toEqual([
    400,
    'date_to',
  ]);
  expect(await refusalOf({ report: 'leaderboards', metric: 'balance', window: 'week' })).toEqual([
    400,
    'window',
  ]);
  expect(await refusalOf({ report: 'leaderboards', period: '2026-99' })).toEqual([400, 'period']);
  for (const report of ['overview', 'points_liability', 'levels_distribution', 'leaderboards', 'events'])
    expect(await refusalOf({ report, compare: 'previous' })).toEqual([400, 'compare']);
  for (const [report, field, value] of [
    ['points_trends', 'compare', 'next'],
    ['vip_churn', 'months', '37'],
    ['vip_churn', 'months', '0'],
    ['vip_churn', 'months', 'x'],
    ['vip_summary', 'months', '3'],
    ['members_retention', 'periods', '53'],
    ['points_liability', 'periods', '121'],
    ['members_active', 'periods', '4'],
    ['member_statistics', 'date_range', '8d'],
    ['member_statistics', 'group_by', 'tag'],
    ['member_statistics', 'metrics', 'count,all'],
    ['member_statistics', 'date_from', '2026-01-01'],
    ['vip_purchases', 'date_range', '7d'],
    ['leaderboard_periods', 'period', '2026-11'],
    ['leaderboard_periods', 'metric', 'wins'],
    ['audit_anchors', 'date_from', '2026-01-01'],
  ] as const)
    expect([report, ...(await refusalOf({ report, [field]: value }))]).toEqual([report, 400, field]);
});

test('administrators export, each their own tenant', async () => {
  for (const role of ['member', 'internal'] as const)
    expect((await refusalOf({ report: 'events' }, { role, userId: 7 } as Caller))[0]).toBe(403);
  const reports = Object.keys(reportFields) as Report[];
  for (const report of reports) {
    const { status, body } = await admin({ tenantId: OTHER }).call(exportStatistics, {
      query: { report, format: 'ndjson', ...(report === 'leaderboards' ? { window: 'all' as const } : {}) },
    });
    expect([report, status]).toEqual([report, 200]);
    expect(String(body)).not.toContain('HYPERLINK');
  }
  const others = await admin({ tenantId: OTHER }).call(exportStatistics, { query: { report: 'events' } });
  expect(String(others.body).trim().split('\r\n')).toHaveLength(2);
  // A cursor of another tenant's opens nothing of it.
  const [first] = await rowsOf({ report: 'events' });
  const stolen = await admin({ tenantId: OTHER }).call(exportStatistics, {
    query: { report: 'events', cursor: String(first?.['cursor']), format: 'ndjson' },
  });
  expect(String(stolen.body)).not.toContain('HYPERLINK');
});

test('a board whose window turns over before one goes on is the one that it began with', async () => {
  const yesterday = new Date(Date.now() - 86_400_000);
  const period = dayOf('Asia/Kolkata', yesterday);
  const time = yesterday.toISOString();
  const told = { tenantId: TENANT, sequence: 10, balance: 1, time };
  await tell(kit, ...[601, 602, 603].map((memberId) => earned(memberId, memberId, told)));
  const asked = { report: 'leaderboards', window: 'day' } as const;
  const all = await eventually(async () => {
    const rows = await rowsOf({ ...asked, period });
    expect(rows.map((row) => row['member_id'])).toEqual([603, 602, 601]);
    return rows;
  });
  // The same conditions as at a time when that was the present day.
  expect(await rowsOf({ ...asked, cursor: String(all[0]?.['cursor']) })).toEqual(all.slice(1));
});
