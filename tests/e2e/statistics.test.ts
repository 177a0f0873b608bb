/** The member system's statistics beside a recount from the services' own data, once the log is drained. */
import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Client } from '@membership/contracts/client';
import * as identity from '@membership/contracts/endpoints/gateway/index';
import * as points from '@membership/contracts/endpoints/points/index';
import * as licensing from '@membership/contracts/endpoints/licenses/index';
import * as stats from '@membership/contracts/endpoints/stats/index';
import { defineTag, getVipSummary } from '@membership/contracts/endpoints/vip/index';
import { vipTagDefined } from '@membership/contracts/events/vip';
import { dayOf, plusDays } from '@membership/platform/calendar';
import { createLogger } from '@membership/platform/log';
import { connectMongo, type Connection } from '@membership/platform/mongo';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { eventually } from '@membership/platform/testing/eventually';
import { DEMO_CLIENT, tokenOf } from '../../tools/demo-data.ts';
import { PROJECT_DIR } from '../../tools/stack/folders.ts';
import { verifyStatistics, type Books, type Fault } from '../../tools/verify-statistics/verify-statistics.ts';
import { PASSWORD, startPlatformKit, type PlatformKit } from '../platform-kit.ts';

const { getMemberStatistics, streamFigures } = stats;
const ZONE = 'Asia/Shanghai';
const STORES = ['stats', 'gateway', 'points', 'vip', 'licenses', 'applications'] as const;
let kit: PlatformKit;
let admin: Client;
let shop: Client;
let [john, jane] = [0, 0];
const databases = new Map<string, Connection>();
beforeAll(() => clearOfMidnight(ZONE));
beforeAll(async () => {
  kit = await startPlatformKit();
  const logger = createLogger({ service: 'stats', level: 'silent' });
  for (const name of STORES)
    databases.set(name, (await connectMongo({ uri: kit.databaseUri(name), logger, poolSize: 2 })).connection);
  admin = await kit.as('admin_acme');
  [john, jane] = [await kit.idOf('john_doe'), await kit.idOf('jane_roe')];
  const { body } = await kit.anonymous.call(identity.issueServiceToken, {
    body: { grant_type: 'client_credentials', client_id: DEMO_CLIENT, client_secret: PASSWORD },
  });
  shop = kit.anonymous.as(body.access_token);
});
afterAll(async () => {
  for (const connection of databases.values()) await connection.close();
  await kit?.stop();
});

const collection = <T extends object = Record<string, unknown>>(database: string, name: string) =>
  (databases.get(database) as Connection).collection<T>(name);

const PATIENT = { milliseconds: 80_000, every: 100 };
let marks = 0;
/**
 * Every fact that the services have announced is archived, and with that counted. What has left the outboxes may still be on
 * its way, but it stands in the log before a fact that is announced only then.
 */
async function drained(): Promise<void> {
  await eventually(async () => {
    for (const service of ['gateway', 'licenses', 'points'])
      expect([service, await collection(service, 'outbox').countDocuments()]).toEqual([service, 0]);
  }, PATIENT);
  const { id } = await admin.ask(defineTag, { body: { tag_name: '标记', tag_code: `MARK_${++marks}` } });
  await eventually(async () => {
    const last = await collection('stats', 'archive').findOne({
      type: vipTagDefined.type,
      text: { $regex: `"subject":"${id}"` },
    });
    expect(last).not.toBeNull();
    // Every projector has come to it.
    const behind = { countedTo: { $lt: last?.position as number } };
    expect(await collection('stats', 'positions').countDocuments(behind)).toBe(0);
  }, PATIENT);
}

type Stored = {
  readonly _id: number;
  readonly tenantId: number;
  readonly createdAt: Date;
};
type Profile = Stored & {
  readonly total: number;
  readonly earnedTotal: number;
  readonly spentTotal: number;
  readonly moneySpent?: number;
  readonly memberLevelId?: number;
};
type PointsRecord = Stored & {
  readonly type: string;
  readonly points: number;
  readonly reversalOf?: number;
};
type MemberLevel = Stored & { readonly name: string };
const sum = (profiles: readonly Profile[], of: (profile: Profile) => number) =>
  profiles.reduce((total, profile) => total + of(profile), 0);

