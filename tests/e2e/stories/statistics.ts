/** The member system's statistics beside a recount from the services' own data, once the log is drained. */
import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Client } from '@membership/contracts/client';
import * as identity from '@membership/contracts/endpoints/gateway/index';
import * as points from '@membership/contracts/endpoints/points/index';
import * as applications from '@membership/contracts/endpoints/applications/index';
import * as licensing from '@membership/contracts/endpoints/licenses/index';
import * as stats from '@membership/contracts/endpoints/stats/index';
import * as vip from '@membership/contracts/endpoints/vip/index';
import { vipTagDefined } from '@membership/contracts/events/vip';
import { dayOf, plusDays } from '@membership/platform/calendar';
import { createLogger } from '@membership/platform/log';
import { connectMongo, type Connection } from '@membership/platform/mongo';
import { eventually } from '@membership/platform/testing/eventually';
import { DEMO_CLIENT, tokenOf } from '../../../tools/demo-data.ts';
import { PROJECT_DIR } from '../../../tools/stack/folders.ts';
import {
  verifyStatistics,
  type Books,
  type Fault,
} from '../../../tools/verify-statistics/verify-statistics.ts';
import { PASSWORD, type PlatformKit } from '../../platform-kit.ts';

const { getMemberStatistics, streamFigures } = stats;
/** That of the demo tenants: what is counted on one day of it is asked about on the same day. */
export const ZONE = 'Asia/Shanghai';
const STORES = ['stats', 'gateway', 'points', 'vip', 'licenses', 'applications'] as const;
let kit: PlatformKit;
let admin: Client;
let shop: Client;
let [john, jane] = [0, 0];
const databases = new Map<string, Connection>();
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
    for (const service of STORES.filter((name) => name !== 'stats'))
      expect([service, await collection(service, 'outbox').countDocuments()]).toEqual([service, 0]);
  }, PATIENT);
  const { id } = await admin.ask(vip.defineTag, { body: { tag_name: '标记', tag_code: `MARK_${++marks}` } });
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

async function equalARecount(): Promise<void> {
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
}

/** Tags are granted, rest, are renewed and revoked; one runs out, one is bought, and one is too dear. */
async function tagsAreHeld(): Promise<void> {
  const define = async (tag_name: string, tag_code: string, monthly_price: number) =>
    (
      await admin.ask(vip.defineTag, {
        body: { tag_name, tag_code, price_config: { monthly_price } },
      })
    ).id;
  const [bought, dear, brief] = [
    await define('银卡', 'STORY_SILVER', 1),
    await define('黑卡', 'STORY_BLACK', 1_000_000),
    await define('体验卡', 'STORY_BRIEF', 1),
  ];
  const buy = async (username: string, tag: number) => {
    const member = await kit.as(username);
    const { id } = await member.ask(vip.purchaseTag, {
      params: { id: String(tag) },
      body: { pay_with: 'points' },
    });
    return eventually(async () => {
      const { status } = await member.ask(vip.getPurchase, { params: { id: String(id) } });
      expect(status).not.toBe('requested');
      return status;
    }, PATIENT);
  };
  expect([await buy('john_doe', bought), await buy('jane_roe', dear)]).toEqual(['completed', 'failed']);
  const grant = async (tag_id: number) =>
    String((await admin.ask(vip.grantTag, { body: { member_id: jane, tag_id } })).id);
  const id = await grant(bought);
  for (const step of [vip.suspendUserTag, vip.resumeUserTag, vip.renewUserTag, vip.revokeUserTag])
    await admin.ask(step, { params: { id }, body: {} });
  await grant(dear);
  // Its days and its grace are over: the clock writes it down.
  const over = new Date(Date.now() - 1_000);
  const ends = { expiresAt: over, graceEndsAt: over, dueAt: over };
  const held = Number(await grant(brief));
  await collection<{ _id: number }>('vip', 'user_tags').updateOne({ _id: held }, { $set: ends });
  await eventually(async () => {
    await admin.ask(vip.runDueWork, {});
    const { status } = await admin.ask(vip.getUserTag, { params: { id: String(held) } });
    expect(status).toBe('expired');
    expect(await collection('vip', 'user_tags').countDocuments({ _id: held as never, status })).toBe(1);
  }, PATIENT);
}

