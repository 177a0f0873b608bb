/** Definitions of tags: seed 001's list, and what administrators do to them. */
import * as contracts from '@membership/contracts/endpoints/vip/tags';
import { scopeOfJob } from '@membership/platform/scope';
import { sortOf } from '@membership/platform/sorting';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { modelsOf } from '../src/models.ts';
import { vipService } from '../src/service.ts';
import { TagRepository } from '../src/tags/tag-repository.ts';
import { expectLikeSample } from '@membership/platform/testing/samples';
import { aTag, aTenantOf, drfError, gold, time } from './builders.ts';

let kit: ServiceKit;
beforeAll(async () => {
  kit = await startServiceKit(vipService);
});
afterAll(() => kit.stop());

const shown = { ...gold, id: expect.any(Number), created_at: time, updated_at: time };

test('the seed’s list of user-type-tags, from a tag as it was defined', async () => {
  const { admin, asJohn, tenantId } = await aTenantOf(kit);
  const defined = await admin.call(contracts.defineTag, { body: gold });
  expect([defined.status, defined.body]).toEqual([201, shown]);
  const listed = await asJohn.call(contracts.listUserTypeTags, {});
  expect([listed.status, listed.body]).toEqual([
    200,
    { count: 1, next: null, previous: null, results: [shown] },
  ]);
  expect((await asJohn.call(contracts.listTags, {})).body).toEqual(listed.body);
  expect(
    (await asJohn.call(contracts.getUserTypeTag, { params: { id: String(defined.body.id) } })).body,
  ).toEqual(shown);
  const fact = await kit.heardOne('vip_tag.defined.v1', ({ tenantid }) => tenantid === tenantId);
  expect(fact).toMatchObject({ sequence: 1, subject: String(defined.body.id), actor: 'user:3' });
  expect(fact.data).toEqual({
    tagId: defined.body.id,
    tagName: 'VIP金牌',
    tagCode: 'VIP_GOLD',
    tagType: 'vip',
    tagColor: '#FFD700',
    tagIcon: '👑',
    tagLevel: 10,
    permissionModifiers: gold.permission_modifiers,
    quotaModifiers: gold.quota_modifiers,
    isActive: true,
  });
});

test('a code is one in whatever case it is given, of two processes at once, too; it stays as it was given', async () => {
  const { admin, tenantId } = await aTenantOf(kit);
  const define = (tag_code: string, client = admin) =>
    client.call(contracts.defineTag, { body: { ...gold, tag_code } });
  const { id } = (await define('VIP_Gold')).body;
  for (const code of ['vip_gold', 'VIP_GOLD', 'VIP_Gold']) expect((await define(code)).status).toBe(400);
  const other = (await define('SILVER')).body;
  const rename = (tagId: number, tag_code: string) =>
    admin.call(contracts.changeTag, { params: { id: String(tagId) }, body: { tag_code } });
  expect((await rename(other.id, 'Vip_gold')).status).toBe(400);
  // One’s own code may change its case.
  expect((await rename(id, 'vip_gold')).body.tag_code).toBe('vip_gold');
  const second = await kit.replica();
  const there = second.as({ role: 'admin', tenantId });
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all([define(`Race_${round}`), define(`RACE_${round}`, there)]);
    expect(answers.map(({ status }) => status).sort((left, right) => left - right)).toEqual([201, 400]);
  }
  await second.stop();
  // A retired tag's code is free, in any case.
  await admin.call(contracts.retireTag, { params: { id: String(id) } });
  expect((await define('VIP_GOLD')).status).toBe(201);
});

test('name and code are enough; odd prices stay what they were', async () => {
  const { admin } = await aTenantOf(kit);
  const bare = await admin.ask(contracts.defineTag, { body: { tag_name: '体验', tag_code: 'TRIAL' } });
  expect(bare).toMatchObject({
    tag_type: 'vip',
    price_config: null,
    default_duration_days: 30,
    max_duration_days: null,
    is_active: true,
    is_assignable: true,
    requires_payment: false,
    tag_level: 0,
  });
  const priced = await admin.ask(contracts.defineTag, {
    body: { tag_name: '价', tag_code: 'P', price_config: { monthly_price: 19.99, yearly_price: 0.07 } },
  });
  expect(priced.price_config).toEqual({ monthly_price: 19.99, yearly_price: 0.07, currency: 'CNY' });
});