/** What the statistics should say, from the gateway's members and the profiles and records of points. */
async function recounted() {
  const { tenantId } = (await collection<Profile>('points', 'profiles').findOne({ _id: john })) as Profile;
  const own = { tenantId };
  const profiles = await collection<Profile>('points', 'profiles').find(own).toArray();
  const records = await collection<PointsRecord>('points', 'records').find(own).toArray();
  const ladder = await collection<MemberLevel>('points', 'member_levels')
    .find(own)
    .sort({ requiredSpent: 1 })
    .toArray();
  const byId = new Map(records.map((record) => [record._id, record]));
  /** A reversal belongs to the total that it puts back. */
  const isEarned = (record: PointsRecord): boolean => {
    const { type, points: moved } =
      record.reversalOf === undefined ? record : (byId.get(record.reversalOf) as PointsRecord);
    return type === 'earn' || (type === 'adjust' && moved > 0);
  };
  const isSpent = (record: PointsRecord): boolean => record.type !== 'expire' && !isEarned(record);
  const byDay = (keep: (record: PointsRecord) => boolean, sign: 1 | -1) => {
    const days: Record<string, number> = {};
    for (const record of records.filter(keep)) {
      const day = dayOf(ZONE, record.createdAt);
      days[day] = (days[day] ?? 0) + sign * record.points;
    }
    return days;
  };
  const levels = ladder.map(({ _id, name }, index) => {
    const here = profiles.filter(({ memberLevelId }) =>
      memberLevelId === undefined ? index === 0 : memberLevelId === _id,
    );
    const average = (total: number) => (here.length === 0 ? 0 : Math.round(total / here.length));
    return {
      level_name: name,
      count: here.length,
      percentage: Math.round((here.length * 1_000) / profiles.length) / 10,
      avg_spent: average(sum(here, ({ moneySpent = 0 }) => moneySpent)) / 100,
      avg_points: average(sum(here, ({ total }) => total)),
    };
  });
  return {
    total_members: await collection('gateway', 'members').countDocuments(own),
    total_points_issued: sum(profiles, ({ earnedTotal }) => earnedTotal),
    total_points_redeemed: sum(profiles, ({ spentTotal }) => spentTotal),
    level_distribution: levels,
    earnedByDay: byDay(isEarned, 1),
    usedByDay: byDay(isSpent, -1),
  };
}
const sumOver = <Name extends string>(rows: readonly Readonly<Record<Name, number>>[], name: Name): number =>
  rows.reduce((total, row) => total + row[name], 0);
const nonZero = (days: readonly (readonly [string, number])[]) =>
  Object.fromEntries(days.filter(([, value]) => value !== 0));

/** What the statistics say, in the shape of the recount. */
async function counted() {
  const { overview, level_distribution, trends } = await admin.ask(getMemberStatistics, {});
  const { total_members, total_points_issued, total_points_redeemed } = overview;
  const activity = trends?.points_activity ?? [];
  return {
    ...{ total_members, total_points_issued, total_points_redeemed, level_distribution },
    earnedByDay: nonZero(activity.map(({ date, points_earned }) => [date, points_earned] as const)),
    usedByDay: nonZero(activity.map(({ date, points_used }) => [date, points_used] as const)),
  };
}

const webhook = (event_type: string, event_data: Record<string, unknown>) =>
  shop.ask(points.takeWebhook, {
    body: { event_type, event_data, timestamp: new Date().toISOString() } as never,
  });

