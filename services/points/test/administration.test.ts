/** What administrators define and change is told: each change once, with who it was; what changes nothing is no fact. */
import * as points from '@membership/contracts/endpoints/points/index';
import { eventually } from '@membership/platform/testing/eventually';
import { john, system } from './one-membership.ts';

const DAY = 86_400_000;
const activity = {
  title: '银牌会员双倍积分周',
  category: 'WEEK',
  start_time: new Date(Date.now() - DAY).toISOString(),
  end_time: new Date(Date.now() + DAY).toISOString(),
  max_participants: 10,
  benefits: ['double_points' as const],
};
const item = { item_name: '积分商城礼品', points_cost: 500, stock: 10 };
const benefit = { benefit_name: '生日礼品', benefit_type: 'BIRTHDAY_GIFT' as const, usage_limit: 1 };

/** What a kind of definition is called, in the API, in its facts and where it is stored. */
const kinds = [
  {
    kind: 'redemption_item',
    collection: 'redemption_items',
    path: '/api/v1/member-system/admin/redemption-items/',
    body: { redemption_item_id: 'Told', ...item },
    idOf: ({ redemption_item_id }: Record<string, unknown>) => redemption_item_id,
    change: (number: number) => ({ stock: number }),
    wrong: { points_cost: 0 },
    told: {
      itemCode: 'Told',
      itemName: '积分商城礼品',
      pointsCost: 500,
      perMemberLimit: null,
      isActive: true,
    },
    number: 'stock',
  },
  {
    kind: 'benefit',
    collection: 'benefits',
    path: '/api/v1/member-system/admin/benefits/',
    body: { benefit_id: 'Told', ...benefit },
    idOf: ({ benefit_id }: Record<string, unknown>) => benefit_id,
    change: (number: number) => ({ usage_limit: number }),
    wrong: { required_level: 999_999 },
    told: { benefitCode: 'Told', benefitName: '生日礼品', benefitType: 'BIRTHDAY_GIFT', value: null },
    number: 'usageLimit',
  },
  {
    kind: 'activity',
    collection: 'activities',
    path: '/api/v1/member-system/admin/activities/',
    body: activity,
    idOf: ({ activity_id }: Record<string, unknown>) => activity_id,
    change: (number: number) => ({ max_participants: number }),
    wrong: { end_time: new Date(Date.now() - 2 * DAY).toISOString() },
    told: { activityTitle: '银牌会员双倍积分周', startsAt: activity.start_time, requiredLevelId: null },
    number: 'maxParticipants',
  },
];

describe.each(kinds)('$kind', ({ kind, collection, path, body, idOf, change, wrong, told, number }) => {
  const admin = () => system.kit.as({ role: 'admin', userId: 77 });
  const facts = (subject: string) =>
    system.kit.heard.filter(({ type, subject: of }) => type.startsWith(`${kind}.`) && of === subject);

  test('is told as it was defined, changed and removed, with its actor', async () => {
    const headers = { 'idempotency-key': `define-${kind}` };
    const made = await admin().send('POST', path, { body, headers });
    expect((await admin().send('POST', path, { body, headers })).body.data).toEqual(made.body.data);
    expect(made.status).toBeLessThan(300);
    const one = `${path}${idOf(made.body.data)}/`;
    const { subject } = await system.kit.heardOne(`${kind}.created.v1`, ({ actor }) => actor === 'user:77');
    // Of two at once, each has its number; what is there already is no change.
    const both = await Promise.all([20, 21].map((to) => admin().send('PATCH', one, { body: change(to) })));
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    await admin().send('PATCH', one, { body: change(30) });
    await admin().send('PATCH', one, { body: change(30) });
    await admin().send('PATCH', one, { body: {} });
    expect((await admin().send('PATCH', one, { body: wrong })).status).toBe(400);
    for (const [client, status] of [
      [system.member(john), 403],
      [system.kit.as({ role: 'admin', tenantId: 2 }), 404],
    ] as const) {
      expect((await client.send('PATCH', one, { body: change(40) })).status).toBe(status);
      expect((await client.send('DELETE', one, {})).status).toBe(status);
    }
    expect((await admin().send('DELETE', one, {})).status).toBe(200);
    expect((await admin().send('DELETE', one, {})).status).toBe(404);
    await eventually(() =>
      expect(facts(subject).map(({ type, sequence }) => [type, sequence])).toEqual([
        [`${kind}.created.v1`, 1],
        [`${kind}.updated.v1`, 2],
        [`${kind}.updated.v1`, 3],
        [`${kind}.updated.v1`, 4],
        [`${kind}.deleted.v1`, 5],
      ]),
    );
    const [created, first, second, last, removed] = facts(subject);
    expect(created?.data).toMatchObject(told);
    expect(new Set([first, second].map((fact) => fact?.data[number]))).toEqual(new Set([20, 21]));
    expect([last?.data[number], removed?.data[number]]).toEqual([30, 30]);
    expect(facts(subject).map(({ actor, tenantid }) => [actor, tenantid])).toEqual(
      Array.from({ length: 5 }, () => ['user:77', 1]),
    );
  });

  test('of a version before, which told nothing, is told from one on', async () => {
    const { data } = (await admin().send('POST', path, { body })).body;
    const { subject } = await system.kit.heardOne(
      `${kind}.created.v1`,
      ({ data: { [number]: value }, subject: of }) => value !== undefined && facts(of).length === 1,
    );
    const stored = system.kit.connection.collection<{ _id: number }>(collection);
    await stored.updateOne({ _id: Number(subject) }, { $unset: { sequence: 1 } });
    await admin().send('PATCH', `${path}${idOf(data)}/`, { body: change(50) });
    const fact = await system.kit.heardOne(`${kind}.updated.v1`, ({ subject: of }) => of === subject);
    expect([fact.sequence, fact.data[number]]).toEqual([1, 50]);
    await admin().send('DELETE', `${path}${idOf(data)}/`, {});
    expect(
      await system.kit.heardOne(`${kind}.deleted.v1`, ({ subject: of }) => of === subject),
    ).toMatchObject({ sequence: 2 });
  });
});

