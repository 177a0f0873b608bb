import {
  createRule,
  deleteRule,
  dryRunRules,
  listRuleEvents,
  listRules,
  updateProfile,
  updateRule,
} from '@membership/contracts/endpoints/points/index';
import { memberLoggedIn } from '@membership/contracts/events/gateway';
import { feedbackOpened } from '@membership/contracts/events/applications';
import { vipRenewed } from '@membership/contracts/events/vip';
import { dayOf, plusDays, startOfDay } from '@membership/platform/calendar';
import { eventually } from '@membership/platform/testing/service-kit';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

const ZONE = 'Asia/Shanghai';
let ledger: LedgerKit;
let member: number;
let feedback = 9_000;
beforeAll(async () => {
  ledger = await startLedgerKit();
});
afterAll(() => ledger?.stop());
beforeEach(async () => {
  member = await ledger.aMember();
  for (const { id } of (await ledger.admin().ask(listRules, {})).items)
    await ledger.admin().ask(deleteRule, { params: { id: String(id) } });
});
afterEach(async () => expect(await ledger.faults()).toEqual([]));
const rule = (body: Record<string, unknown>) =>
  ledger.admin().ask(createRule, {
    body: { name: '反馈奖励', event_type: 'feedback.opened.v1', category: 'community', ...body } as never,
  });
const feeds = (memberId = member) =>
  ledger.kit.publish(feedbackOpened, {
    subject: ++feedback,
    data: { feedbackId: feedback, applicationId: 3, memberId, status: 'open' },
  });
const points = async (id = member) =>
  (await ledger.records(id)).map(({ points: moved, rule_id }) => [moved, rule_id]).reverse();
const skipped = (id = member) =>
  ledger.kit.heard
    .filter(({ type, subject }) => type === 'points.award_skipped.v1' && subject === String(id))
    .map(({ data }) => data.reason);
/** A login at noon of a day of the tenant. */
const login = async (day: string, sequence: number) => {
  const time = new Date(startOfDay(ZONE, day).getTime() + 12 * 3_600_000).toISOString();
  const envelope = {
    ...{ specversion: '1.0', id: `login-${member}-${sequence}`, source: '/services/gateway' },
    ...{ type: memberLoggedIn.type, subject: String(member), datacontenttype: 'application/json' },
    ...{ tenantid: 1, actor: `user:${member}`, correlationid: 'req_login', sequence },
    time,
    data: { memberId: member, at: time },
  };
  await ledger.kit.publishRaw(memberLoggedIn.type, Buffer.from(JSON.stringify(envelope)));
};

test('points per amount of a number in the event, half up', async () => {
  const {
    id,
    points: fixed,
    per_amount,
  } = await rule({
    per_amount: { field: 'applicationId', points: 1, amount: 2 },
  });
  expect([fixed, per_amount]).toEqual([null, { field: 'applicationId', points: 1, amount: 2 }]);
  await feeds();
  await eventually(async () => expect(await points()).toEqual([[2, id]]));
});

test('a cap of a member and of a day is reached, never passed, also by ten at once; what it refuses is told', async () => {
  const { id } = await rule({ points: 10, caps: { per_day: 25, per_member: null, budget: null } });
  await Promise.all(Array.from({ length: 10 }, () => feeds()));
  await eventually(() => expect(skipped()).toEqual(Array(8).fill('CAP_PER_DAY')));
  expect(await points()).toEqual([
    [10, id],
    [10, id],
  ]);
});

test('a fact that is told late counts in its own day, and frees nothing of a later one', async () => {
  await rule({ points: 10, caps: { per_day: 10, per_member: null, budget: null } });
  const today = dayOf(ZONE, new Date());
  const told = async (day: string) => {
    const id = ++feedback;
    const envelope = {
      ...{ specversion: '1.0', id: `late-${id}`, source: '/services/applications', sequence: 1 },
      ...{ type: feedbackOpened.type, subject: String(id), datacontenttype: 'application/json' },
      ...{ tenantid: 1, actor: `user:${member}`, correlationid: 'req_late' },
      time: new Date(startOfDay(ZONE, day).getTime() + 60_000).toISOString(),
      data: { feedbackId: id, applicationId: 3, memberId: member, status: 'open' },
    };
    await ledger.kit.publishRaw(feedbackOpened.type, Buffer.from(JSON.stringify(envelope)));
  };
  const settled = (given: number, refused: number) =>
    eventually(async () => expect([(await points()).length, skipped().length]).toEqual([given, refused]));
  await told(today);
  await settled(1, 0);
  await told(plusDays(today, -1));
  await settled(2, 0);
  await told(today);
  await settled(2, 1);
  await told(plusDays(today, -1));
  await settled(2, 2);
  expect(skipped()).toEqual(['CAP_PER_DAY', 'CAP_PER_DAY']);
});

