/** What an administrator reads of the tenant's members: seed 003, section 13. */
import { getMemberStatistics } from '@membership/contracts/endpoints/stats/index';
import { memberLoggedIn } from '@membership/contracts/events/gateway';
import { vipPurchaseRequested } from '@membership/contracts/events/vip';
import { dayOf, plusDays, startOfDay } from '@membership/platform/calendar';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { sampleOf } from '@membership/platform/testing/samples';
import { startServiceKit, type Caller, type ServiceKit } from '@membership/platform/testing/service-kit';
import { statsService } from '../src/service.ts';
import {
  adjusted,
  allCounted,
  aTenant,
  earned,
  expired,
  fact,
  joined,
  levelDefined,
  levelled,
  levelRemoved,
  levelRenamed,
  opened,
  ordered,
  refunded,
  spent,
  tell,
} from './a-story.ts';

const PATH = '/api/v1/member-system/admin/statistics/';
const ZONE = 'Asia/Shanghai';
let kit: ServiceKit;
let tenants = 300;
beforeAll(() => clearOfMidnight('UTC'));
beforeAll(() => clearOfMidnight(ZONE));
beforeAll(async () => {
  kit = await startServiceKit(statsService);
});
afterAll(() => kit?.stop());

const today = () => dayOf(ZONE, new Date());
/** A moment of a day in Shanghai, so many days ago: its first, or so many milliseconds later. */
const moment = (daysAgo: number, later = 0) =>
  new Date(startOfDay(ZONE, plusDays(today(), -daysAgo)).getTime() + later).toISOString();
const counted = (tenantId: number, events: number) => allCounted(kit, events, { tenantId });
const statistics = async (tenantId: number, query: Record<string, string> = {}, caller: Caller = {}) =>
  (await kit.as({ role: 'admin', tenantId, ...caller }).call(getMemberStatistics, { query })).body;
const dataOf = async (tenantId: number, query: Record<string, string> = {}) =>
  (await statistics(tenantId, query)).data as NonNullable<Awaited<ReturnType<typeof statistics>>['data']>;

/** Three members: 1 at the first level, 2 and 3 at the second; one level that nobody has. Sequences begin anew for each. */
function aShop(tenantId: number) {
  return [
    aTenant({ tenantId }, ZONE),
    levelDefined(1, '注册会员', 0, { tenantId }),
    levelDefined(3, '银牌会员', 200_000, { tenantId }),
    levelDefined(2, '铜牌会员', 50_000, { tenantId }),
    ...[1, 2, 3].flatMap((id) => [
      joined(id, { tenantId, time: moment(id === 3 ? 0 : 5) }),
      opened(id, 1, { tenantId }),
    ]),
    earned(1, 120, { tenantId, sequence: 2, balance: 120, time: moment(5) }),
    // The last moment of that day.
    spent(1, 20, { tenantId, sequence: 3, balance: 100, time: moment(4, -1) }),
    earned(2, 700, { tenantId, sequence: 2, balance: 700, time: moment(4) }),
    ordered(2, 75_000, { tenantId, sequence: 3, time: moment(4) }),
    levelled(2, 1, 2, { tenantId, sequence: 4, time: moment(4) }),
    ordered(3, 75_055, { tenantId, sequence: 2 }),
    levelled(3, 1, 2, { tenantId, sequence: 3 }),
  ];
}

test('the answer has the shape of the seed’s example', async () => {
  const tenantId = ++tenants;
  const shop = aShop(tenantId);
  await tell(kit, ...shop);
  await counted(tenantId, shop.length);
  const body = await statistics(tenantId, {
    date_range: '30d',
    group_by: 'level',
    metrics: 'count,revenue,activity',
  });
  const growth = (daysAgo: number) => ({
    date: plusDays(today(), -daysAgo),
    new_members: { 5: 2, 0: 1 }[daysAgo] ?? 0,
    upgraded_members: { 4: 1, 0: 1 }[daysAgo] ?? 0,
  });
  const activity = (daysAgo: number) => ({
    date: plusDays(today(), -daysAgo),
    points_earned: { 5: 120, 4: 700 }[daysAgo] ?? 0,
    points_used: { 5: 20 }[daysAgo] ?? 0,
  });
  const days = Array.from({ length: 30 }, (_, index) => 29 - index);
  const thisMonth = [5, 5, 0].filter((daysAgo) =>
    plusDays(today(), -daysAgo).startsWith(today().slice(0, 7)),
  ).length;
  expect(body).toEqual({
    code: 200,
    message: 'success',
    data: {
      as_of: expect.stringMatching(/Z$/),
      tz: ZONE,
      date_from: plusDays(today(), -29),
      date_to: today(),
      overview: {
        total_members: 3,
        active_members: 3,
        new_members_this_month: thisMonth,
        total_points_issued: 820,
        total_points_redeemed: 20,
      },
      level_distribution: [
        { level_name: '注册会员', count: 1, percentage: 33.3, avg_spent: 0, avg_points: 100 },
        { level_name: '铜牌会员', count: 2, percentage: 66.7, avg_spent: 750.28, avg_points: 350 },
        { level_name: '银牌会员', count: 0, percentage: 0, avg_spent: 0, avg_points: 0 },
      ],
      trends: { member_growth: days.map(growth), points_activity: days.map(activity) },
    },
    timestamp: expect.any(String),
  });
  expect(getMemberStatistics.response.safeParse(body.data).success).toBe(true);
  expect(await statistics(tenantId)).toEqual({ ...body, timestamp: expect.any(String) });
});

