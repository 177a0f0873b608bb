/** What tags cost: stated before buying, in money and in points. */
import * as contracts from '@membership/contracts/endpoints/vip/index';
import type { Client } from '@membership/contracts/client';
import { pointsSettingsUpdated } from '@membership/contracts/events/points';
import { sampleOf } from '@membership/platform/testing/samples';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { vipService } from '../src/service.ts';
import { aTag, aTenantOf, drfError, time } from './builders.ts';

const DAY = 24 * 3_600_000;
let kit: ServiceKit;
beforeAll(async () => {
  kit = await startServiceKit(vipService, { VIP_CLOCK_SECONDS: '3600' });
});
afterAll(() => kit.stop());

const quoteFor = (client: Client, id: number, days?: number) =>
  client.call(contracts.quoteTag, {
    params: { id: String(id) },
    ...(days === undefined ? {} : { query: { duration_days: days } }),
  });
const rateIs = (tenantId: number, pointsRedeemedPerCurrencyUnit: number, sequence: number) =>
  kit.publish(pointsSettingsUpdated, {
    tenantId,
    subject: tenantId,
    sequence,
    data: { pointsRedeemedPerCurrencyUnit, pointsEarnedPerCurrencyUnit: 1 },
  });

test('the specification’s example: VIP_GOLD for its 30 days costs 99.00 or 9,900 points', async () => {
  const { admin, asJohn } = await aTenantOf(kit);
  const { id } = await aTag(admin);
  const answer = await quoteFor(asJohn, id);
  expect([answer.status, answer.body]).toEqual([
    200,
    {
      tag_id: id,
      tag_name: 'VIP金牌',
      tag_code: 'VIP_GOLD',
      duration_days: 30,
      rate: 'monthly',
      unit_price: 99,
      unit_days: 30,
      price: 99,
      currency: 'CNY',
      price_points: 9_900,
      is_renewal: false,
      starts_at: time,
      expires_at: time,
    },
  ]);
  expect(Date.parse(answer.body.expires_at) - Date.parse(answer.body.starts_at)).toBe(30 * DAY);
  expect((await quoteFor(asJohn, id, 365)).body).toMatchObject({
    rate: 'yearly',
    unit_days: 365,
    price: 999,
    price_points: 99_900,
  });
  expect((await quoteFor(asJohn, id, 7)).body).toMatchObject({ price: 23.1, price_points: 2_310 });
});

test('a tag that one has is extended from its end; another member’s is none of it', async () => {
  const { admin, asJohn, asJane, john } = await aTenantOf(kit);
  const { id } = await aTag(admin);
  const held = await admin.ask(contracts.grantTag, {
    body: { member_id: john, tag_id: id, duration_days: 10 },
  });
  const quoted = (await quoteFor(asJohn, id, 30)).body;
  expect(quoted).toMatchObject({ is_renewal: true, starts_at: held.expires_at });
  expect(Date.parse(quoted.expires_at) - Date.parse(held.expires_at ?? '')).toBe(30 * DAY);
  expect((await quoteFor(asJane, id, 30)).body).toMatchObject({ is_renewal: false });
  const beyond = await quoteFor(asJohn, id, 356);
  expect([beyond.status, beyond.body]).toEqual([
    409,
    drfError('VIP_DURATION_EXCEEDED', expect.any(String), {
      max_duration_days: 365,
      latest_expires_at: time,
      days_left: 355,
    }),
  ]);
  expect((await admin.ask(contracts.getUserTag, { params: { id: String(held.id) } })).expires_at).toBe(
    held.expires_at,
  );
});

test('the tenant’s rate counts: of its facts the newest, whatever order and number they come in', async () => {
  const { admin, asJohn, tenantId } = await aTenantOf(kit);
  const other = await aTenantOf(kit);
  const [{ id }, otherTag] = [await aTag(admin), await aTag(other.admin)];
  const points = async () => (await quoteFor(asJohn, id, 30)).body.price_points;
  const newest = await rateIs(tenantId, 50, 3);
  await eventually(async () => expect(await points()).toBe(4_950));
  await rateIs(tenantId, 200, 2);
  await kit.publishRaw(newest.type, Buffer.from(JSON.stringify(newest)));
  await kit.publishRaw(newest.type, Buffer.from('{ "poison'));
  // What comes after them has been handled only once they have.
  await rateIs(other.tenantId, 10, 1);
  await eventually(async () =>
    expect((await quoteFor(other.asJohn, otherTag.id, 30)).body.price_points).toBe(990),
  );
  expect(await points()).toBe(4_950);
});

test('reads the sample that the contracts keep', async () => {
  const sample = sampleOf('points_settings.updated.v1');
  await kit.publishRaw(sample.type, Buffer.from(JSON.stringify(sample)));
  await eventually(async () =>
    expect(
      await kit.connection.collection<{ _id: number }>('points_rates').findOne({ _id: sample.tenantid }),
    ).toEqual({ _id: 456, tenantId: 456, pointsPerUnit: 100, sequence: 12 }),
  );
});

test('refuses what buying would refuse', async () => {
  const { admin, asJohn, john, stranger, internal } = await aTenantOf(kit);
  const { id } = await aTag(admin);
  const free = await aTag(admin, { tag_code: 'FREE', price_config: null });
  const off = await aTag(admin, { tag_code: 'OFF', is_active: false });
  const not = await aTag(admin, { tag_code: 'NOT', is_assignable: false });
  const endless = await aTag(admin, {
    tag_code: 'EVER',
    default_duration_days: null,
    max_duration_days: null,
  });
  for (const [tag, state] of [
    [free, 'not_for_sale'],
    [off, 'inactive'],
    [not, 'not_assignable'],
  ] as const) {
    const answer = await quoteFor(asJohn, tag.id);
    expect([answer.status, answer.body]).toEqual([
      409,
      drfError('INVALID_STATE', expect.any(String), { current_state: state, allowed_actions: [] }),
    ]);
  }
  const unnamed = await quoteFor(asJohn, endless.id);
  expect([unnamed.status, Object.keys(unnamed.body.error.details)]).toEqual([400, ['duration_days']]);
  expect((await quoteFor(asJohn, endless.id, 30)).status).toBe(200);
  await admin.ask(contracts.grantTag, { body: { member_id: john, tag_id: endless.id } });
  expect((await quoteFor(asJohn, endless.id, 30)).body.error.details.current_state).toBe('endless');
  for (const days of ['0', '-1', '1.5', 'x', '36501', '99999999999999999999', '{"$gt":0}'])
    expect([
      days,
      (await asJohn.send('GET', `/api/v1/vip/tags/${id}/quote/?duration_days=${encodeURIComponent(days)}`))
        .status,
    ]).toEqual([days, 400]);
  expect((await asJohn.send('GET', `/api/v1/vip/tags/${id}/quote/?days=3`)).status).toBe(400);
  expect((await asJohn.send('GET', '/api/v1/vip/tags/x/quote/')).status).toBe(404);
  const strange = await quoteFor(stranger, id);
  expect([strange.status, strange.body]).toEqual([404, drfError('BIZ_001')]);
  expect((await quoteFor(internal, id)).status).toBe(403);
  expect((await quoteFor(kit.as({ role: 'anonymous', userId: null }), id)).status).toBe(401);
  await admin.ask(contracts.retireTag, { params: { id: String(id) } });
  expect((await quoteFor(asJohn, id)).status).toBe(404);
});
