import {
  createRule,
  deleteRule,
  earnPoints,
  getProfile,
  listPointsRecords,
  listRules,
  updateProfile,
  updateRule,
} from '@membership/contracts/endpoints/points/index';
import { assignmentActivated } from '@membership/contracts/events/licenses';
import { memberLoggedIn } from '@membership/contracts/events/gateway';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { pointsService } from '../src/app.ts';

let kit: ServiceKit;
let member: number;
let assignment = 5_000;
beforeAll(() => clearOfMidnight('Asia/Shanghai'));
beforeAll(async () => {
  kit = await startServiceKit(pointsService);
  await kit.aTenant({ tenantId: 1 });
});
afterAll(() => kit?.stop());
beforeEach(async () => {
  member = await kit.aMember();
  assignment += 1;
});
const admin = () => kit.as({ role: 'admin' });
const activated = (more: { id?: string; tenantId?: number; memberId?: number; productId?: number } = {}) =>
  kit.publish(assignmentActivated, {
    subject: assignment,
    ...(more.id ? { id: more.id } : {}),
    tenantId: more.tenantId ?? 1,
    data: {
      assignmentId: assignment,
      memberId: more.memberId ?? member,
      licenseId: 5,
      productId: more.productId ?? 2,
      planId: 3,
      applicationId: null,
      productName: 'SuperApp Pro',
      planName: '专业版',
      status: 'active',
      assignedAt: new Date().toISOString(),
      activatedAt: new Date().toISOString(),
      expiresAt: null,
      reason: null,
    },
  });
const recordsOf = async (id = member) => (await kit.as({ userId: id }).ask(listPointsRecords, {})).items;
const awarded = (count: number) => eventually(async () => expect(await recordsOf()).toHaveLength(count));

test('activating a licence awards 100 points, once per assignment, however often it is told', async () => {
  const first = await activated();
  await awarded(1);
  const [record] = await recordsOf();
  expect(record).toMatchObject({
    point_type: 'earn',
    points: 100,
    category: 'license',
    subcategory: 'activation',
    source_type: 'license',
    source_id: assignment,
    event_id: first.id,
    is_manual: false,
  });
  await Promise.all(Array.from({ length: 100 }, () => activated({ id: first.id })));
  await activated();
  await activated();
  const other = await kit.aMember();
  assignment += 1;
  await activated({ memberId: other });
  await eventually(async () => expect(await recordsOf(other)).toHaveLength(1));
  expect(await recordsOf()).toHaveLength(1);
  expect(
    (await kit.as({ userId: member }).ask(getProfile, { params: { id: String(member) } })).total_points,
  ).toBe(100);
});

test('the event that an award causes names the event that caused it, and the request behind both', async () => {
  const cause = await activated();
  const effect = await kit.heardOne('points.earned.v1', ({ causationid }) => causationid === cause.id);
  expect(effect).toMatchObject({ correlationid: cause.correlationid, actor: 'system:points', tenantid: 1 });
});

test('a member whose own event comes later gets the award then', async () => {
  const late = 900_001;
  await activated({ memberId: late });
  await eventually(async () =>
    expect(await kit.metrics()).toMatch(
      /membership_events_consumed_total\{[^}]*outcome="retried"[^}]*\} [1-9]/,
    ),
  );
  await kit.aMember({ memberId: late });
  // A machine on which the member takes more than seconds to come meets the delay of a minute.
  await eventually(async () => expect(await recordsOf(late)).toHaveLength(1), { milliseconds: 120_000 });
});

test('an award for a member whose points are disabled is recorded as skipped, not retried', async () => {
  await admin().ask(updateProfile, { params: { id: String(member) }, body: { is_points_enabled: false } });
  await activated();
  await kit.heardOne(
    'points.award_skipped.v1',
    ({ subject, data }) => subject === String(member) && data.reason === 'POINTS_DISABLED',
  );
  expect(await recordsOf()).toHaveLength(0);
});

