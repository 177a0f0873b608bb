/** Who was active and who stayed: each once, in the tenant's own days, whatever was told late or done by others. */
import {
  exportStatistics,
  getActiveMembers,
  getMembersGrowth,
  getMembersRetention,
} from '@membership/contracts/endpoints/stats/index';
import { memberErased } from '@membership/contracts/events/gateway';
import { plusDays } from '@membership/platform/calendar';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { startServiceKit, type Caller, type ServiceKit } from '@membership/platform/testing/service-kit';
import { statsService } from '../src/service.ts';
import { aTenant, adjusted, allCounted, earned, expired, fact, joined, loggedIn, tell } from './a-story.ts';

const ZONE = 'Asia/Kathmandu';
const TENANT = 61;
const OTHER = 62;
let kit: ServiceKit;
let events: number;
const admin = (caller: Caller = {}) => kit.as({ role: 'admin', tenantId: TENANT, ...caller });

beforeAll(() => clearOfMidnight(ZONE));
beforeAll(async () => {
  kit = await startServiceKit(statsService);
  let sequence = 1;
  const at = (time: string, actor = 'client:tests') => ({
    ...{ tenantId: TENANT, sequence: ++sequence, time, actor, balance: 100 },
  });
  // A day of this zone begins at 18:15 of UTC; 8 February 2026 is a Sunday.
  const late = loggedIn(4, at('2026-02-05T10:00:00.000Z'));
  const story = [
    aTenant({ tenantId: TENANT }, ZONE),
    late,
    joined(1, at('2026-02-02T10:00:00.000Z')),
    loggedIn(1, at('2026-02-02T10:00:00.000Z')),
    loggedIn(1, at('2026-02-02T18:14:59.999Z')),
    loggedIn(1, at('2026-02-02T18:15:00.000Z')),
    loggedIn(1, at('2026-02-10T10:00:00.000Z')),
    loggedIn(1, at('2026-03-01T18:14:59.999Z')),
    loggedIn(1, at('2026-03-01T18:15:00.000Z')),
    joined(2, at('2026-02-08T18:14:59.999Z')),
    loggedIn(2, at('2026-02-08T18:15:00.000Z', 'user:2')),
    joined(3, at('2026-02-08T18:15:00.000Z')),
    // An administrator, a job and an adjustment: nothing of its own.
    earned(3, 10, at('2026-02-11T10:00:00.000Z', 'user:1')),
    earned(3, 10, at('2026-02-11T10:00:00.000Z', 'system:points')),
    adjusted(3, 10, at('2026-02-11T10:00:00.000Z')),
    expired(3, 10, at('2026-02-11T10:00:00.000Z')),
    // Told late: the joining after what was done, of one never.
    joined(4, at('2026-02-04T10:00:00.000Z')),
    loggedIn(5, at('2026-02-07T10:00:00.000Z')),
    late,
    joined(1, { tenantId: OTHER, time: '2026-02-02T10:00:00.000Z' }),
  ];
  await tell(kit, ...story);
  await allCounted(kit, (events = story.length - 1));
});
afterAll(() => kit?.stop());

type Query = Record<string, string>;
const cohorts = async (query: Query, caller = admin()) =>
  (await caller.ask(getMembersRetention, { query: query as never })).cohorts.map(
    ({ period, date, members, retention }) =>
      [period, date, members, retention.map(({ active_members }) => active_members)] as const,
  );
const active = async (query: Query, caller = admin()) =>
  (await caller.ask(getActiveMembers, { query: query as never })).active.map(
    (row) => [row.period, row.active_members] as const,
  );
const FEBRUARY = { date_from: '2026-02-02', date_to: '2026-02-10' } as const;

