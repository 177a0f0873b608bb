/** Tags, purchases, licences and applications: what there is, the funnels, churn by the months of the zone. */
import {
  getApplicationStatistics,
  getLicenseStatistics,
  getStatsOverview,
  getVipStatistics,
} from '@membership/contracts/endpoints/stats/index';
import type { Envelope } from '@membership/contracts/event';
import * as applications from '@membership/contracts/events/applications';
import * as licenses from '@membership/contracts/events/licenses';
import * as vip from '@membership/contracts/events/vip';
import { dayOf, plusDays } from '@membership/platform/calendar';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { startServiceKit, type Caller, type ServiceKit } from '@membership/platform/testing/service-kit';
import { statsService } from '../src/service.ts';
import { aTenant, allCounted, fact, issued, tell } from './a-story.ts';

const TENANT = 61;
const OTHER = 62;
type Status = 'active' | 'grace' | 'suspended' | 'expired' | 'revoked';
type Told = { readonly sequence?: number; readonly time?: string; readonly tenantId?: number };
const told = ({ tenantId = TENANT, ...rest }: Told = {}) => ({ tenantId, ...rest });
const DAY = 86_400_000;
const ago = (days: number): string => new Date(Date.now() - days * DAY).toISOString();

const tagState = (tagId: number) => ({
  ...{ tagId, tagName: `标签 ${tagId}`, tagCode: `TAG_${tagId}`, tagType: 'vip', tagColor: '#000000' },
  ...{ tagIcon: '👑', tagLevel: 1, permissionModifiers: {}, quotaModifiers: {}, isActive: true },
});
type Step =
  | typeof vip.vipGranted
  | typeof vip.vipRevoked
  | typeof vip.vipExpired
  | typeof vip.vipSuspended
  | typeof vip.vipRenewed;
/** A step of a tag; `before` is left out by an older version of its producer. */
const stepped = (
  event: Step,
  {
    id,
    tag = 1,
    status,
    before,
    autoRenew = false,
  }: { id: number; tag?: number; status: Status; before?: Status | null; autoRenew?: boolean },
  at: Told,
): Envelope =>
  fact(event, id, told(at), {
    ...{ userTagId: id, memberId: 100 + id, tag: tagState(tag), status, grantedAt: ago(1), expiresAt: null },
    ...{ graceEndsAt: null, autoRenew, reason: null },
    ...(before === undefined ? {} : { previousStatus: before }),
  });
const purchase = (
  event: typeof vip.vipPurchaseRequested | typeof vip.vipPurchaseCompleted | typeof vip.vipPurchaseFailed,
  id: number,
  { reason = null, isAutoRenewal, ...at }: Told & { reason?: string | null; isAutoRenewal?: boolean } = {},
): Envelope =>
  fact(event, id, told(at), {
    ...{ purchaseId: id, memberId: 7, tagId: 1, tagCode: 'TAG_1', durationDays: 30, pricePoints: 9_900 },
    ...{ status: 'requested', reason, userTagId: null, ...(isAutoRenewal ? { isAutoRenewal } : {}) },
  });
const assignment = (
  event:
    | typeof licenses.assignmentCreated
    | typeof licenses.assignmentActivated
    | typeof licenses.assignmentRevoked,
  id: number,
  { status, plan = 1, at = {} }: { status: 'assigned' | 'active' | 'revoked'; plan?: number; at?: Told },
): Envelope =>
  fact(event, id, told(at), {
    ...{ assignmentId: id, memberId: 7, licenseId: 1, productId: 1, planId: plan, applicationId: 3 },
    ...{ productName: 'SuperApp Pro', planName: '专业版', status, assignedAt: ago(60) },
    ...{ activatedAt: event === licenses.assignmentCreated ? null : ago(50), expiresAt: null, reason: null },
  });
const used = (
  id: number,
  endedAt: string,
  { seconds = 3_600, ...at }: Told & { seconds?: number } = {},
): Envelope =>
  fact(licenses.licenseUsageReported, id, told(at), {
    ...{ assignmentId: id, licenseId: 1, memberId: 7, productId: 1, planId: 1, deviceId: 'pc' },
    ...{ startedAt: ago(90), endedAt, addedSeconds: seconds, usedSeconds: seconds },
  });
const application = (id: number, status: string, isDeleted = false, at: Told = {}) =>
  fact(isDeleted ? applications.applicationDeleted : applications.applicationCreated, id, told(at), {
    ...{ applicationId: id, name: `App ${id}`, code: `app_${id}`, status, isActive: true, isDeleted },
  });