test('statistics equal a recount from what the services themselves have', async () => {
  const earn = (user_id: number, order: string, amount: number) =>
    shop.ask(points.earnMemberPoints, {
      body: { user_id, event_type: 'PURCHASE', points: amount, related_order: order },
    });
  await Promise.all(
    Array.from({ length: 10 }, (_, index) => earn(index % 2 ? john : jane, `S-${index}`, 100 + index)),
  );
  await webhook('ORDER_COMPLETED', { user_id: john, order_id: 'W-1', order_amount: 2_500.5 });
  await webhook('ORDER_COMPLETED', { user_id: jane, order_id: 'W-2', order_amount: 600 });
  await webhook('ORDER_REFUNDED', { order_id: 'W-1', refund_id: 'R-1', refund_amount: 100.25 });
  await webhook('ORDER_REFUNDED', { order_id: 'W-2' });
  await shop.ask(points.useMemberPoints, {
    body: { user_id: john, points_to_use: 150, order_amount: 200, order_id: 'W-3' },
  });
  const redeeming = await (await kit.as('john_doe')).ask(points.redeemPoints, {
    body: {
      redemption_item_id: 'GIFT001',
      quantity: 1,
      delivery_address: { name: '张三', phone: '13800138000', address: '北京市朝阳区' },
    },
  });
  await admin.ask(points.cancelRedemption, {
    params: { redemption_id: redeeming.redemption_id },
    body: { reason: '缺货' },
  });
  await admin.ask(points.batchPoints, {
    body: { operation_type: 'EARN', reason: '补偿', users: [{ user_id: jane, points: 77 }] },
  });
  await admin.ask(points.adjustPoints, {
    params: { id: String(john) },
    body: { points_amount: 31, category: 'manual', reason: '更正', is_negative: true },
  });
  const [first] = (
    await admin.ask(points.listPointsRecords, { query: { member: String(jane) } })
  ).items.filter(({ point_type }) => point_type === 'earn');
  await admin.ask(points.cancelPointsRecord, {
    params: { id: String(first?.id) },
    body: { reason: '更正' },
  });
  await drained();
  const expected = await recounted();
  expect(expected.level_distribution.map(({ count }) => count)).toEqual([
    expected.total_members - 2,
    1,
    1,
    0,
  ]);
  expect(await counted()).toEqual(expected);
  const { overview, trends } = await admin.ask(getMemberStatistics, { query: { date_range: '7d' } });
  expect(overview.new_members_this_month).toBe(expected.total_members);
  expect(trends?.member_growth.at(-1)?.upgraded_members).toBe(2);
});

test('every figure is asked about one story, and all agree', async () => {
  const [assignment] = await kit.assignToJohn(1);
  const member = await kit.as('john_doe');
  const device = { device_info: { device_id: 'laptop', device_name: 'Laptop', hardware_fingerprint: 'f-1' } };
  const pointsOf = async () =>
    (await admin.ask(points.getProfile, { params: { id: String(john) } })).total_points;
  const before = await pointsOf();
  await member.ask(licensing.activateLicense, {
    params: { assignment_id: String(assignment) },
    body: device as never,
  });
  // The award of the activation belongs to the story.
  await eventually(async () => expect(await pointsOf()).toBe(before + 100), PATIENT);
  await drained();
  await eventually(allAgree, PATIENT);
});