test('compare=previous adds as many days just before, with the metrics that are asked for', async () => {
  const tenantId = ++tenants;
  const story = [
    ...aShop(tenantId),
    joined(4, { tenantId, time: moment(7, 1) }),
    earned(3, 9, { tenantId, sequence: 4, balance: 9, time: moment(13) }),
    // The last moment of the day before.
    earned(3, 5, { tenantId, sequence: 5, balance: 14, time: moment(13, -1) }),
  ];
  await tell(kit, ...story);
  await counted(tenantId, story.length);
  const data = await kit
    .as({ role: 'admin', tenantId })
    .ask(getMemberStatistics, { query: { date_range: '7d', compare: 'previous' } });
  expect(data.previous).toMatchObject({
    date_from: plusDays(today(), -13),
    date_to: plusDays(today(), -7),
  });
  const before = data.previous?.trends;
  expect(before?.member_growth.map(({ new_members }) => new_members)).toEqual([0, 0, 0, 0, 0, 0, 1]);
  expect(before?.points_activity.map(({ points_earned }) => points_earned)).toEqual([9, 0, 0, 0, 0, 0, 0]);
  const { as_of: _asOf, ...alone } = await dataOf(tenantId, { date_range: '7d' });
  expect(data).toMatchObject(alone);
  expect(alone).not.toHaveProperty('previous');
  const counts = await dataOf(tenantId, { date_range: '7d', compare: 'previous', metrics: 'count' });
  expect(counts.previous).toEqual({ date_from: plusDays(today(), -13), date_to: plusDays(today(), -7) });
});

test('metrics choose: the others are left out', async () => {
  const tenantId = ++tenants;
  await tell(kit, levelDefined(1, '注册会员', 0, { tenantId }), opened(1, 1, { tenantId }));
  await counted(tenantId, 2);
  const first = async (metrics: string) => {
    const { level_distribution, ...data } = await dataOf(tenantId, { metrics });
    return { ...level_distribution[0], trends: 'trends' in data };
  };
  const level_name = '注册会员';
  expect(await first('count')).toEqual({ level_name, count: 1, percentage: 100, trends: false });
  expect(await first('revenue')).toEqual({ level_name, avg_spent: 0, trends: false });
  expect(await first('activity, revenue')).toEqual({
    level_name,
    avg_spent: 0,
    avg_points: 0,
    trends: true,
  });
});

test.each([
  ['7d', 7],
  ['90d', 90],
  ['365d', 365],
])('date_range %s has %i days, the last one today', async (date_range, days) => {
  const tenantId = ++tenants;
  await tell(kit, earned(1, 5, { tenantId, balance: 5, time: new Date().toISOString() }));
  await counted(tenantId, 1);
  const { trends, tz } = await dataOf(tenantId, { date_range });
  expect(tz).toBe('UTC');
  expect(trends?.points_activity).toHaveLength(days);
  expect(trends?.member_growth).toHaveLength(days);
  expect(trends?.points_activity.at(-1)).toEqual({
    date: dayOf('UTC', new Date()),
    points_earned: 5,
    points_used: 0,
  });
});