test('cohorts by week and month, zero-filled, as the tenant’s days have it', async () => {
  expect(await cohorts({ ...FEBRUARY, date_to: '2026-02-16', periods: '4' })).toEqual([
    ['2026-W06', '2026-02-02', 3, [2, 2, 0, 1, 1]],
    ['2026-W07', '2026-02-09', 1, [0, 0, 0, 0, 0]],
    ['2026-W08', '2026-02-16', 0, [0, 0, 0, 0, 0]],
  ]);
  expect(await cohorts({ ...FEBRUARY, interval: 'month', periods: '1' })).toEqual([
    ['2026-02', '2026-02-01', 4, [3, 1]],
  ]);
  const answer = await admin().ask(getMembersRetention, { query: { ...FEBRUARY, periods: '1' } });
  expect(answer).toMatchObject({
    tz: ZONE,
    interval: 'week',
    date_from: '2026-02-02',
    date_to: '2026-02-15',
  });
  expect(Date.parse(answer.as_of as string)).toBeGreaterThan(0);
  expect(answer.cohorts[0]).toMatchObject({
    ...{ starts_at: '2026-02-01T18:15:00.000Z', ends_at: '2026-02-08T18:15:00.000Z' },
    retention: [
      { after: 0, active_members: 2, percentage: 66.7, is_over: true },
      { after: 1, active_members: 2, percentage: 66.7, is_over: true },
    ],
  });
  // As many as joined by the report on growth.
  const growth = await admin().ask(getMembersGrowth, {
    query: { ...FEBRUARY, date_to: '2026-02-15', interval: 'week' },
  });
  expect(growth.growth.map((row) => row.joined)).toEqual([3, 1]);
});

test('as many cohorts just before, when they are asked for', async () => {
  const query = { date_from: '2026-02-09', date_to: '2026-02-22', periods: '1' as never } as const;
  const answer = await admin().ask(getMembersRetention, { query: { ...query, compare: 'previous' } });
  expect(answer.previous).toMatchObject({ date_from: '2026-01-26', date_to: '2026-02-08' });
  expect(answer.previous?.cohorts.map(({ period, members }) => [period, members])).toEqual([
    ['2026-W05', 0],
    ['2026-W06', 3],
  ]);
  expect(answer.previous?.cohorts[1]?.retention.map(({ active_members }) => active_members)).toEqual([2, 2]);
  const { previous, ...alone } = answer;
  expect(previous?.cohorts).toHaveLength(alone.cohorts.length);
  const { as_of: _asOf, ...without } = await admin().ask(getMembersRetention, { query });
  expect(alone).toMatchObject(without);
  expect(without).not.toHaveProperty('previous');
});

test('active members by day, week and month: each once, and none for what others did', async () => {
  expect((await active(FEBRUARY)).map(([, members]) => members)).toEqual([1, 1, 0, 1, 0, 1, 0, 1, 1]);
  expect(await active({ ...FEBRUARY, interval: 'week' })).toEqual([
    ['2026-W06', 3],
    ['2026-W07', 2],
  ]);
  expect(await active({ date_from: '2026-02-28', date_to: '2026-03-01', interval: 'month' })).toEqual([
    ['2026-02', 4],
    ['2026-03', 1],
  ]);
  const { previous } = await admin().ask(getActiveMembers, {
    query: { date_from: '2026-02-09', date_to: '2026-02-16', interval: 'week', compare: 'previous' },
  });
  expect(previous).toMatchObject({ date_from: '2026-01-26', date_to: '2026-02-08' });
  expect(previous?.active.map(({ active_members }) => active_members)).toEqual([0, 3]);
});