test('filters, search and order are the seed’s', async () => {
  const { admin, asJohn, stranger } = await aTenantOf(kit);
  await aTag(admin);
  await aTag(admin, {
    tag_code: 'A',
    tag_name: 'A (x)',
    tag_level: 5,
    tag_type: 'temporary',
    requires_payment: false,
  });
  await aTag(admin, {
    tag_code: 'B',
    tag_name: 'B',
    tag_level: 5,
    is_assignable: false,
    tag_description: '内部',
  });
  await aTag(admin, { tag_code: 'C', tag_name: 'C', tag_level: 20, is_active: false });
  const codes = async (query: object) =>
    (await asJohn.ask(contracts.listUserTypeTags, { query })).items.map(({ tag_code }) => tag_code);
  expect(await codes({})).toEqual(['C', 'VIP_GOLD', 'A', 'B']);
  expect(await codes({ is_active: 'false' })).toEqual(['C']);
  expect(await codes({ is_assignable: 'true', ordering: 'tag_code' })).toEqual(['A', 'C', 'VIP_GOLD']);
  expect(await codes({ requires_payment: 'false' })).toEqual(['A']);
  expect(await codes({ tag_type: 'temporary' })).toEqual(['A']);
  expect(await codes({ search: 'a (X' })).toEqual(['A']);
  expect(await codes({ search: '内部' })).toEqual(['B']);
  expect(await codes({ ordering: 'created_at', page_size: 2, page: 2 })).toEqual(['B', 'C']);
  expect((await stranger.ask(contracts.listTags, {})).count).toBe(0);
  for (const query of [
    { tag_type: 'gold' },
    { is_active: '1' },
    { ordering: 'price' },
    { page: 0 },
    { x: 1 },
  ])
    expect([
      (await asJohn.call(contracts.listUserTypeTags, { query: query as never })).status,
      query,
    ]).toEqual([400, query]);
});

test('a code is the tenant’s once: also among many at once, and free after retiring', async () => {
  const { admin, stranger } = await aTenantOf(kit);
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => admin.call(contracts.defineTag, { body: gold })),
  );
  expect(answers.map(({ status }) => status).sort((left, right) => left - right)).toEqual([
    201, 400, 400, 400, 400, 400,
  ]);
  const refused = answers.find(({ status }) => status === 400);
  expect(refused?.body).toEqual(
    drfError('VALIDATION_ERROR', '请求参数验证失败', { tag_code: ['tag_code字段在当前租户下必须唯一'] }),
  );
  expect((await stranger.call(contracts.defineTag, { body: gold })).status).toBe(201);
  const made = answers.find(({ status }) => status === 201)?.body.id;
  expect((await admin.call(contracts.retireTag, { params: { id: String(made) } })).status).toBe(204);
  expect((await admin.call(contracts.getTag, { params: { id: String(made) } })).status).toBe(404);
  expect((await admin.call(contracts.retireTag, { params: { id: String(made) } })).status).toBe(404);
  const retired = await kit.heardOne('vip_tag.retired.v1', ({ subject }) => subject === String(made));
  expect([retired.sequence, retired.data.isActive]).toEqual([2, false]);
  expect((await admin.ask(contracts.listTags, {})).count).toBe(0);
  expect((await admin.call(contracts.defineTag, { body: gold })).status).toBe(201);
});

test('replacing and changing announce each change, and keep default within limit', async () => {
  const { admin } = await aTenantOf(kit);
  const { id } = await aTag(admin);
  const params = { id: String(id) };
  expect(await admin.ask(contracts.changeTag, { params, body: { tag_level: 11 } })).toEqual({
    ...shown,
    tag_level: 11,
  });
  expect(
    (await admin.ask(contracts.replaceTag, { params, body: { tag_name: '新', tag_code: 'VIP_GOLD' } }))
      .price_config,
  ).toBeNull();
  const short = await admin.call(contracts.changeTag, { params, body: { max_duration_days: 29 } });
  expect([short.status, Object.keys(short.body.error.details)]).toEqual([400, ['default_duration_days']]);
  expect((await admin.call(contracts.changeTag, { params, body: { max_duration_days: 30 } })).status).toBe(
    200,
  );
  expect(
    (await admin.call(contracts.changeTag, { params, body: { default_duration_days: null } })).status,
  ).toBe(400);
  await aTag(admin, { tag_code: 'OTHER' });
  expect((await admin.call(contracts.changeTag, { params, body: { tag_code: 'OTHER' } })).status).toBe(400);
  await kit.heardOne(
    'vip_tag.updated.v1',
    ({ subject, sequence }) => subject === params.id && sequence === 4,
  );
});