test('a member that was deactivated goes on earning by what is told of it', async () => {
  member = await kit.aMember({ isActive: false });
  await activated();
  await awarded(1);
  const body = { points_amount: 5, category: 'manual' };
  expect((await admin().call(earnPoints, { params: { id: String(member) }, body })).status).toBe(200);
});

test('poison blocks nobody: what cannot be read is parked', async () => {
  await kit.publishRaw('assignment.activated.v1', Buffer.from('{not json'));
  await kit.publishRaw(
    'assignment.activated.v1',
    Buffer.from(
      JSON.stringify({ specversion: '1.0', type: 'assignment.activated.v1', data: { nothing: true } }),
    ),
  );
  await activated();
  await awarded(1);
});

test('another tenant’s members are nobody here', async () => {
  await kit.aTenant({ tenantId: 2 });
  await activated({ tenantId: 2 });
  const stranger = await kit.aMember({ tenantId: 2 });
  assignment += 1;
  await activated({ tenantId: 2, memberId: stranger });
  await eventually(async () =>
    expect((await kit.as({ tenantId: 2, userId: stranger }).ask(listPointsRecords, {})).count).toBe(1),
  );
  expect(await recordsOf()).toHaveLength(0);
});

test('rules: conditions, order, switch and removal', async () => {
  const body = {
    name: '专业版加奖',
    event_type: 'assignment.activated.v1' as const,
    conditions: [{ field: 'productId', operator: 'eq' as const, value: 77 }],
    points: 30,
    category: 'license',
  };
  const { status, body: rule } = await admin().call(createRule, { body });
  expect([status, rule.version, rule.is_active]).toEqual([201, 1, true]);
  await activated({ productId: 77 });
  await awarded(2);
  expect((await recordsOf()).map(({ points }) => points)).toEqual(expect.arrayContaining([100, 30]));
  expect(
    (await admin().ask(updateRule, { params: { id: String(rule.id) }, body: { is_active: false } })).version,
  ).toBe(2);
  assignment += 1;
  await activated({ productId: 77 });
  await awarded(3);
  expect((await admin().call(deleteRule, { params: { id: String(rule.id) } })).status).toBe(204);
  expect((await admin().ask(listRules, {})).items.map(({ points }) => points)).toEqual([100]);
});

test('rules refuse what they cannot mean, and who may not', async () => {
  const rule = { name: 'x', event_type: 'assignment.activated.v1', points: 5, category: 'license' };
  const post = (body: unknown, client = admin()) => client.send('POST', '/api/v1/points/rules/', { body });
  expect((await post({ ...rule, category: 'vip_upgrade' })).body.error.details).toHaveProperty('category');
  expect((await post({ ...rule, event_type: 'nothing.happened.v1' })).status).toBe(400);
  expect((await post({ ...rule, conditions: [{ field: '$where', operator: 'eq', value: 1 }] })).status).toBe(
    400,
  );
  expect(
    (await post({ ...rule, valid_from: '2026-02-01T00:00:00Z', valid_to: '2026-01-01T00:00:00Z' })).body.error
      .details,
  ).toHaveProperty('valid_to');
  expect((await post(rule, kit.as({ userId: member }))).status).toBe(403);
  const made = (await post(rule)).body;
  expect(
    (await kit.as({ role: 'admin', tenantId: 2 }).call(deleteRule, { params: { id: String(made.id) } }))
      .status,
  ).toBe(404);
  await admin().call(deleteRule, { params: { id: String(made.id) } });
});

test('a daily login is awarded once a day where a rule says so', async () => {
  const { body: rule } = await admin().call(createRule, {
    body: {
      name: '每日登录奖励',
      event_type: 'member.logged_in.v1',
      points: 10,
      category: 'login',
      subcategory: 'daily_login',
    },
  });
  const login = () =>
    kit.publish(memberLoggedIn, {
      subject: member,
      sequence: 50 + Math.floor(Math.random() * 1e6),
      data: { memberId: member, at: new Date().toISOString() },
    });
  await login();
  await login();
  await activated();
  await awarded(2);
  expect((await recordsOf()).map(({ category }) => category).sort()).toEqual(['license', 'login']);
  await admin().call(deleteRule, { params: { id: String(rule.id) } });
});