const article = (id: number, applicationId: number, status: string, at: Told = {}) =>
  fact((at.sequence ?? 1) > 1 ? applications.articleUpdated : applications.articleCreated, id, told(at), {
    ...{ articleId: id, applicationId, title: 'T', slug: 't', status, isDeleted: false },
  });
const feedback = (id: number, status: 'open' | 'closed', at: Told = {}) =>
  fact(status === 'open' ? applications.feedbackOpened : applications.feedbackClosed, id, told(at), {
    ...{ feedbackId: id, applicationId: 3, memberId: 7, status },
  });

let kit: ServiceKit;
beforeAll(() => clearOfMidnight('Asia/Kolkata'));
beforeAll(async () => {
  kit = await startServiceKit(statsService);
  const tagStory: Envelope[] = [
    fact(vip.vipTagDefined, 1, told(), tagState(1)),
    fact(vip.vipTagDefined, 2, told(), tagState(2)),
    fact(vip.vipTagRetired, 2, told({ sequence: 2 }), tagState(2)),
    // In Kolkata it is October from 18:30 of UTC on.
    stepped(vip.vipGranted, { id: 1, status: 'active' }, { time: '2025-09-30T18:29:59.999Z' }),
    stepped(
      vip.vipGranted,
      { id: 2, status: 'active', before: null, autoRenew: true },
      { time: '2025-09-30T18:30:00.000Z' },
    ),
    stepped(
      vip.vipGranted,
      { id: 3, tag: 2, status: 'active', before: null },
      { time: '2025-10-10T10:00:00.000Z' },
    ),
    stepped(
      vip.vipSuspended,
      { id: 2, status: 'suspended', before: 'active', autoRenew: true },
      { sequence: 2, time: '2025-10-11T00:00:00.000Z' },
    ),
    stepped(vip.vipExpired, { id: 1, status: 'expired' }, { sequence: 2, time: '2025-11-02T00:00:00.000Z' }),
    // Back again, and told by a step that is no grant.
    stepped(
      vip.vipRenewed,
      { id: 1, status: 'active', before: 'expired' },
      { sequence: 3, time: '2025-11-20T00:00:00.000Z' },
    ),
    stepped(
      vip.vipRevoked,
      { id: 3, tag: 2, status: 'revoked', before: 'active' },
      { sequence: 2, time: '2025-12-05T00:00:00.000Z' },
    ),
    purchase(vip.vipPurchaseRequested, 1, { time: '2025-10-05T10:00:00.000Z' }),
    purchase(vip.vipPurchaseCompleted, 1, { sequence: 2, time: '2025-10-05T10:00:01.000Z' }),
    purchase(vip.vipPurchaseRequested, 2, { time: '2025-10-06T10:00:00.000Z', isAutoRenewal: true }),
    purchase(vip.vipPurchaseFailed, 2, { sequence: 2, time: '2025-11-01T10:00:00.000Z', reason: 'TIMEOUT' }),
    purchase(vip.vipPurchaseFailed, 3, {
      sequence: 2,
      time: '2025-10-07T10:00:00.000Z',
      reason: 'odd.$reason',
    }),
  ];
  const licenseStory: Envelope[] = [
    fact(licenses.productCreated, 1, told(), {
      productId: 1,
      name: 'SuperApp Pro',
      version: '1',
      applicationId: 3,
      isActive: true,
    }),
    fact(licenses.planCreated, 1, told(), {
      planId: 1,
      productId: 1,
      name: '专业版',
      features: {},
      isActive: true,
    }),
    fact(licenses.planUpdated, 1, told({ sequence: 2 }), {
      planId: 1,
      productId: 1,
      name: '旗舰版',
      features: {},
      isActive: true,
    }),
    issued(1, { tenantId: TENANT }),
    issued(2, { tenantId: TENANT }),
    fact(licenses.licenseRevoked, 2, told({ sequence: 2 }), {
      ...{
        licenseId: 2,
        productId: 1,
        planId: 1,
        applicationId: 3,
        maxActivations: 10,
        status: 'revoked',
        expiresAt: null,
      },
    }),
    ...[11, 12, 13, 14].map((id) => assignment(licenses.assignmentCreated, id, { status: 'assigned' })),
    ...[11, 12, 13].map((id) =>
      assignment(licenses.assignmentActivated, id, { status: 'active', at: { sequence: 2 } }),
    ),
    assignment(licenses.assignmentRevoked, 13, { status: 'revoked', at: { sequence: 3 } }),
    assignment(licenses.assignmentCreated, 21, { status: 'assigned', plan: 9 }),
    used(11, ago(3), { sequence: 5 }),
    // Told later, of an earlier time: it was used since.
    used(11, ago(20), { sequence: 6 }),
    used(12, ago(20), { sequence: 5 }),
    used(13, ago(40), { sequence: 5, seconds: 1_800 }),
    // A device whose clock runs ahead.
    used(14, new Date(Date.now() + 30 * DAY).toISOString(), { sequence: 5, time: ago(10) }),
  ];
  const applicationStory: Envelope[] = [
    application(3, 'active'),
    application(4, 'testing'),
    application(5, 'active', true),
    article(1, 3, 'draft'),
    article(1, 3, 'published', { sequence: 2 }),
    article(2, 3, 'draft'),
    article(3, 5, 'published'),
    feedback(1, 'open'),
    feedback(2, 'open'),
    feedback(2, 'closed', { sequence: 2 }),
  ];
  const others = [
    stepped(vip.vipGranted, { id: 900, status: 'active', before: null }, { tenantId: OTHER }),
    application(900, 'active', false, { tenantId: OTHER }),
  ];
  const story = [...tagStory, ...licenseStory, ...applicationStory, ...others];
  await tell(kit, aTenant({ tenantId: TENANT }, 'Asia/Kolkata'), ...story.slice().reverse(), ...story);
  await allCounted(kit, story.length + 1);
});
afterAll(() => kit.stop());