/** Asks every figure; what follows the archive each for itself may be a moment apart. */
async function allAgree(): Promise<void> {
  const today = dayOf(ZONE, new Date());
  const days = { date_from: plusDays(today, -1), date_to: today };
  const ask = {
    overview: () => admin.ask(stats.getStatsOverview, {}),
    points: () => admin.ask(stats.getPointsSummary, { query: days }),
    trends: () => admin.ask(stats.getPointsTrends, { query: { ...days, interval: 'hour' } }),
    categories: () => admin.ask(stats.getPointsCategories, { query: days }),
    liability: () => admin.ask(stats.getPointsLiability, {}),
    breakage: () =>
      admin.ask(stats.getPointsBreakage, { query: { date_from: days.date_from, interval: 'month' } }),
    distribution: () => admin.ask(stats.getLevelDistribution, {}),
    changes: () => admin.ask(stats.getLevelChanges, { query: days }),
    growth: () => admin.ask(stats.getMembersGrowth, { query: days }),
    active: () => admin.ask(stats.getActiveMembers, { query: { ...days, interval: 'month' } }),
    retention: () => admin.ask(stats.getMembersRetention, { query: { ...days, interval: 'month' } }),
    vips: () => admin.ask(stats.getVipStatistics, { query: days }),
    licenses: () => admin.ask(stats.getLicenseStatistics, { query: days }),
    applications: () => admin.ask(stats.getApplicationStatistics, { query: days }),
    of003: () => admin.ask(getMemberStatistics, { query: { date_range: '7d' } }),
    vipSummary: () => admin.ask(getVipSummary, {}),
  };
  type Asked = { [Name in keyof typeof ask]: Awaited<ReturnType<(typeof ask)[Name]>> };
  const all = Object.fromEntries(
    await Promise.all(Object.entries(ask).map(async ([name, asked]) => [name, await asked()])),
  ) as Asked;
  const board = async (metric: 'earned' | 'spent' | 'balance' | 'activations') =>
    sumOver(
      (await admin.ask(stats.listLeaderboard, { query: { metric, window: 'all', page_size: 100 } })).items,
      'score',
    );
  const { overview, points: summary, trends, categories, distribution, changes, growth, of003 } = all;

  // Points: of all time, of two days, by hour, by category, by member.
  for (const name of ['earned', 'spent', 'expired', 'net', 'records'] as const) {
    expect([name, sumOver(trends.trends, name)]).toEqual([name, summary[name]]);
    expect([name, sumOver(categories.categories, name)]).toEqual([name, summary[name]]);
  }
  expect(overview.points).toMatchObject({
    ...{ issued: summary.earned, spent: summary.spent, expired: summary.expired },
    ...{ records: summary.records, outstanding: summary.outstanding },
  });
  expect(summary.net).toBe(summary.outstanding);
  expect([await board('earned'), await board('spent'), await board('balance')]).toEqual([
    ...[summary.earned, summary.spent, summary.outstanding],
  ]);
  expect([of003.overview.total_points_issued, of003.overview.total_points_redeemed]).toEqual([
    ...[overview.points.issued, overview.points.spent],
  ]);
  expect(sumOver(of003.trends?.points_activity ?? [], 'points_earned')).toBe(summary.earned);
  // What is owed, by when it ends and when it was earned.
  const { liability } = all;
  const { overdue, later, never, undated } = liability;
  expect([liability.outstanding.points, undated.points]).toEqual([summary.outstanding, 0]);
  expect(sumOver(liability.expiring, 'points') + sumOver([overdue, later, never], 'points')).toBe(
    summary.outstanding,
  );
  expect(all.breakage.totals).toMatchObject({
    ...{ earned: summary.earned, used: summary.spent, expired: summary.expired },
    outstanding: summary.outstanding,
  });
  // Members: how many, by level of either ladder, as they joined.
  const members = overview.members.total;
  expect([of003.overview.total_members, growth.growth.at(-1)?.members, growth.joined]).toEqual([
    members,
    members,
    members,
  ]);
  expect(growth.growth.at(-1)?.active_members).toBe(overview.members.active);
  // Activity: everything happened in the present month.
  expect(sumOver(all.retention.cohorts, 'members')).toBe(members);
  expect(all.active.active.at(-1)?.active_members).toBe(of003.overview.active_members);
  expect(all.retention.cohorts.at(-1)?.retention).toMatchObject([
    { after: 0, active_members: of003.overview.active_members, is_over: false },
  ]);
  expect(sumOver(distribution.user_levels, 'points')).toBe(overview.points.outstanding);
  expect(distribution.member_levels.map(({ level_name, members: many }) => [level_name, many])).toEqual(
    of003.level_distribution.map(({ level_name, count }) => [level_name, count]),
  );
  expect(changes.member_levels.upgrades).toBe(sumOver(of003.trends?.member_growth ?? [], 'upgraded_members'));
  // Tags: as vip itself says.
  expect(all.vips.vip_members).toBe(overview.active_vips);
  expect(all.vips.vip_members).toBe(all.vipSummary.vip_members);
  expect(all.vips.by_status).toEqual(all.vipSummary.by_status);
  expect(all.vips.granted).toBe(overview.today.vip_granted + overview.yesterday.vip_granted);
  expect(all.vips.churn.at(-1)?.held_at_end).toBe(all.vips.by_status.active + all.vips.by_status.grace);
  // Licences.
  const { licenses, assignments, funnel, period, plans } = all.licenses;
  expect(overview.licenses).toMatchObject({
    ...{ ...licenses, total: funnel.issued, activations: funnel.activated },
    assignments: { ...assignments, total: funnel.assigned },
  });
  expect(period.activated).toBe(await board('activations'));
  expect(
    sumOver(
      plans.map((plan) => plan.funnel),
      'assigned',
    ),
  ).toBe(funnel.assigned);
  expect(all.applications.applications.length).toBe(all.applications.total);
  expect(sumOver(all.applications.applications, 'licenses')).toBe(all.applications.licenses);
  // Files say the same.
  const file = await admin.ask(stats.exportStatistics, { query: { report: 'overview', format: 'ndjson' } });
  const figures = new Map(
    String(file)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { figure: string; value: unknown })
      .map(({ figure, value }) => [figure, value]),
  );
  expect(figures.get('points.outstanding')).toBe(overview.points.outstanding);
  expect(figures.get('licenses.assignments.active')).toBe(overview.licenses.assignments.active);
}