test('each renewal of a tag is rewarded by itself, once, and so is each grant', async () => {
  const event = { subject: 800_000 + member };
  const tag = {
    ...{
      tagId: 5,
      tagName: 'VIP金牌',
      tagCode: 'VIP_GOLD',
      tagType: 'vip',
      tagColor: '#FFD700',
      tagIcon: '👑',
    },
    ...{ tagLevel: 10, isActive: true, permissionModifiers: {}, quotaModifiers: {} },
  };
  const data = {
    ...{ userTagId: event.subject, memberId: member, tag, status: 'active' as const },
    ...{
      grantedAt: new Date().toISOString(),
      expiresAt: null,
      graceEndsAt: null,
      autoRenew: false,
      reason: null,
    },
  };
  await rule({ event_type: 'vip.renewed.v1', points: 5 });
  for (const sequence of [2, 3, 3, 4]) await ledger.kit.publish(vipRenewed, { ...event, sequence, data });
  await eventually(async () => expect((await points()).map(([moved]) => moved)).toEqual([5, 5, 5]));
});

test('events that rules may name are listed with the fields that conditions can look at', async () => {
  const admin = ledger.admin();
  const { count, items } = await admin.ask(listRuleEvents, { query: { page_size: 3, page: 2 } });
  expect([count, items.length]).toEqual([12, 3]);
  const login = (await admin.ask(listRuleEvents, {})).items.find(
    ({ event_type }) => event_type === 'member.logged_in.v1',
  );
  expect(login).toMatchObject({
    description: expect.stringMatching(/\p{Script=Han}/u),
    fields: expect.arrayContaining([
      { name: 'streakDays', title: '连续登录天数', type: 'number', values: null },
    ]),
  });
  const inEnglish = await ledger.kit.as({ role: 'admin', language: 'en' }).call(listRuleEvents, {});
  expect(JSON.stringify(inEnglish.body)).not.toMatch(/\p{Script=Han}/u);
  // What it names is what a condition sees.
  const { id } = await rule({
    points: 5,
    conditions: [{ field: 'status', operator: 'eq', value: 'open' }],
  });
  await feeds();
  await eventually(async () => expect(await points()).toEqual([[5, id]]));
  for (const role of ['member', 'internal'] as const)
    expect((await ledger.kit.as({ role, userId: member }).call(listRuleEvents, {})).status).toBe(403);
  expect((await admin.call(listRuleEvents, { query: { page_size: 'many' as never } })).status).toBe(400);
});

test('rules are asked for by their ids; what is gone, or another tenant’s, is passed over', async () => {
  const [one, gone] = [await rule({ points: 5 }), await rule({ points: 6 })];
  await ledger.admin().ask(deleteRule, { params: { id: String(gone.id) } });
  const query = { ids: `${one.id},${gone.id}` };
  expect((await ledger.admin().ask(listRules, { query })).items).toEqual([one]);
  const elsewhere = ledger.kit.as({ role: 'admin', tenantId: 2 });
  expect((await elsewhere.ask(listRules, { query })).items).toEqual([]);
  expect((await ledger.admin().send('get', '/api/v1/points/rules/?ids=a')).status).toBe(400);
});

test('a change of nothing is no new version', async () => {
  const { id, version } = await rule({ points: 10 });
  const change = async (body: object) =>
    (await ledger.admin().ask(updateRule, { params: { id: String(id) }, body: body as never })).version;
  expect(await change({})).toBe(version);
  expect(await change({ points: 10 })).toBe(version);
  expect(await change({ points: 11 })).toBe(version + 1);
  expect(await change({ points: 11 })).toBe(version + 1);
});

test('a budget is shared by all members, whoever comes first', async () => {
  const { id } = await rule({ points: 10, caps: { budget: 30 } });
  const members = [
    member,
    await ledger.aMember(),
    await ledger.aMember(),
    await ledger.aMember(),
    await ledger.aMember(),
  ];
  await Promise.all(members.map((one) => feeds(one)));
  await eventually(() =>
    expect(members.flatMap((one) => skipped(one))).toEqual(['CAP_BUDGET', 'CAP_BUDGET']),
  );
  const given = (await Promise.all(members.map((one) => points(one)))).flat();
  expect(given).toEqual(Array(3).fill([10, id]));
});