const admin = (caller: Caller = {}) => kit.as({ role: 'admin', tenantId: TENANT, ...caller });
/** The thirty days that begin tomorrow; those before them end today. */
const yetToCome = () => {
  const today = dayOf('Asia/Kolkata', new Date());
  return { date_from: plusDays(today, 1), date_to: plusDays(today, 30) };
};
const churn = (month: string, heldAtStart: number, gained: number, lost: number, percent: number | null) => ({
  ...{ month, held_at_start: heldAtStart, gained, lost, held_at_end: heldAtStart + gained - lost },
  churn_percent: percent,
});

test('tags by status, their steps in the days of the zone, and who lost them month by month', async () => {
  const summary = await admin().ask(getVipStatistics, {
    query: { date_from: '2025-10-01', date_to: '2025-12-31', months: '4' as never },
  });
  expect(summary).toMatchObject({
    ...{ tz: 'Asia/Kolkata', vip_members: 1, auto_renewing: 1 },
    by_status: { active: 1, grace: 0, suspended: 1, expired: 0, revoked: 1 },
    ...{ granted: 2, renewed: 1, suspended: 1, resumed: 0, expired: 1, revoked: 1 },
  });
  expect(summary.churn).toEqual([
    churn('2025-09', 0, 1, 0, null),
    churn('2025-10', 1, 2, 0, 0),
    churn('2025-11', 3, 1, 1, 33.3),
    churn('2025-12', 3, 0, 1, 33.3),
  ]);
  expect(summary.tags).toMatchObject([
    { tag_id: 1, tag_name: '标签 1', tag_code: 'TAG_1', is_retired: false, auto_renewing: 1, granted: 1 },
    { tag_id: 2, tag_name: '标签 2', is_retired: true, by_status: { active: 0, revoked: 1 }, revoked: 1 },
  ]);
  expect(summary.tags[1]?.churn.at(-1)).toEqual(churn('2025-12', 1, 0, 1, 100));
  expect(summary.vip_members).toBe((await admin().ask(getStatsOverview, {})).active_vips);
});

test('purchases as asked, completed and failed by reason, each on its own day, beside the period before', async () => {
  const query = { date_from: '2025-11-01', date_to: '2025-11-30', compare: 'previous' } as const;
  const summary = await admin().ask(getVipStatistics, { query });
  expect(summary.purchases).toEqual({
    ...{ asked: 0, asked_by_renewal: 0, completed: 0, failed: 1, points: 0 },
    failed_by_reason: [{ reason: 'TIMEOUT', purchases: 1 }],
  });
  expect(summary.previous).toMatchObject({
    ...{ date_from: '2025-10-02', date_to: '2025-10-31', granted: 1 },
    purchases: {
      ...{ asked: 2, asked_by_renewal: 1, completed: 1, failed: 1, points: 9_900 },
      failed_by_reason: [{ reason: 'other', purchases: 1 }],
    },
  });
  // Each tag beside its own, also one that did nothing since; and as many months before.
  expect(summary.tags.map(({ tag_id, granted, previous }) => [tag_id, granted, previous?.granted])).toEqual([
    [1, 0, 0],
    [2, 0, 1],
  ]);
  expect([summary.tags[0]?.renewed, summary.tags[0]?.previous?.suspended]).toEqual([1, 1]);
  const { churn: now, previous } = await admin().ask(getVipStatistics, {
    query: { ...query, months: '2' as never },
  });
  expect(now).toEqual([churn('2025-10', 1, 2, 0, 0), churn('2025-11', 3, 1, 1, 33.3)]);
  expect(previous?.churn).toEqual([churn('2025-08', 0, 0, 0, null), churn('2025-09', 0, 1, 0, null)]);
  const alone = await admin().ask(getVipStatistics, { query: { ...query, compare: undefined } });
  expect(JSON.stringify(alone)).not.toContain('previous');
});