/** Points and a licence end by themselves a few seconds after they were given. */
async function thingsEnd(): Promise<void> {
  const soon = new Date(Date.now() + 2_000).toISOString();
  await admin.ask(points.earnPoints, {
    params: { id: String(jane) },
    body: { points_amount: 40, category: 'login', expires_at: soon },
  });
  const [known] = (await admin.ask(licensing.listLicenses, { query: {} })).items;
  const { id: license_id } = await admin.ask(licensing.issueLicense, {
    body: {
      product_id: known?.product_id as number,
      plan_id: known?.plan_id as number,
      expires_at: new Date(Date.now() + 4_000).toISOString(),
    },
  });
  await admin.ask(licensing.createAssignment, { body: { member_id: jane, license_id } });
  await eventually(async () => {
    const ofJane = { memberId: jane };
    expect(await collection('points', 'records').countDocuments({ ...ofJane, type: 'expire' })).toBe(1);
    expect(await collection('licenses', 'assignments').countDocuments({ ...ofJane, status: 'expired' })).toBe(
      1,
    );
  }, PATIENT);
}

/** Three devices are in use until they come to half a minute, so that reports in hundredths of an hour tell it. */
async function devicesAreUsed(assignment: number): Promise<void> {
  const member = await kit.as('john_doe');
  const params = { assignment_id: String(assignment) };
  const begun = new Map<string, string>();
  for (const device_id of ['laptop', 'desktop', 'tablet']) {
    const device = { device_id, device_name: device_id, hardware_fingerprint: `f-${device_id}` };
    await member.ask(licensing.activateLicense, { params, body: { device_info: device } as never });
    begun.set(device_id, new Date().toISOString());
  }
  await eventually(async () => {
    const ended_at = new Date().toISOString();
    for (const [device_id, started_at] of begun)
      await member.ask(licensing.reportUsage, { params, body: { device_id, started_at, ended_at } });
    const used = await collection<{ _id: number; usedSeconds: number }>('licenses', 'assignments').findOne({
      _id: assignment,
    });
    expect(used?.usedSeconds).toBeGreaterThan(36);
  }, PATIENT);
}

/** Articles are written and one is removed; feedback is given, closed, and opened again. */
async function wordsAreSaid(): Promise<void> {
  const [application] = (await admin.ask(applications.listApplications, { query: {} })).items;
  const params = { id: String(application?.id) };
  const write = (title: string, status: 'draft' | 'published') =>
    admin.ask(applications.writeArticle, { params, body: { title, slug: title, status } });
  await write('story-1', 'published');
  await write('story-2', 'draft');
  const { id: article_id } = await write('story-3', 'published');
  await admin.ask(applications.deleteArticle, { params: { ...params, article_id: String(article_id) } });
  const member = await kit.as('john_doe');
  for (const statuses of [[], ['closed'], ['closed', 'open']] as const) {
    const { id } = await member.ask(applications.giveFeedback, { params, body: { content: '很好用' } });
    for (const status of statuses)
      await admin.ask(applications.answerFeedback, {
        params: { ...params, feedback_id: String(id) },
        body: { status },
      });
  }
}

async function oneStory(): Promise<void> {
  const [assignment] = await kit.assignToJohn(1);
  const pointsOf = async () =>
    (await admin.ask(points.getProfile, { params: { id: String(john) } })).total_points;
  const before = await pointsOf();
  await devicesAreUsed(assignment as number);
  // The award of the activation belongs to the story.
  await eventually(async () => expect(await pointsOf()).toBe(before + 100), PATIENT);
  await tagsAreHeld();
  await wordsAreSaid();
  await thingsEnd();
  const member = await kit.as('john_doe');
  await member.ask(points.updateMemberProfile, {
    body: { preferences: { show_on_leaderboards: false } },
  });
  const token = await tokenOf(kit.anonymous, 'admin_acme', PASSWORD);
  await drained();
  await eventually(() => allAgree(token), PATIENT);
}

type Row = Readonly<Record<string, unknown>>;
/** A row with what nests in it by its names: `by_status.active`. */
const flatRow = (row: object, prefix = ''): Row =>
  Object.fromEntries(
    Object.entries(row).flatMap(([name, value]): [string, unknown][] =>
      typeof value === 'object' && value !== null
        ? Object.entries(flatRow(value as object, `${prefix}${name}.`))
        : [[prefix + name, value]],
    ),
  );
