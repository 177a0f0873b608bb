/** Every report and the audit trail as a file: what the endpoint answers, of one moment, safe in a spreadsheet. */
import type { CallOf } from '@membership/contracts/endpoint';
import {
  exportStatistics,
  getLevelDistribution,
  getMembersGrowth,
  getPointsCategories,
  getPointsTrends,
  getStatsOverview,
  listEvents,
  listLeaderboard,
  reportFields,
  type Report,
} from '@membership/contracts/endpoints/stats/index';
import { memberUpdated } from '@membership/contracts/events/gateway';
import { csvHeadingOf } from '@membership/platform/testing/csv-heading';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { startServiceKit, type Caller, type ServiceKit } from '@membership/platform/testing/service-kit';
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
    `${generation}.1000000000-1.${behind}`,
    `${generation}.4294967295-1.0`,
    `77.${cursorAt(5).split('.')[1]}.3`,
    'x',
  ])
    expect(await refusalOf({ report: 'leaderboards', window: 'all', cursor })).toEqual([400, 'cursor']);
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