test('the present day, week and month are there before they are over, and nothing after them', async () => {
  const now = { tenantId: OTHER, time: new Date().toISOString() };
  await tell(kit, aTenant({ tenantId: OTHER }, ZONE), joined(9, now), loggedIn(9, { ...now, sequence: 2 }));
  await allCounted(kit, (events += 3));
  const other = admin({ tenantId: OTHER });
  for (const [interval, rows] of [
    ['day', 30],
    ['week', 12],
    ['month', 12],
  ] as const) {
    const found = await active({ interval }, other);
    expect([found.length, found.at(-1)?.[1]]).toEqual([rows, 1]);
    expect(await active({ interval, date_to: '9999-12-31' }, other)).toEqual(found);
  }
  for (const interval of ['week', 'month'] as const) {
    const { cohorts: found } = await other.ask(getMembersRetention, { query: { interval } });
    expect(found.length).toBe(12);
    expect(found.map(({ retention }) => retention.length)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(found.at(-1)).toMatchObject({
      ...{ members: 1, retention: [{ after: 0, active_members: 1, percentage: 100, is_over: false }] },
    });
  }
  // Of the other tenant nothing.
  expect((await active({ interval: 'week' })).at(-1)?.[1]).toBe(0);
});

test('an erased member stays in the figures, and no name of it is kept', async () => {
  await tell(
    kit,
    fact(
      memberErased,
      4,
      { tenantId: TENANT, sequence: 90 },
      {
        ...{ memberId: 4, username: 'erased:4', email: 'erased:4', displayName: 'erased:4' },
        ...{ role: 'member', isActive: false, externalId: null, joinedAt: new Date().toISOString() },
      },
    ),
  );
  await allCounted(kit, (events += 1));
  expect((await cohorts({ ...FEBRUARY, periods: '1' }))[0]).toEqual(['2026-W06', '2026-02-02', 3, [2, 2]]);
  const row = await kit.connection
    .collection('retention_members')
    .findOne({ tenantId: TENANT, memberId: 4 }, { projection: { _id: 0, generation: 0 } });
  expect(row).toEqual({ tenantId: TENANT, memberId: 4, joined: '2026-02-04', days: { '2026-02': 0b10000 } });
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
  const found = await rowsOf({ report: 'members_retention', date_from: '2026-02-02', date_to: '2026-02-02' });
  expect(found.slice(0, 3)).toMatchObject([
    { period: '2026-W06', members: 3, after: 0, active_members: 2, percentage: 66.7, is_over: true },
    { after: 1, active_members: 2 },
    { after: 2, active_members: 0 },
  ]);
  expect(await rowsOf({ report: 'members_active', ...FEBRUARY, interval: 'week' })).toMatchObject([
    { period: '2026-W06', date: '2026-02-02', active_members: 3 },
    { period: '2026-W07', date: '2026-02-09', active_members: 2 },
  ]);
});

const ACTIVE = '/api/v1/stats/members/active/';
const RETENTION = '/api/v1/stats/members/retention/';
const EXPORT = '/api/v1/stats/export/';
test.each([
  [ACTIVE, 'interval=hour', 'interval', 'Must be one of day, week, month'],
  [ACTIVE, 'tz=UTC', 'tz', ''],
  [ACTIVE, 'compare=next', 'compare', 'Must be one of previous'],
  [ACTIVE, 'date_from=2026-02-30', 'date_from', 'Must be a date: YYYY-MM-DD'],
  [ACTIVE, 'date_from=2026-02-02&date_to=2026-02-01', 'date_from', 'must not be after the last'],
  [ACTIVE, 'date_from=9999-12-31', 'date_from', 'must not be after the last'],
  [ACTIVE, 'date_from=9999-12-31&date_to=9999-12-31', 'date_from', 'Must not be after today'],
  [ACTIVE, 'date_from=2024-01-01&date_to=2025-01-01', 'date_from', 'At most 366 days by day'],
  [ACTIVE, 'date_from=1970-01-01&interval=week', 'date_from', 'At most 1098 days by week'],
  [RETENTION, 'interval=day', 'interval', 'Must be one of week, month'],
  [RETENTION, 'date_from=2024-01-01&date_to=2025-01-01', 'date_from', 'At most 366 days by week'],
  [RETENTION, 'date_from=1970-01-01&interval=month', 'date_from', 'At most 1098 days by month'],
  [RETENTION, 'periods=0', 'periods', ''],
  [RETENTION, 'periods=53', 'periods', ''],
  [RETENTION, 'compare=next', 'compare', 'Must be one of previous'],
  [RETENTION, 'tz=UTC', 'tz', ''],
  [EXPORT, 'report=members_retention&periods=53', 'periods', 'Must be at most 52'],
  [EXPORT, 'report=members_active&interval=hour', 'interval', 'must be one of day, week, month'],
  [EXPORT, 'report=members_retention&interval=day', 'interval', 'must be one of week, month'],
  [EXPORT, 'report=members_retention&tz=UTC', 'tz', 'takes no such parameter'],
])('%s?%s is refused by %s', async (path, query, field, text) => {
  const answer = await admin({ language: 'en' }).send('get', `${path}?${query}`, {
    headers: { 'accept-language': 'en' },
  });
  expect(answer.status).toBe(400);
  expect(answer.body.error.details).toEqual({ [field]: [expect.stringContaining(text)] });
});

test.each([ACTIVE, RETENTION])('%s takes the oldest and the longest that it promises', async (path) => {
  for (const query of [
    'date_from=1970-01-01&date_to=1970-12-31&interval=week&compare=previous',
    'date_from=2023-01-01&date_to=2026-01-02&interval=month&periods=52&compare=previous',
  ]) {
    const own = path === ACTIVE ? query.replace('&periods=52', '') : query;
    expect((await admin().send('get', `${path}?${own}`)).status).toBe(200);
  }
});

test.each([
  ['member', 403],
  ['internal', 403],
  ['anonymous', 401],
  ['admin', 200],
] as const)('for %s it is %i', async (role, status) => {
  for (const path of [ACTIVE, RETENTION])
    expect((await admin({ role }).send('get', path)).status).toBe(status);
});

// A day of the tenant as its clocks have it: 23, 25, 24 and a half hours. Each is the last of its week.
describe.each([
  [64, 'Europe/Berlin', '2025-03-30', '2025-03-29T23:00:00.000Z', '2025-03-30T22:00:00.000Z'],
  [65, 'Europe/Berlin', '2025-10-26', '2025-10-25T22:00:00.000Z', '2025-10-26T23:00:00.000Z'],
  [66, 'Australia/Lord_Howe', '2025-04-06', '2025-04-05T13:00:00.000Z', '2025-04-06T13:30:00.000Z'],
])('tenant %i in %s on %s', (tenantId, zone, day, from, until) => {
  const caller = () => admin({ tenantId });
  const before = (moment: string) => new Date(Date.parse(moment) - 1).toISOString();
  beforeAll(async () => {
    const all = [
      aTenant({ tenantId }, zone),
      ...[before(from), from, before(until), until].flatMap((time, at) => [
        joined(at + 1, { tenantId, time }),
        loggedIn(at + 1, { tenantId, time, sequence: 2 }),
      ]),
    ];
    await tell(kit, ...all);
    await allCounted(kit, all.length, { tenantId });
  });

  test('who was active that day, the day before and the day after', async () => {
    const query = { date_from: plusDays(day, -1), date_to: plusDays(day, 1) };
    const answer = await caller().ask(getActiveMembers, { query });
    expect(answer.active.map((row) => [row.date, row.active_members])).toEqual([
      [plusDays(day, -1), 1],
      [day, 2],
      [plusDays(day, 1), 1],
    ]);
    expect(answer.active[1]).toMatchObject({ starts_at: from, ends_at: until });
  });

  test('who joined in the week that it ends, and in the one after', async () => {
    const query = { date_from: day, date_to: plusDays(day, 1), periods: '1' as never };
    const { cohorts: found } = await caller().ask(getMembersRetention, { query });
    expect(
      found.map(({ date, members, retention }) => [date, members, retention[0]?.active_members]),
    ).toEqual([
      [plusDays(day, -6), 3, 3],
      [plusDays(day, 1), 1, 1],
    ]);
    expect([found[0]?.ends_at, found[1]?.starts_at]).toEqual([until, until]);
  });
});