test('caps count from the beginning of the rule, also what it gave while it had none', async () => {
  const { id } = await rule({ points: 10 });
  const params = { id: String(id) };
  const cap = (caps: Record<string, number>) =>
    ledger.admin().ask(updateRule, { params, body: { caps } as never });
  const other = await ledger.aMember();
  await Promise.all([feeds(), feeds(), feeds(other)]);
  await eventually(async () => expect((await points()).length + (await points(other)).length).toBe(3));
  await cap({ budget: 40 });
  await Promise.all([feeds(), feeds(), feeds(other)]);
  await eventually(async () => expect(skipped().length + skipped(other).length).toBe(2));
  expect((await points()).length + (await points(other)).length).toBe(4);

  await cap({});
  await feeds(other);
  await eventually(async () => expect((await points()).length + (await points(other)).length).toBe(5));
  const had = (await points(other)).length * 10;
  await cap({ per_member: had + 10 });
  for (const _each of [1, 2]) await feeds(other);
  await eventually(() => expect(skipped(other)).toContain('CAP_PER_MEMBER'));
  expect((await points(other)).length * 10).toBe(had + 10);
});

test('rules give in their order; each record names its rule and event', async () => {
  const second = await rule({ points: 2, order: 20 });
  const first = await rule({ points: 1, order: 10 });
  const { id: eventId } = await feeds();
  await eventually(async () =>
    expect(await points()).toEqual([
      [1, first.id],
      [2, second.id],
    ]),
  );
  expect((await ledger.records(member))[0]).toMatchObject({ event_id: eventId, category: 'community' });
});

test('a daily login counts the days in a row; every third gives more', async () => {
  await rule({
    name: '每日登录奖励',
    event_type: 'member.logged_in.v1',
    category: 'login',
    points: 5,
    order: 1,
  });
  await rule({
    ...{ name: '连续登录奖励', event_type: 'member.logged_in.v1', category: 'login', points: 20, order: 2 },
    conditions: [{ field: 'streakDays', operator: 'multiple_of', value: 3 }],
  });
  await ledger.settings({ daily_limits: {} });
  const today = dayOf(ZONE, new Date());
  for (const [sequence, ago] of [3, 2, 2, 1, 0].entries()) await login(plusDays(today, -ago), sequence + 1);
  await eventually(async () => expect((await points()).map(([moved]) => moved)).toEqual([5, 5, 5, 20, 5]));
  expect(await ledger.profile(member)).toMatchObject({ consecutive_login_days: 4, last_login_date: today });
});

test('a gap begins a streak anew, also where no rule asks for it', async () => {
  const today = dayOf(ZONE, new Date());
  await login(plusDays(today, -3), 1);
  await login(plusDays(today, -2), 2);
  await login(today, 3);
  await eventually(async () =>
    expect(await ledger.profile(member)).toMatchObject({ consecutive_login_days: 1, last_login_date: today }),
  );
});