test('active is who did something of its own in the range; an administrator’s hand, expiry, and a tag that renews itself are nothing of theirs', async () => {
  const tenantId = ++tenants;
  const login = (member: number, time: string) =>
    fact(memberLoggedIn, member, { tenantId, time, actor: `user:${member}` }, { memberId: member, at: time });
  const story = [
    aTenant({ tenantId }, ZONE),
    login(1, moment(6)),
    login(2, moment(7, 86_400_000 - 1)),
    login(3, moment(20)),
    earned(4, 5, { tenantId, balance: 5, actor: 'user:99' }),
    adjusted(4, 5, { tenantId, sequence: 2, balance: 10, actor: 'user:99' }),
    expired(4, 5, { tenantId, sequence: 3, balance: 5 }),
    fact(vipPurchaseRequested, 1_000, { tenantId, actor: 'system:vip' }, {
      ...sampleOf(vipPurchaseRequested.type).data,
      memberId: 6,
    } as never),
    spent(6, 3, { tenantId, balance: 1, actor: 'system:points' }),
    earned(5, 5, { tenantId, balance: 5, actor: 'client:shop', time: moment(40) }),
    earned(5, 5, { tenantId, sequence: 2, balance: 10, actor: 'client:shop', time: moment(80) }),
  ];
  await tell(kit, ...story);
  await counted(tenantId, story.length);
  const active = async (date_range: string) =>
    (await dataOf(tenantId, { date_range })).overview.active_members;
  expect([await active('7d'), await active('30d'), await active('90d')]).toEqual([1, 3, 4]);
  const again = [login(3, moment(0)), login(3, moment(3)), login(1, moment(5))];
  await tell(kit, ...again);
  await counted(tenantId, story.length + again.length);
  expect([await active('7d'), await active('30d'), await active('90d')]).toEqual([2, 3, 4]);
});

test('facts in any order and repeated give the same, a refund lowers, names are the newest', async () => {
  const tenantId = ++tenants;
  const story = [
    levelDefined(1, 'old name', 0, { tenantId }),
    levelRenamed(1, '注册会员', 0, { tenantId, sequence: 2 }),
    levelDefined(2, '铜牌会员', 50_000, { tenantId }),
    levelDefined(9, '临时', 90_000, { tenantId }),
    levelRemoved(9, '临时', 90_000, { tenantId, sequence: 2 }),
    opened(1, 1, { tenantId }),
    earned(1, 100, { tenantId, sequence: 2, balance: 100 }),
    ordered(1, 60_000, { tenantId, sequence: 3 }),
    levelled(1, 1, 2, { tenantId, sequence: 4 }),
    refunded(1, 10_000, { tenantId, sequence: 5 }),
    spent(1, 40, { tenantId, sequence: 6, balance: 60 }),
    opened(2, null, { tenantId }),
  ];
  await tell(kit, ...[...story].reverse(), ...story);
  await counted(tenantId, story.length);
  expect((await dataOf(tenantId)).level_distribution).toEqual([
    { level_name: '注册会员', count: 1, percentage: 50, avg_spent: 0, avg_points: 0 },
    { level_name: '铜牌会员', count: 1, percentage: 50, avg_spent: 100, avg_points: 60 },
  ]);
});

test('a tenant sees its own alone, and one of which nothing was heard has zeros', async () => {
  const tenantId = ++tenants;
  await tell(kit, opened(1, 1, { tenantId }), joined(1, { tenantId }));
  await counted(tenantId, 2);
  expect(await dataOf(++tenants)).toMatchObject({
    as_of: expect.any(String),
    tz: 'UTC',
    overview: {
      total_members: 0,
      active_members: 0,
      new_members_this_month: 0,
      total_points_issued: 0,
      total_points_redeemed: 0,
    },
    level_distribution: [],
  });
});

const mayRead = (role: string) => ({ role, allowed_roles: ['admin', 'super'] });
test.each([
  ['member', 403, 'PERM_001', mayRead('member')],
  ['internal', 403, 'PERM_001', mayRead('internal')],
  ['anonymous', 401, 'AUTH_001', {}],
] as const)('%s is refused', async (role, status, error_code, data) => {
  const answer = await kit.as({ role, tenantId: 1 }).send('get', PATH);
  expect(answer.status).toBe(status);
  expect(answer.body).toEqual({
    code: status,
    message: expect.any(String),
    data,
    error_code,
    timestamp: expect.any(String),
  });
});

test.each([
  ['date_range=1d', 'date_range'],
  ['date_range=', 'date_range'],
  ['group_by=tag', 'group_by'],
  ['metrics=', 'metrics'],
  ['compare=next', 'compare'],
  ['metrics=count,money', 'metrics'],
  ['metrics=count&metrics=revenue', 'metrics'],
  ['metrics[$ne]=count', 'metrics[$ne]'],
  ['page=1', 'page'],
])('?%s is refused, and named', async (query, field) => {
  const answer = await kit.as({ role: 'admin', tenantId: 1 }).send('get', `${PATH}?${query}`);
  expect(answer.status).toBe(400);
  expect(answer.body).toEqual({
    code: 400,
    message: '请求参数错误',
    data: { errors: [{ field, message: expect.any(String) }] },
    error_code: 'VALIDATION_ERROR',
    timestamp: expect.any(String),
  });
});