type Change = Parameters<ReturnType<Connection['collection']>['updateOne']>[1];
/** Runs the command as an operator would: exit code and output. */
const verifyByCommand = (...args: string[]) =>
  new Promise<[number, string]>((done) => {
    const uris = STORES.map((name) => [`${name.toUpperCase()}_MONGODB_URI`, kit.databaseUri(name)]);
    const options = { cwd: PROJECT_DIR, env: { ...process.env, ...Object.fromEntries(uris) } };
    execFile(process.execPath, ['tools/verify-statistics.ts', ...args], options, (error, stdout, stderr) =>
      done([error ? Number(error.code) : 0, stdout + stderr]),
    );
  });

test('the services themselves agree with the statistics, and what is planted is found', async () => {
  const { tenantId } = (await collection<Profile>('points', 'profiles').findOne({ _id: john })) as Profile;
  // While things happen: they are on their way, and no fault.
  let isOver = false;
  const busy = (async () => {
    for (let index = 0; !isOver; index++)
      await shop.ask(points.earnMemberPoints, {
        body: { user_id: jane, event_type: 'PURCHASE', points: 1, related_order: `BUSY-${index}` },
      });
  })();
  const meanwhile = await verifyByCommand();
  isOver = true;
  await busy;
  expect(meanwhile).toEqual([0, expect.stringMatching(/^\d+ tenants, \d+ figures compared: all adds up/)]);
  await drained();

  const books = Object.fromEntries(databases) as Books;
  const faultsFound = async (): Promise<string[]> => {
    const faults: Fault[] = [];
    await verifyStatistics(books, {
      tenantId,
      betweenLooksMs: 20,
      onFault: (fault) => faults.push(fault),
    });
    return faults.map(({ figure, found }) => `${figure}: ${found}`).sort();
  };
  expect(await faultsFound()).toEqual([]);
  const figures = books.stats;
  const newest = async (name: string) =>
    Math.max(...((await figures.collection(name).distinct('generation')) as number[]));
  const generation = await newest('totals');
  const at = { tenantId, generation };
  const planted = async (
    name: string,
    filter: Record<string, unknown>,
    change: Change,
    undo: Change,
  ): Promise<string[]> => {
    const { matchedCount } = await figures.collection(name).updateOne(filter, change);
    expect(matchedCount).toBe(1);
    const faults = await faultsFound();
    await figures.collection(name).updateOne(filter, undo);
    return faults;
  };
  const bucket = await figures
    .collection('buckets')
    .findOne({ ...at, series: 'tenant', 'flows.spent': { $gt: 0 } });
  expect(
    await planted(
      'buckets',
      { _id: bucket?._id },
      { $inc: { 'flows.spent': 1 } },
      { $inc: { 'flows.spent': -1 } },
    ),
  ).toEqual([
    expect.stringMatching(/^spent: up to .*Z \d+, counted as \d+$/),
    expect.stringMatching(/^total of spent of all time: /),
  ]);
  expect(
    await planted(
      'totals',
      at,
      { $inc: { 'standings.outstanding': -5 } },
      { $inc: { 'standings.outstanding': 5 } },
    ),
  ).toEqual([expect.stringMatching(/^total of outstanding: /)]);
  const ofJohn = { tenantId, generation: await newest('scores'), memberId: john };
  const scored = (board: string | RegExp) =>
    planted('scores', { ...ofJohn, board }, { $inc: { score: 1 } }, { $inc: { score: -1 } });
  const apart = (which: string) => `leaderboards of earned, member ${john}, ${which}: 1 apart`;
  expect(await scored('earned:all:all')).toEqual([
    expect.stringMatching(new RegExp(`^leaderboard of earned, member ${john}: `)),
    apart('of all time and of its months'),
  ]);
  expect(await scored(/^earned:month:/)).toEqual([
    apart('of all time and of its months'),
    expect.stringMatching(/, of month \d{4}-\d\d and of its days: 1 apart$/),
  ]);
  const liability = { tenantId, generation: await newest('liability') };
  expect(
    await planted(
      'liability',
      { ...liability, by: 'all' },
      { $inc: { 'sums.moved': 3 } },
      { $inc: { 'sums.moved': -3 } },
    ),
  ).toEqual([expect.stringMatching(/^liability in all: \d+, counted as \d+$/)]);
  const ended = { $inc: { 'sums.expired': 2, 'sums.used': -2 } };
  const unended = { $inc: { 'sums.expired': -2, 'sums.used': 2 } };
  expect(await planted('liability', { ...liability, by: 'earning' }, ended, unended)).toEqual([
    expect.stringMatching(
      /^breakage of points earned in \d{4}-\d\d \(Asia\/Shanghai\): \d+, counted as \d+$/,
    ),
    expect.stringMatching(/^breakage of points earned in \d{4}-\d\d \(UTC\): \d+, counted as \d+$/),
  ]);
  const kept = { tenantId, generation: await newest('retention_periods'), interval: 'week' };
  expect(
    await planted(
      'retention_periods',
      { ...kept, joined: { $gt: 0 } },
      { $inc: { joined: 1 } },
      { $inc: { joined: -1 } },
    ),
  ).toEqual([expect.stringMatching(/^joined in week \d{4}-W\d\d: \d+, counted as \d+$/)]);
  const days = { tenantId, generation: kept.generation, memberId: john };
  const { joined } = (await figures.collection('retention_members').findOne(days)) as { joined?: string };
  expect(
    await planted('retention_members', days, { $set: { joined: '2020-01-01' } }, { $set: { joined } }),
  ).toEqual(expect.arrayContaining([expect.stringContaining(`joining of member ${john}: `)]));
  const member = { _id: `${generation}/${tenantId}:member:${john}` as never };
  expect(
    await planted(
      'rows',
      member,
      { $set: { 'state.isActive': false } },
      { $set: { 'state.isActive': true } },
    ),
  ).toEqual([
    `member ${john}: isActive is true, counted as false`,
    expect.stringMatching(/^total of membersActive: /),
  ]);
  await figures.collection<{ _id: string }>('rows').insertOne({
    _id: `${generation}/${tenantId}:license:424242`,
    ...at,
    sequence: 1,
    state: { kind: 'license', status: 'active', planId: 4242, applicationId: null, seats: 3 },
  } as never);
  expect(await faultsFound()).toEqual([
    'license 424242: licenses has none',
    'plan.4242.licenses.active: 1, counted as 0',
    'plan.4242.seats: 3, counted as 0',
    expect.stringMatching(/^total of licenses.active: /),
  ]);
  const byCommand = await verifyByCommand('--tenant', String(tenantId), '--json');
  expect(byCommand).toEqual([1, expect.stringContaining('"figure":"license 424242"')]);
  await figures.collection('rows').deleteOne({ _id: `${generation}/${tenantId}:license:424242` as never });
  expect(await verifyByCommand('--tenant', '999999')).toEqual([
    2,
    expect.stringContaining('no tenant 999999'),
  ]);
  expect((await verifyByCommand('--tenant', 'x'))[0]).toBe(2);
  expect((await verifyByCommand('--help'))[0]).toBe(0);
});