test('the funnel of licences: issued, assigned, activated, used', async () => {
  const summary = await admin().ask(getLicenseStatistics, { query: { compare: 'previous' } });
  const funnel = {
    ...{ issued: 2, seats: 10, assigned: 4, activated: 3, used_in_30_days: 3, used_in_7_days: 1 },
  };
  expect(summary).toMatchObject({
    licenses: { active: 1, revoked: 1, expired: 0 },
    assignments: { assigned: 2, active: 2, suspended: 0, revoked: 1, expired: 0 },
    funnel: { ...funnel, assigned: 5 },
    period: { issued: 2, assigned: 5, activated: 3, revoked: 1, expired: 0, usage_hours: 4.5 },
    previous: { period: { issued: 0, assigned: 0, usage_hours: 0 } },
  });
  expect(summary.plans).toMatchObject([
    { product_id: 1, product_name: 'SuperApp Pro', plan_id: 1, plan_name: '旗舰版', funnel },
    { product_id: null, plan_id: 9, plan_name: '#9', funnel: { assigned: 1, activated: 0 } },
  ]);
  // A period that is yet to come: all that was told is of the one before.
  const next = await admin().ask(getLicenseStatistics, { query: { ...yetToCome(), compare: 'previous' } });
  expect(
    next.plans.map(({ plan_id, period, previous }) => [plan_id, period.issued, previous?.period]),
  ).toEqual([
    [1, 0, expect.objectContaining({ issued: 2, assigned: 4, activated: 3, usage_hours: 4.5 })],
    [9, 0, expect.objectContaining({ issued: 0, assigned: 1, activated: 0, usage_hours: 0 })],
  ]);
  expect(next.previous?.period.assigned).toBe(5);
  const { licenses: counted } = await admin().ask(getStatsOverview, {});
  expect(counted).toMatchObject({
    total: 2,
    active: 1,
    activations: 3,
    assignments: { total: 5, active: 2 },
  });
});

test('applications with their articles, feedback and licences; a deleted one is none', async () => {
  const summary = await admin().ask(getApplicationStatistics, { query: { compare: 'previous' } });
  expect(summary).toMatchObject({
    ...{ total: 2, articles: 2, published_articles: 1, open_feedback: 1, closed_feedback: 1 },
    by_status: { active: 1, testing: 1, archived: 0 },
    period: { articles_written: 3, feedback_opened: 2, feedback_closed: 1 },
    previous: { period: { articles_written: 0 } },
  });
  expect(summary.applications).toMatchObject([
    {
      application_id: 3,
      name: 'App 3',
      code: 'app_3',
      status: 'active',
      active_assignments: 2,
      period: { articles_written: 2 },
    },
    { application_id: 4, articles: 0, licenses: 0 },
  ]);
  const next = await admin().ask(getApplicationStatistics, {
    query: { ...yetToCome(), compare: 'previous' },
  });
  const wrote = { articles_written: 2, feedback_opened: 2, feedback_closed: 1 };
  const none = { articles_written: 0, feedback_opened: 0, feedback_closed: 0 };
  expect(next.applications.map(({ period, previous }) => [period, previous])).toEqual([
    [none, { period: wrote }],
    [none, { period: none }],
  ]);
  // Of a deleted application, too.
  expect(next.previous?.period).toEqual({ ...wrote, articles_written: 3 });
});

