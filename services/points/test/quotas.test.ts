import { consumeQuota } from '@membership/contracts/endpoints/points/index';
import { vipGranted } from '@membership/contracts/events/vip';
import { dayOf, plusDays, startOfDay } from '@membership/platform/calendar';
import { eventually } from '@membership/platform/testing/service-kit';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

const ZONE = 'Asia/Shanghai';
let ledger: LedgerKit;
let member: number;
beforeAll(async () => {
  ledger = await startLedgerKit();
});
afterAll(() => ledger?.stop());
beforeEach(async () => {
  member = await ledger.aMember();
});
const consume = (amount?: number, name = 'max_downloads_per_day', client = ledger.as()) =>
  client.call(consumeQuota, {
    params: { id: String(member), name },
    body: amount === undefined ? {} : { amount },
  });

test('the limit of the level may be used up, not passed, and says when it begins anew: with the tenant’s day', async () => {
  const resets_at = startOfDay(ZONE, plusDays(dayOf(ZONE, new Date()), 1)).toISOString();
  const first = await consume();
  expect([first.status, first.body]).toEqual([200, { limit: 10, used: 1, remaining: 9, resets_at }]);
  expect((await consume(9)).body).toEqual({ limit: 10, used: 10, remaining: 0, resets_at });
  const { status, body } = await consume(1);
  expect([status, body.error]).toEqual([
    409,
    {
      code: 'BIZ_002',
      message: '超出配额限制',
      details: { limit: 10, used: 10, remaining: 0, resets_at },
    },
  ]);
  expect(
    await ledger.kit.heardOne(
      'quota.consumed.v1',
      ({ subject, data }) => subject === String(member) && data.used === 10,
    ),
  ).toMatchObject({ tenantid: 1, data: { quota: 'max_downloads_per_day', amount: 9, limit: 10 } });
});

test('of 30 at once that share 10, ten get one', async () => {
  const answers = await Promise.all(Array.from({ length: 30 }, () => consume()));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
  expect(answers.filter(({ body }) => body.error?.code === 'BIZ_002')).toHaveLength(20);
  expect(
    answers
      .flatMap(({ status, body }) => (status === 200 ? [body.used] : []))
      .sort((left, right) => left - right),
  ).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('movements of points and uses of quotas at once lose nothing of each other', async () => {
  await Promise.all(
    Array.from({ length: 10 }, (_, index) => (index % 2 ? consume() : ledger.earn(member, 5))),
  );
  expect((await ledger.profile(member)).total_points).toBe(25);
  expect((await consume()).body.used).toBe(6);
  expect(await ledger.faults()).toEqual([]);
});

test('a tag multiplies the limit at once', async () => {
  await consume(10);
  await ledger.kit.publish(vipGranted, {
    subject: member,
    sequence: 1,
    data: {
      userTagId: member,
      memberId: member,
      tag: {
        ...{ tagId: 1, tagName: 'VIP金牌', tagCode: 'VIP_GOLD', tagType: 'vip', tagColor: '#FFD700' },
        ...{ tagIcon: '👑', tagLevel: 10, isActive: true, permissionModifiers: {} },
        quotaModifiers: { download_multiplier: 2 },
      },
      status: 'active',
      grantedAt: new Date().toISOString(),
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      graceEndsAt: null,
      autoRenew: false,
      reason: null,
    },
  });
  await eventually(async () => expect((await consume()).body).toMatchObject({ limit: 20 }));
});

test('quotas of another name have a count of their own; an hour ends within an hour', async () => {
  await consume(5);
  const { body } = await consume(100, 'max_api_calls_per_hour');
  expect(body).toMatchObject({ limit: 100, used: 100, remaining: 0 });
  const left = Date.parse(body.resets_at) - Date.now();
  expect([left > 0, left <= 3_600_000]).toEqual([true, true]);
});

test('the same key uses once; a quota that the level does not have, wrong amounts and roles are refused', async () => {
  const send = (body: unknown, key: string) =>
    ledger.as().send('POST', `/api/v1/points/profiles/${member}/quotas/max_downloads_per_day/consume/`, {
      body,
      headers: { 'idempotency-key': key },
    });
  const answers = await Promise.all(Array.from({ length: 4 }, () => send({ amount: 2 }, `quota-${member}`)));
  expect(answers.map(({ body }) => body.used)).toEqual([2, 2, 2, 2]);
  expect((await send({ amount: 3 }, `quota-${member}`)).status).toBe(422);
  expect((await consume(1, 'max_nothing_per_day')).status).toBe(404);
  expect((await consume(1, 'constructor')).status).toBe(404);
  expect((await consume(0)).status).toBe(400);
  expect((await send({ amount: '1' }, 'x')).status).toBe(400);
  expect((await consume(1, undefined, ledger.as({ userId: member }))).status).toBe(403);
  expect((await consume(1, undefined, ledger.as({ role: 'internal', tenantId: 2 }))).status).toBe(404);
});