/** Reads a stream of figures through the gateway: its events, as they come. */
async function follow(token: string, lastId?: string) {
  const leaving = new AbortController();
  const response = await fetch(`${kit.services.url}${streamFigures.path}`, {
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'text/event-stream',
      ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
    },
    signal: leaving.signal,
  });
  const events: Record<string, string>[] = [];
  const following = { response, events, isOver: false, leave: () => leaving.abort() };
  const read = async () => {
    let text = '';
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      const blocks = (text + Buffer.from(piece).toString('utf8')).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks.filter((one) => one.includes('event: ')))
        events.push(
          Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2))) as Record<
            string,
            string
          >,
        );
    }
  };
  read()
    .catch(() => undefined)
    .finally(() => (following.isOver = true));
  return following;
}

test('the stream of figures comes through the gateway, goes on from the last id, and ends with session and tenant', async () => {
  const root = await kit.as('root');
  const { id } = await root.ask(identity.createTenant, { body: { code: 'streams', name: 'Streams' } });
  const within = root.as(await tokenOf(kit.anonymous, 'root', PASSWORD), { 'x-tenant-id': String(id) });
  const anAdmin = async (username: string) => {
    const { id: memberId } = await within.ask(identity.createMember, {
      body: { username, email: `${username}@streams.example`, password: PASSWORD, role: 'admin' },
    });
    const { access_token: token } = await kit.anonymous.ask(identity.login, {
      body: { username, password: PASSWORD, tenant: 'streams' },
    });
    return { memberId, token };
  };
  const [one, two] = [await anAdmin('stream_one'), await anAdmin('stream_two')];
  const [first, second] = [await follow(one.token), await follow(two.token)];
  expect([first.response.status, first.response.headers.get('content-type')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
  ]);
  const membersOf = ({ events }: typeof first) =>
    (JSON.parse(events.at(-1)?.['data'] ?? '{}') as { members?: { total: number } }).members?.total;
  const patient = { milliseconds: 60_000 };
  await eventually(() => expect([membersOf(first), membersOf(second)]).toEqual([2, 2]), patient);
  const lastId = first.events.at(-1)?.['id'];
  first.leave();

  const again = await follow(one.token, lastId);
  await within.ask(identity.createMember, {
    body: { username: 'seen', email: 'seen@streams.example', password: PASSWORD },
  });
  await eventually(() => expect([membersOf(again), membersOf(second)]).toEqual([3, 3]), patient);
  // What had been told already was not told again.
  expect(again.events.map((event) => event['id'])).not.toContain(lastId);

  const { items } = await within.ask(identity.listMemberSessions, { params: { id: String(one.memberId) } });
  await within.ask(identity.endMemberSession, {
    params: { id: String(one.memberId), session_id: items[0]?.id as string },
  });
  await eventually(
    () => expect([again.isOver, again.events.at(-1)?.['event']]).toEqual([true, 'end']),
    patient,
  );
  expect(again.events.at(-1)?.['data']).toBe('{"reason":"session_ended"}');
  expect(second.isOver).toBe(false);
  await eventually(async () => expect((await follow(one.token)).response.status).toBe(401), patient);

  await root.ask(identity.suspendTenant, { params: { id: String(id) }, body: {} });
  await eventually(() => expect(second.isOver).toBe(true), patient);
  expect(second.events.at(-1)?.['data']).toBe('{"reason":"tenant_suspended"}');
  expect((await follow(await tokenOf(kit.anonymous, 'john_doe', PASSWORD))).response.status).toBe(403);
});

test('counted again from the archive, they are the same', async () => {
  await drained();
  const before = await admin.ask(getMemberStatistics, {});
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../../services/stats/src/recount.ts', import.meta.url))],
    { env: { ...process.env, MONGODB_URI: kit.databaseUri('stats') } },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  expect(await new Promise((done) => child.on('close', done))).toBe(0);
  expect(output).toMatch(/^\d+ events counted again: generations 5, 6, 7, 8 serve\n$/);
  expect(await admin.ask(getMemberStatistics, {})).toEqual(before);
});