test('administrators read them, each their own tenant; what cannot be answered is refused by field', async () => {
  for (const endpoint of [getVipStatistics, getLicenseStatistics, getApplicationStatistics]) {
    for (const role of ['member', 'internal'] as const)
      expect((await admin({ role, userId: 7 } as Caller).call(endpoint, {})).status).toBe(403);
    const { status, body } = await admin({ tenantId: OTHER }).call(endpoint, {});
    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toMatch(/TAG_2|旗舰版|App 3/);
    const empty = await admin({ tenantId: 69 }).call(endpoint, { query: { tz: 'Asia/Kathmandu' } });
    expect(empty.body).toMatchObject({ tz: 'Asia/Kathmandu' });
    const refusalOf = async (query: Record<string, string>) => {
      const { status: refused, body: why } = await admin().call(endpoint, { query: query as never });
      return [refused, ...Object.keys((why as unknown as { error: { details: object } }).error.details)];
    };
    expect(await refusalOf({ date_from: '2026-01-02', date_to: '2026-01-01' })).toEqual([400, 'date_from']);
    expect(await refusalOf({ date_from: '2020-01-01' })).toEqual([400, 'date_from']);
    expect(await refusalOf({ date_from: 'x' })).toEqual([400, 'date_from']);
    expect(await refusalOf({ tz: 'Mars/Base' })).toEqual([400, 'tz']);
    expect(await refusalOf({ compare: 'next' })).toEqual([400, 'compare']);
  }
  const { status } = await admin().call(getVipStatistics, { query: { months: '37' } as never });
  expect(status).toBe(400);
});

/** Each of these days: its first moment, its last and the first one after it. */
const days = [
  // Clocks go forward: 23 hours; back: 25 hours; back by half an hour: 24 and a half.
  ['Europe/Berlin', '2025-03-30', '2025-03-29T23:00:00.000Z', '2025-03-30T22:00:00.000Z', 23],
  ['Europe/Berlin', '2025-10-26', '2025-10-25T22:00:00.000Z', '2025-10-26T23:00:00.000Z', 25],
  ['Australia/Lord_Howe', '2025-04-06', '2025-04-05T13:00:00.000Z', '2025-04-06T13:30:00.000Z', 24.5],
  ['Asia/Kathmandu', '2025-05-01', '2025-04-30T18:15:00.000Z', '2025-05-01T18:15:00.000Z', 24],
] as const;
describe('a moment belongs to its day by the clocks of the zone', () => {
  const CLOCKS = 63;
  beforeAll(async () => {
    let id = 1_000;
    const story = days.flatMap(([, , from, until]) => {
      const before = (moment: string) => new Date(Date.parse(moment) - 1).toISOString();
      return [before(from), from, before(until), until].flatMap((time, at) => {
        const told = { tenantId: CLOCKS, time };
        id += 1;
        return [
          // One the day before, two on the day, one the day after.
          stepped(vip.vipGranted, { id, tag: at + 1, status: 'active', before: null }, told),
          purchase(vip.vipPurchaseRequested, id, told),
          assignment(licenses.assignmentCreated, id, { status: 'assigned', plan: at + 1, at: told }),
          article(id, 3, 'draft', told),
        ];
      });
    });
    const all = [
      aTenant({ tenantId: CLOCKS }, 'UTC'),
      application(3, 'active', false, { tenantId: CLOCKS }),
      ...story,
    ];
    await tell(kit, ...all);
    await allCounted(kit, all.length, { tenantId: CLOCKS });
  });

  test.each(days)('in %s on %s', async (tz, day, from, until, hours) => {
    expect((Date.parse(until) - Date.parse(from)) / 3_600_000).toBe(hours);
    const caller = admin({ tenantId: CLOCKS });
    const query = { tz, date_from: day, date_to: day, compare: 'previous' } as const;
    const tags = await caller.ask(getVipStatistics, { query });
    expect([tags.tz, tags.granted, tags.purchases.asked]).toEqual([tz, 2, 2]);
    expect([tags.previous?.granted, tags.previous?.purchases.asked]).toEqual([1, 1]);
    expect(tags.tags.map(({ granted, previous }) => [granted, previous?.granted])).toEqual([
      ...[
        [0, 1],
        [1, 0],
        [1, 0],
        [0, 0],
      ],
    ]);
    const { period, previous, plans } = await caller.ask(getLicenseStatistics, { query });
    expect([period.assigned, previous?.period.assigned]).toEqual([2, 1]);
    expect(plans.map((plan) => [plan.period.assigned, plan.previous?.period.assigned])).toEqual([
      ...[
        [0, 1],
        [1, 0],
        [1, 0],
        [0, 0],
      ],
    ]);
    const written = await caller.ask(getApplicationStatistics, { query });
    expect([written.period.articles_written, written.previous?.period.articles_written]).toEqual([2, 1]);
    expect(written.applications[0]?.previous?.period.articles_written).toBe(1);
    const next = { ...query, date_from: plusDays(day, 1), date_to: plusDays(day, 1) };
    const after = await caller.ask(getVipStatistics, { query: next });
    expect([after.granted, after.previous?.granted]).toEqual([1, 2]);
  });
});