test('the switches of a profile: each change under the number of its ledger, none where nothing changes', async () => {
  const params = { id: String(john) };
  const admin = system.kit.as({ role: 'admin', userId: 77 });
  await system.earn(john, 100);
  const change = (body: { is_points_enabled?: boolean; points_multiplier?: number }) =>
    admin.ask(points.updateProfile, { params, body });
  await change({ points_multiplier: 1.5 });
  await change({ points_multiplier: 1.5, is_points_enabled: true });
  await change({});
  expect((await system.member(john).call(points.updateProfile, { params, body: {} })).status).toBe(403);
  await change({ is_points_enabled: false });
  const told = () => system.kit.heard.filter(({ subject, source }) => subject === params.id && source);
  await eventually(() =>
    expect(
      told()
        .filter(({ type }) => type === 'profile.updated.v1')
        .map(({ actor, data }) => [actor, data]),
    ).toEqual([
      ['user:77', { profileId: john, isPointsEnabled: true, pointsMultiplier: '1.50' }],
      ['user:77', { profileId: john, isPointsEnabled: false, pointsMultiplier: '1.50' }],
    ]),
  );
  const sequences = told()
    .filter(({ type }) => /^(profile|points)\./.test(type))
    .map(({ sequence }) => sequence);
  expect(sequences).toEqual(sequences.map((_, index) => index + 1));
});

test('the settings: told as they are afterwards, none where nothing changes', async () => {
  const tenantId = 3;
  await system.kit.aTenant({ tenantId });
  const admin = system.kit.as({ role: 'admin', userId: 77, tenantId });
  const change = (body: Record<string, unknown>) => admin.ask(points.updatePointsSettings, { body });
  await change({ transfers_enabled: true, default_expiry_days: 365 });
  await change({ transfers_enabled: true, default_expiry_days: 365 });
  await change({ daily_limits: { login: 5 } });
  const told = () =>
    system.kit.heard.filter(
      ({ type, tenantid }) => type === 'points_settings.updated.v1' && tenantid === tenantId,
    );
  await eventually(() =>
    expect(
      told().map(({ actor, data: { expiryDays, transfersEnabled, dailyLimits } }) => ({
        ...{ actor, expiryDays, transfersEnabled, dailyLimits },
      })),
    ).toEqual([
      { actor: 'user:77', expiryDays: 365, transfersEnabled: true, dailyLimits: { login: 50 } },
      { actor: 'user:77', expiryDays: 365, transfersEnabled: true, dailyLimits: { login: 5 } },
    ]),
  );
  expect(new Set(told().map(({ sequence }) => sequence)).size).toBe(2);
});