type ExportQuery = NonNullable<Parameters<typeof admin.ask<typeof stats.exportStatistics>>[1]['query']>;
/** The lines of a report's file. */
const fileOf = async (report: stats.Report, query: Omit<ExportQuery, 'report' | 'format'> = {}) =>
  String(await admin.ask(stats.exportStatistics, { query: { ...query, report, format: 'ndjson' } }))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);

/** Asks every figure; what follows the archive each for itself may be a moment apart. */
async function allAgree(token: string): Promise<void> {
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
    vipSummary: () => admin.ask(vip.getVipSummary, {}),
    usage: () => admin.ask(licensing.reportLicenseUsage, { query: { ...days, group_by: 'plan' } }),
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
  const { active, grace, suspended, expired, revoked } = all.vips.by_status;
  const churn = all.vips.churn.at(-1);
  expect(churn?.held_at_end).toBe(active + grace + suspended);
  expect([churn?.lost, all.vips.revoked, all.vips.expired]).toEqual([expired + revoked, revoked, expired]);
  expect([expired, revoked, all.vips.renewed, all.vips.suspended, all.vips.resumed]).toEqual([1, 1, 1, 1, 1]);
  // Purchases: what they cost was spent.
  const { purchases } = all.vips;
  expect([purchases.asked, purchases.completed, purchases.failed]).toEqual([2, 1, 1]);
  expect(purchases.points).toBeGreaterThan(0);
  expect(categories.categories.find(({ category }) => category === 'vip_upgrade')?.spent).toBe(
    purchases.points,
  );
  expect(summary.expired).toBe(40);
  // Licences: as they say themselves.
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
  const { totals } = all.usage;
  expect([period.assigned, period.activated, period.usage_hours]).toEqual([
    ...[totals.assignments, totals.activations, totals.usage_hours],
  ]);
  expect(period.usage_hours).toBeGreaterThan(0);
  expect([funnel.used_in_7_days, funnel.used_in_30_days, assignments.expired, period.expired]).toEqual([
    ...[1, 1, 1, 1],
  ]);
  // Applications: as they say themselves.
  expect(all.applications.applications.length).toBe(all.applications.total);
  expect(sumOver(all.applications.applications, 'licenses')).toBe(all.applications.licenses);
  for (const application of all.applications.applications) {
    const params = { id: String(application.application_id) };
    const own = await admin.ask(applications.applicationStatistics, { params });
    const { articles, open_feedback: open, closed_feedback: closed } = application;
    expect([articles, open, open + closed]).toEqual([
      ...[own.articles.total, own.feedbacks.open, own.feedbacks.total],
    ]);
  }
  expect([all.applications.open_feedback, all.applications.closed_feedback]).toEqual([2, 1]);
  expect(all.applications.period).toEqual({ articles_written: 3, feedback_opened: 4, feedback_closed: 2 });
  // One's own rank is where the board has one, also when others do not see who it is.
  const member = await kit.as('john_doe');
  for (const metric of ['earned', 'spent', 'balance', 'activations'] as const) {
    const query = { metric, window: 'all' } as const;
    const { items, count } = await admin.ask(stats.listLeaderboard, { query });
    const own = await member.ask(stats.getOwnRank, { query });
    expect(own.count).toBe(count);
    expect(items.filter(({ rank, score }) => rank === own.rank && score === own.score)).toHaveLength(1);
    expect(await fileOf('leaderboards', query)).toEqual(items.map((item) => expect.objectContaining(item)));
  }
  // The stream says what the overview says.
  const following = await follow(token);
  try {
    await eventually(() => {
      const { as_of: _told, ...figures } = JSON.parse(following.events.at(-1)?.['data'] ?? '{}') as Row;
      const { as_of: _asked, ...asked } = overview;
      expect(figures).toEqual(asked);
    });
  } finally {
    following.leave();
  }
  await filesAgree();

  /** Each file has the rows of its report. */
  async function filesAgree(): Promise<void> {
    const rows = (found: readonly object[]) => found.map((row) => expect.objectContaining(flatRow(row)));
    const figuresOf = async (report: stats.Report, query: Parameters<typeof fileOf>[1]) =>
      Object.fromEntries((await fileOf(report, query)).map(({ figure, value }) => [figure, value]));
    expect(await figuresOf('overview', {})).toEqual(flatRow(overview));
    expect(await figuresOf('points_summary', days)).toEqual(flatRow(summary));
    const month = { interval: 'month' } as const;
    expect(await fileOf('points_trends', { ...days, interval: 'hour' })).toEqual(rows(trends.trends));
    expect(await fileOf('points_categories', days)).toEqual(rows(categories.categories));
    expect(await fileOf('points_liability')).toEqual(
      rows([
        { period: 'overdue', ...overdue },
        ...liability.expiring,
        ...Object.entries({ later, never, undated }).map(([stretch, owed]) => ({ period: stretch, ...owed })),
      ]),
    );
    expect(await fileOf('points_breakage', { date_from: days.date_from, ...month })).toEqual(
      rows(all.breakage.breakage),
    );
    expect(await fileOf('members_growth', days)).toEqual(rows(growth.growth));
    expect(await fileOf('members_active', { ...days, ...month })).toEqual(rows(all.active.active));
    expect(await fileOf('members_retention', { ...days, ...month })).toEqual(
      rows(
        all.retention.cohorts.flatMap(({ retention, ...cohort }) =>
          retention.map((later) => ({ ...cohort, ...later })),
        ),
      ),
    );
    expect(await fileOf('levels_distribution')).toEqual(
      rows([
        ...distribution.user_levels.map((level) => ({ ladder: 'user', ...level })),
        ...distribution.member_levels.map((level) => ({ ladder: 'member', ...level })),
      ]),
    );
    expect(
      (await fileOf('levels_changes', days)).map(({ to_level_id: to, changes: many }) => [to, many]),
    ).toEqual(
      [changes.user_levels, changes.member_levels].flatMap(({ flows }) =>
        flows.map(({ to, changes: many }) => [to.level_id, many]),
      ),
    );
    expect(await fileOf('vip_summary', days)).toEqual(
      rows(all.vips.tags.map(({ churn: _churn, ...tag }) => tag)),
    );
    const months = await fileOf('vip_churn', days);
    expect(months.filter(({ tag_id: id }) => id === null).slice(-all.vips.churn.length)).toEqual(
      rows(all.vips.churn),
    );
    const { failed_by_reason: reasons, ...bought } = purchases;
    expect(await fileOf('vip_purchases', days)).toEqual(
      rows([
        { reason: null, ...bought },
        ...reasons.map(({ reason, purchases: failed }) => ({ reason, failed })),
      ]),
    );
    expect(await fileOf('licenses_summary', days)).toEqual(rows(plans));
    expect(await fileOf('applications_summary', days)).toEqual(rows(all.applications.applications));
    const ofMembers = await fileOf('member_statistics', { date_range: '7d' });
    const { level_distribution: levels, trends: daily, ...heads } = of003;
    const shown = (part: RegExp) =>
      ofMembers
        .filter(({ figure }) => part.test(String(figure)))
        .map(({ figure, level_name, date, value }) => [figure, level_name ?? date, value]);
    expect(shown(/^(?!level_distribution|trends)/)).toEqual(
      Object.entries(flatRow(heads)).map(([figure, value]) => [figure, null, value]),
    );
    expect(shown(/^level_distribution/)).toEqual(
      levels.flatMap(({ level_name, ...level }) =>
        Object.entries(level).map(([name, value]) => [`level_distribution.${name}`, level_name, value]),
      ),
    );
    expect(shown(/^trends[.]points_activity[.]points_earned/)).toEqual(
      (daily?.points_activity ?? []).map(({ date, points_earned: value }) => [
        ...['trends.points_activity.points_earned', date, value],
      ]),
    );
    for (const metric of ['earned', 'spent', 'balance', 'activations'] as const) {
      const asked = { metric, window: 'all' } as const;
      const { items } = await admin.ask(stats.listLeaderboardPeriods, { query: asked });
      expect(items.map(({ members: many }) => many)).toEqual([
        (await admin.ask(stats.listLeaderboard, { query: asked })).count,
      ]);
      expect(await fileOf('leaderboard_periods', asked)).toEqual(rows(items));
    }
    const { items: anchors } = await admin.ask(stats.listAuditAnchors, {});
    expect(await fileOf('audit_anchors')).toEqual(anchors.toReversed());
    await filesAreCompared(days);
    const told = async (type: string) => (await fileOf('events', { ...days, type })).length;
    expect([await told('vip.granted.v1'), await told('assignment.activated.v1')]).toEqual([
      ...[all.vips.granted, period.activated],
    ]);
  }
}