test.each([
  ['no name', { tag_name: undefined }, 'tag_name'],
  ['a code with a space', { tag_code: 'VIP GOLD' }, 'tag_code'],
  ['an unknown type', { tag_type: 'gold' }, 'tag_type'],
  ['a colour that is none', { tag_color: 'gold' }, 'tag_color'],
  [
    'a bonus above 1',
    { permission_modifiers: { discount_rate_bonus: 1.01 } },
    'permission_modifiers.discount_rate_bonus',
  ],
  [
    'a permission that is no switch',
    { permission_modifiers: { priority_support: 'yes' } },
    'permission_modifiers.priority_support',
  ],
  [
    'a negative multiplier',
    { quota_modifiers: { download_multiplier: -1 } },
    'quota_modifiers.download_multiplier',
  ],
  ['an operator among permissions', { permission_modifiers: { $gt: true } }, 'permission_modifiers.$gt'],
  ['a price in thousandths', { price_config: { monthly_price: 1.005 } }, 'price_config.monthly_price'],
  ['a negative price', { price_config: { yearly_price: -1 } }, 'price_config.yearly_price'],
  ['an unknown currency', { price_config: { currency: 'yuan' } }, 'price_config.currency'],
  ['no days', { default_duration_days: 0 }, 'default_duration_days'],
  ['too many days', { max_duration_days: 36_501 }, 'max_duration_days'],
  ['half a level', { tag_level: 0.5 }, 'tag_level'],
  ['a flag that is none', { is_active: 'true' }, 'is_active'],
  ['an unknown field', { sequence: 9 }, 'sequence'],
])('refuses %s and names the field', async (_name, more, field) => {
  const { admin } = await aTenantOf(kit);
  const answer = await admin.call(contracts.defineTag, { body: { ...gold, ...more } as never });
  expect([answer.status, answer.body]).toEqual([400, drfError('VALIDATION_ERROR')]);
  expect(Object.keys(answer.body.error.details)).toContain(field);
});

test('members define nothing; another tenant’s tag is not there', async () => {
  const { admin, asJohn, stranger, internal } = await aTenantOf(kit);
  const { id } = await aTag(admin);
  const params = { id: String(id) };
  for (const client of [asJohn, internal])
    for (const call of [
      client.call(contracts.defineTag, { body: gold }),
      client.call(contracts.replaceTag, { params, body: gold }),
      client.call(contracts.changeTag, { params, body: {} }),
      client.call(contracts.retireTag, { params }),
    ])
      expect((await call).status).toBe(403);
  for (const call of [
    stranger.call(contracts.getTag, { params }),
    stranger.call(contracts.getUserTypeTag, { params }),
    stranger.call(contracts.replaceTag, { params, body: gold }),
    stranger.call(contracts.changeTag, { params, body: { tag_level: 1 } }),
    stranger.call(contracts.retireTag, { params }),
  ]) {
    const answer = await call;
    expect([answer.status, answer.body]).toEqual([404, drfError('BIZ_001')]);
  }
  expect(await asJohn.ask(contracts.getTag, { params })).toEqual(shown);
});

test('the same key defines once', async () => {
  const { admin } = await aTenantOf(kit);
  const headers = { 'idempotency-key': 'define-1' };
  const first = await admin.call(contracts.defineTag, { body: gold }, { headers });
  const second = await admin.call(contracts.defineTag, { body: gold }, { headers });
  expect([second.status, second.body, second.headers.get('idempotent-replayed')]).toEqual([
    201,
    first.body,
    'true',
  ]);
  expect(
    (await admin.call(contracts.defineTag, { body: { ...gold, tag_code: 'X' } }, { headers })).status,
  ).toBe(422);
});

test('an index stands under every list', async () => {
  const { tenantId } = await aTenantOf(kit);
  kit.connection.deleteModel(/.*/);
  const models = modelsOf(kit.connection);
  await models.tags.native.insertMany(
    Array.from({ length: 200 }, (_, index) => ({
      _id: tenantId * 1_000 + index,
      tenantId,
      name: `n${index}`,
      code: `c${index}`,
      level: index % 5,
      type: 'vip',
      isActive: true,
      isRetired: false,
      createdAt: new Date(index),
      updatedAt: new Date(index),
    })) as never[],
  );
  const repository = new TagRepository(models.tags);
  const scope = scopeOfJob(tenantId, 'vip', 'test');
  const fields = {
    tag_level: 'level',
    tag_name: 'name',
    tag_code: 'code',
    created_at: 'createdAt',
    updated_at: 'updatedAt',
  };
  const orders = [
    [
      { field: 'tag_level', descending: true },
      { field: 'tag_name', descending: false },
    ],
    ...Object.keys(fields).flatMap((field) => [
      [{ field, descending: true }],
      [{ field, descending: false }],
    ]),
  ];
  for (const order of orders)
    for (const filter of [
      {},
      { type: 'vip' },
      { isActive: true, isAssignable: undefined },
      { search: 'n1' },
    ]) {
      const explained = (await repository.explain(scope, filter, sortOf(order, fields))) as {
        queryPlanner: { winningPlan: unknown };
      };
      const plan = JSON.stringify(explained.queryPlanner.winningPlan);
      expect(plan).toContain('IXSCAN');
      expect(plan).not.toMatch(/COLLSCAN|"SORT"/);
    }
});

test.each(['vip_tag.defined.v1', 'vip_tag.updated.v1', 'vip_tag.retired.v1'])(
  '%s was announced as its sample says',
  async (type) => {
    expectLikeSample(await kit.heardOne(type));
  },
);