describe('a dry run', () => {
  const ask = (body: Record<string, unknown>) =>
    ledger.admin().ask(dryRunRules, { body: { event_type: 'feedback.opened.v1', ...body } as never });

  test('says what each rule would give and why not, and moves nothing', async () => {
    const gives = await rule({ points: 30, order: 1 });
    const off = await rule({ points: 5, is_active: false, order: 2 });
    const other = await rule({
      ...{ points: 5, order: 3, valid_to: '2020-01-01T00:00:00Z' },
      conditions: [{ field: 'applicationId', operator: 'eq', value: 7 }],
    });
    await ledger
      .admin()
      .ask(updateProfile, { params: { id: String(member) }, body: { points_multiplier: 1.5 } });
    expect(await ask({ member, data: { applicationId: 3 } })).toEqual({
      results: [
        {
          rule_id: gives.id,
          rule_name: '反馈奖励',
          version: 1,
          would_award: true,
          points: 30,
          actual_points: 45,
          category: 'community',
          reasons: [],
        },
        expect.objectContaining({
          rule_id: off.id,
          would_award: false,
          points: 0,
          actual_points: 0,
          reasons: [{ code: 'INACTIVE', message: '规则未启用' }],
        }),
        expect.objectContaining({
          rule_id: other.id,
          reasons: [
            { code: 'NO_LONGER_VALID', message: '规则已过期' },
            { code: 'CONDITION', message: '条件不满足：applicationId eq 7，实际为 3' },
          ],
        }),
      ],
      total_points: 30,
    });
    expect(await points()).toEqual([]);
    // Whatever else is on its way by now, nothing of it gives this member points or says why not.
    expect(
      ledger.kit.heard.filter(
        ({ type, subject }) => type.startsWith('points.') && subject === String(member),
      ),
    ).toEqual([]);
    expect((await ask({ data: {} })).results[0]).toMatchObject({ points: 30, actual_points: null });
  });

  test('asks the ledger, too: limits, caps, disabled points, each rule after those before it', async () => {
    await ledger.settings({ daily_limits: { community: 10 } });
    await rule({ points: 8, order: 1 });
    await rule({ points: 8, order: 2 });
    await rule({ points: 2, order: 3, caps: { per_member: 1 } });
    const codes = async () =>
      (await ask({ member })).results.map(({ reasons }) => reasons.map(({ code }) => code));
    expect(await codes()).toEqual([[], ['DAILY_LIMIT_EXCEEDED'], ['CAP_PER_MEMBER']]);
    await ledger
      .admin()
      .ask(updateProfile, { params: { id: String(member) }, body: { is_points_enabled: false } });
    expect(await codes()).toEqual([['POINTS_DISABLED'], ['POINTS_DISABLED'], ['CAP_PER_MEMBER']]);
    await ledger.settings({ daily_limits: {} });
  });

  test('an unknown member or event is 400; only administrators ask', async () => {
    const call = (body: Record<string, unknown>, client = ledger.admin()) =>
      client.send('POST', '/api/v1/points/rules/dry-run/', { body });
    expect((await call({ event_type: 'feedback.opened.v1', member: 999_999 })).body.error.details).toEqual({
      member: ['无效的会员ID'],
    });
    expect((await call({ event_type: 'nothing.v1' })).status).toBe(400);
    expect((await call({ event_type: 'feedback.opened.v1', data: { $where: 1 } })).status).toBe(400);
    expect((await call({ event_type: 'feedback.opened.v1' }, ledger.as({ userId: member }))).status).toBe(
      403,
    );
  });
});

test('a rule has points fixed or per amount, not both, not neither; each change is a new version', async () => {
  const body = { name: 'x', event_type: 'feedback.opened.v1', category: 'community' };
  const per_amount = { field: 'applicationId', points: 1, amount: 1 };
  const send = (more: Record<string, unknown>) =>
    ledger.admin().send('POST', '/api/v1/points/rules/', { body: { ...body, ...more } });
  expect((await send({})).body.error.details).toEqual({
    points: ['points 与 per_amount 必须且只能填写一个'],
  });
  expect((await send({ points: 1, per_amount })).status).toBe(400);
  expect((await send({ per_amount: { ...per_amount, amount: 0 } })).status).toBe(400);
  expect((await send({ points: 1, caps: { per_year: 1 } })).status).toBe(400);
  const { id } = await rule({ points: 1 });
  const params = { id: String(id) };
  expect((await ledger.admin().call(updateRule, { params, body: { per_amount } })).status).toBe(400);
  expect(await ledger.admin().ask(updateRule, { params, body: { points: null, per_amount } })).toMatchObject({
    version: 2,
    points: null,
    per_amount,
    caps: { per_day: null, per_member: null, budget: null },
  });
});

test('each change of a rule is a fact with its actor and its version; one that changes nothing is none', async () => {
  const { id } = await rule({ points: 5, caps: { per_day: 10 } });
  const params = { id: String(id) };
  const admin = ledger.admin();
  await admin.ask(updateRule, { params, body: { points: 7 } });
  await admin.ask(updateRule, { params, body: { points: 7 } });
  expect((await ledger.kit.as({ role: 'member' }).call(deleteRule, { params })).status).toBe(403);
  await admin.ask(deleteRule, { params });
  expect((await admin.call(deleteRule, { params })).status).toBe(404);
  const facts = () =>
    ledger.kit.heard.filter(({ type, subject }) => type.startsWith('award_rule.') && subject === String(id));
  await eventually(() =>
    expect(facts().map(({ type, sequence, data }) => [type, sequence, data.points])).toEqual([
      ['award_rule.created.v1', 1, 5],
      ['award_rule.updated.v1', 2, 7],
      ['award_rule.deleted.v1', 3, 7],
    ]),
  );
  expect(new Set(facts().map(({ actor }) => actor.split(':')[0]))).toEqual(new Set(['user']));
  expect(facts()[0]?.data).toMatchObject({
    ...{
      ruleId: id,
      name: '反馈奖励',
      eventType: 'feedback.opened.v1',
      category: 'community',
      conditions: [],
    },
    ...{
      perAmount: null,
      caps: { perDay: 10, perMember: null, budget: null },
      validTo: null,
      isActive: true,
    },
  });
});