/** Beside days that are yet to come stands what these days have by themselves, in every file of a period. */
async function filesAreCompared(days: { readonly date_from: string; readonly date_to: string }) {
  const next = { date_from: plusDays(days.date_to, 1), date_to: plusDays(days.date_to, 2) };
  // What ends with today has no days to come; a file of months has no other months.
  const others = ['members_active', 'members_retention', 'points_breakage', 'vip_churn'];
  const reports = (Object.keys(stats.reportFields) as stats.Report[]).filter(
    (report) =>
      ['date_to', 'compare'].every((field) => stats.reportFields[report].includes(field)) &&
      !others.includes(report),
  );
  for (const report of reports) {
    const compared = await fileOf(report, { ...next, compare: 'previous' });
    const figures = Object.keys(compared[0] ?? {}).filter(
      (name) => `previous.${name}` in (compared[0] ?? {}),
    );
    const some = (rows: readonly Row[], prefix = '') =>
      rows
        // Of now, and of no period.
        .filter(({ figure }) => !['as_of', 'tz', 'outstanding'].includes(String(figure)))
        .map((row) => figures.map((name) => row[prefix + name] || ''))
        .filter((values) => values.some((value) => value !== ''))
        .map(String)
        .sort();
    const own = some(await fileOf(report, days));
    expect([report, own.length > 0]).toEqual([report, true]);
    expect([report, some(compared, 'previous.')]).toEqual([report, own]);
  }
  expect(reports.length).toBeGreaterThan(7);
}

/** A member joins, does not want to be shown on leaderboards, leaves and is erased: points forgets what it wanted. */
async function somebodyIsErased(): Promise<void> {
  const username = 'soon_erased';
  const { id } = await admin.ask(identity.createMember, {
    body: { username, email: `${username}@acme.example`, password: PASSWORD },
  });
  const member = kit.anonymous.as(await tokenOf(kit.anonymous, username, PASSWORD));
  await eventually(
    () => member.ask(points.updateMemberProfile, { body: { preferences: { show_on_leaderboards: false } } }),
    PATIENT,
  );
  await drained();
  const params = { id: String(id) };
  await admin.ask(identity.deactivateMember, { params });
  await admin.ask(identity.eraseMember, { params, body: {} });
  const forgotten = { _id: id as never };
  await eventually(
    async () => expect(await collection('points', 'member_details').countDocuments(forgotten)).toBe(0),
    PATIENT,
  );
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

async function faultsAreFound(): Promise<void> {
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
  await somebodyIsErased();
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
  const ofJohn = { tenantId, generation: await newest('scores'), memberId: john };
  const liability = { tenantId, generation: await newest('liability') };
  const retention = { tenantId, generation: await newest('retention_periods') };
  // One in every sort of figure, all at once: each is found, and nothing else.
  type Plant = { name: string; filter: object; change: Change; undo: Change; figures: RegExp[] };
  const inBucket = async (series: string, figure: RegExp): Promise<Plant> => {
    for await (const { _id, flows } of figures.collection('buckets').find({ ...at, series })) {
      const found = Object.keys(flatRow(flows as object)).find((name) => figure.test(`${series}.${name}`));
      if (found === undefined) continue;
      const by = (many: number) => ({ $inc: { [`flows.${found}`]: many } });
      const told = `^${series}.${found}: `.replaceAll('.', '[.]');
      return { name: 'buckets', filter: { _id }, change: by(1), undo: by(-1), figures: [new RegExp(told)] };
    }
    throw new Error(`nothing of ${figure} is counted`);
  };
  const more = (name: string, filter: object, sums: Readonly<Record<string, number>>, ...told: RegExp[]) => {
    const less = Object.fromEntries(Object.entries(sums).map(([sum, by]) => [sum, -by]));
    return { name, filter, change: { $inc: sums }, undo: { $inc: less }, figures: told };
  };
  const inRow = async (filter: object, field: string, value: unknown, ...told: RegExp[]): Promise<Plant> => {
    const row = await figures.collection('rows').findOne({ ...at, ...filter });
    const [, kind, id] = String(row?._id).split(':');
    const was = field.split('.').reduce<unknown>((of, name) => (of as Row)[name], row);
    return {
      ...{ name: 'rows', filter: { _id: row?._id }, change: { $set: { [field]: value } } },
      undo: { $set: { [field]: was } },
      figures: told.length > 0 ? told : [new RegExp(`^${kind} ${id}: ${field.slice('state.'.length)} is `)],
    };
  };
  const named = (kind: string, field: string, value: unknown = '?') =>
    inRow({ 'state.kind': kind }, `state.${field}`, value);
  const rowsOf = (kind: string) => ({
    _id: { $gte: `${generation}/${tenantId}:${kind}:`, $lt: `${generation}/${tenantId}:${kind}:;` },
  });
  const long = new Date(0);
  const board = { tenantId, generation: ofJohn.generation, metric: 'spent', window: 'all' };
  const { counts } = (await figures.collection('boards').findOne(board)) as unknown as {
    counts: { buffer: Uint8Array };
  };
  const wrong = Int32Array.from(new Int32Array(new Uint8Array(counts.buffer).buffer), (many) => many + 1);
  const plants = [
    ...(await Promise.all([
      ...['gained', 'lost', 'renewed'].map((step) => inBucket('tags', new RegExp(`[.]${step}$`))),
      ...['issued', 'assigned', 'activated', 'expired', 'usedSeconds'].map((step) =>
        inBucket('plans', new RegExp(`[.]${step}$`)),
      ),
      ...['articles', 'feedback_opened', 'feedback_closed'].map((step) =>
        inBucket('applications', new RegExp(`[.]${step}$`)),
      ),
      inBucket('purchases', /failed[.]/),
      inRow({ _id: `${generation}/${tenantId}:member:${jane}` }, 'state.displayName', '?'),
      inRow(
        { _id: `${generation}/${tenantId}:member:${john}` },
        'state.isActive',
        false,
        new RegExp(`^member ${john}: isActive is true, counted as false$`),
        /^total of membersActive: /,
      ),
      inRow({ _id: `${generation}/${tenantId}:member_preferences:${john}` }, 'state.isOnLeaderboards', true),
      inRow(rowsOf('tenant'), 'state.timezone', 'UTC', /^zone: Asia[/]Shanghai, counted as UTC$/),
      inRow(
        { ...rowsOf('vip'), liveTags: { $gt: 0 } },
        'liveTags',
        9,
        /^live tags of member \d+: 1, counted as 9$/,
      ),
      ...[named('user_level', 'minPoints', -1), named('member_level', 'name'), named('vip_tag', 'code')],
      ...[named('product', 'name'), named('plan', 'name'), named('application', 'name')],
      inRow(
        rowsOf('used'),
        'lastActiveAt',
        long,
        /^last use of assignment \d+: .*, counted as 1970/,
        /^assignments of plan \d+ used last at 1970.*: 1, counted as 0$/,
        /^assignments of plan \d+ used last at 2.*: 0, counted as 1$/,
      ),
      inRow(
        { ...rowsOf('active'), _id: `${generation}/${tenantId}:active:${john}` },
        'lastActiveAt',
        long,
        new RegExp(`^last activity of member ${john}: .* or later, counted as 1970`),
        new RegExp(`^last day of member ${john}: `),
        /^members active last at 1970.*: 1, counted as 0$/,
        /^members active last at 2.*: \d+, counted as \d+$/,
      ),
    ])),
    more(
      'buckets',
      { ...at, series: 'tenant', 'flows.spent': { $gt: 0 } },
      { 'flows.spent': 1 },
      /^spent: up to .*Z \d+, counted as \d+$/,
      /^total of spent of all time: /,
    ),
    ...(['board_zones', 'retention_zones'] as const).map((name) => ({
      ...{
        name,
        filter: { tenantId, generation: name === 'board_zones' ? ofJohn.generation : retention.generation },
      },
      ...{ change: { $set: { zone: 'UTC' } }, undo: { $set: { zone: ZONE } } },
      figures: [
        name === 'board_zones'
          ? /^zone of leaderboards: Asia[/]Shanghai, counted as UTC$/
          : /^zone of retention: Asia[/]Shanghai, counted as UTC$/,
      ],
    })),
    more('totals', at, { 'standings.outstanding': -5 }, /^total of outstanding: /),
    more(
      'scores',
      { ...ofJohn, board: 'earned:all:all' },
      { score: 1 },
      new RegExp(`^leaderboard of earned, member ${john}: `),
      new RegExp(`^leaderboards of earned, member ${john}, of all time and of its months: 1 apart$`),
    ),
    more(
      'scores',
      { ...ofJohn, board: /^spent:month:/ },
      { score: 1 },
      new RegExp(`^leaderboards of spent, member ${john}, of all time and of its months: 1 apart$`),
      new RegExp(`^leaderboards of spent, member ${john}, of month \\d{4}-\\d\\d and of its days: 1 apart$`),
    ),
    more(
      'boards',
      { ...board, metric: 'earned' },
      { members: 1 },
      /^members on board earned:all:all: 2, counted as 3$/,
    ),
    more(
      'liability',
      { ...liability, by: 'all' },
      { 'sums.moved': 3 },
      /^liability in all: \d+, counted as \d+$/,
    ),
    more(
      'liability',
      { ...liability, by: 'earning' },
      { 'sums.expired': 2, 'sums.used': -2 },
      /^breakage of points earned in \d{4}-\d\d \(Asia\/Shanghai\): \d+, counted as \d+$/,
      /^breakage of points earned in \d{4}-\d\d \(UTC\): \d+, counted as \d+$/,
    ),
    more(
      'retention_periods',
      { ...retention, interval: 'week', joined: { $gt: 0 } },
      { joined: 1 },
      /^joined in week \d{4}-W\d\d: \d+, counted as \d+$/,
    ),
    {
      ...{ name: 'boards', filter: board, change: { $set: { counts: Buffer.from(wrong.buffer) } } },
      undo: { $set: { counts } },
      figures: [/^ranks of board spent:all:all: \d+ members in segment 1, counted as \d+$/],
    },
  ] satisfies Plant[];
  for (const { name, filter, change } of plants)
    expect((await figures.collection(name).updateOne(filter, change)).modifiedCount).toBe(1);
  const everywhere = await faultsFound();
  for (const { name, filter, undo } of plants) await figures.collection(name).updateOne(filter, undo);
  for (const figure of plants.flatMap((plant) => plant.figures))
    expect([figure, everywhere.filter((fault) => figure.test(fault)).length]).toEqual([figure, 1]);
  expect(everywhere).toHaveLength(plants.flatMap((plant) => plant.figures).length);
  // That a member joined on another day moves its whole cohort.
  const days = { ...retention, memberId: john };
  const { joined } = (await figures.collection('retention_members').findOne(days)) as { joined?: string };
  await figures.collection('retention_members').updateOne(days, { $set: { joined: '2020-01-01' } });
  expect(await faultsFound()).toEqual(
    expect.arrayContaining([expect.stringContaining(`joining of member ${john}: `)]),
  );
  await figures.collection('retention_members').updateOne(days, { $set: { joined } });
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
}

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

async function aStreamIsFollowed(): Promise<void> {
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
}

/** A chain by the types of its events: what caused each of the effects, and what led to the last of them. */
async function chainOf(type: string, matches: (data: Record<string, unknown>) => boolean) {
  const found = await eventually(async () => {
    const { results } = await admin.ask(stats.listEvents, { query: { type } });
    const event = results.find(({ data }) => matches(data as Record<string, unknown>));
    expect(event).toBeDefined();
    return event as (typeof results)[number];
  }, PATIENT);
  const walk = (event_id: string) => admin.ask(stats.getEventChain, { params: { event_id } });
  const { event, effects, is_complete } = await walk(found.id);
  expect(is_complete).toBe(true);
  const types = new Map([event, ...effects].map((one) => [one.id, one.type]));
  const { causes } = await walk(effects.at(-1)?.id ?? event.id);
  return {
    effects: Object.fromEntries(effects.map((one) => [one.type, types.get(one.cause ?? '')])),
    causesOfTheLast: causes.map((one) => one.type),
  };
}

async function chainsAreWalked(): Promise<void> {
  await webhook('ORDER_COMPLETED', { user_id: jane, order_id: 'CHAIN-1', order_amount: 200_000 });
  const tag = await admin.ask(vip.defineTag, {
    body: { tag_name: '链', tag_code: 'CHAIN', price_config: { monthly_price: 1 } },
  });
  const member = await kit.as('jane_roe');
  const { id } = await member.ask(vip.purchaseTag, {
    params: { id: String(tag.id) },
    body: { pay_with: 'points' },
  });
  await eventually(async () => {
    const { status } = await member.ask(vip.getPurchase, { params: { id: String(id) } });
    expect(status).toBe('completed');
  }, PATIENT);
  await drained();
  const order = await chainOf('order.completed.v1', ({ orderId }) => orderId === 'CHAIN-1');
  expect(order.effects).toEqual({
    'points.earned.v1': 'order.completed.v1',
    'level.changed.v1': 'points.earned.v1',
    'member_level.changed.v1': 'order.completed.v1',
  });
  const purchase = await chainOf('vip.purchase_requested.v1', ({ purchaseId }) => purchaseId === id);
  expect(purchase.effects).toEqual({
    'points.held.v1': 'vip.purchase_requested.v1',
    'vip.granted.v1': 'points.held.v1',
    'vip.purchase_completed.v1': 'points.held.v1',
    'points.spent.v1': 'vip.purchase_completed.v1',
    'points.captured.v1': 'vip.purchase_completed.v1',
  });
  expect(purchase.causesOfTheLast).toEqual([
    'vip.purchase_completed.v1',
    'points.held.v1',
    'vip.purchase_requested.v1',
  ]);
  // Nobody of another tenant walks it.
  const { results } = await admin.ask(stats.listEvents, { query: { type: 'order.completed.v1' } });
  const elsewhere = await kit.as('admin_globex');
  const params = { event_id: results[0]?.id ?? '' };
  expect((await elsewhere.call(stats.getEventChain, { params })).status).toBe(404);
  expect((await member.call(stats.getEventChain, { params })).status).toBe(403);
}

async function countedAgain(): Promise<void> {
  await drained();
  const before = await admin.ask(getMemberStatistics, {});
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../../../services/stats/src/recount.ts', import.meta.url))],
    { env: { ...process.env, MONGODB_URI: kit.databaseUri('stats') } },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  expect(await new Promise((done) => child.on('close', done))).toBe(0);
  expect(output).toMatch(/^\d+ events counted again: generations 5, 6, 7, 8 serve\n$/);
  expect(await admin.ask(getMemberStatistics, {})).toEqual(before);
}

/** The first on its platform, as it counts what the demo tenant has; points expire there every few seconds. */
export function statistics(platform: () => PlatformKit): void {
  beforeAll(async () => {
    kit = platform();
    const logger = createLogger({ service: 'stats', level: 'silent' });
    for (const name of STORES)
      databases.set(
        name,
        (await connectMongo({ uri: kit.databaseUri(name), logger, poolSize: 2 })).connection,
      );
    admin = await kit.as('admin_acme');
    [john, jane] = [await kit.idOf('john_doe'), await kit.idOf('jane_roe')];
    const { body } = await kit.anonymous.call(identity.issueServiceToken, {
      body: { grant_type: 'client_credentials', client_id: DEMO_CLIENT, client_secret: PASSWORD },
    });
    shop = kit.anonymous.as(body.access_token);
  });
  afterAll(async () => {
    for (const connection of databases.values()) await connection.close();
  });

  test('statistics equal a recount from what the services themselves have', equalARecount);
  test('every figure is asked about one story, and all agree', oneStory);
  test('the services themselves agree with the statistics, and what is planted is found', faultsAreFound);
  test(
    'the stream of figures comes through the gateway, goes on from the last id, and ends with session and tenant',
    aStreamIsFollowed,
  );
  test(
    'the chain of an order goes to its award and the levels, that of a purchase to its tag',
    chainsAreWalked,
  );
  test('counted again from the archive, they are the same', countedAgain);
}
