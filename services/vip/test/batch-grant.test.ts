/** One tag for many members: one result each. */
import * as contracts from '@membership/contracts/endpoints/vip/index';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { DAY } from '../src/holdings/user-tag.ts';
import { vipService } from '../src/service.ts';
import { aTag, aTenantOf, drfError, time } from './builders.ts';

let kit: ServiceKit;
beforeAll(async () => {
  kit = await startServiceKit(vipService, { VIP_CLOCK_SECONDS: '3600' });
});
afterAll(() => kit.stop());

const heldBy = async (client: Awaited<ReturnType<typeof aTenantOf>>['admin'], member: number) =>
  (await client.ask(contracts.listUserTags, { query: { member } })).items;

test('one result a member: granted, renewed, refused; a refused one undoes nothing', async () => {
  const { admin, john, jane, tenantId } = await aTenantOf(kit);
  const gone = await kit.aMember({ tenantId, memberId: tenantId * 10 + 5, isActive: false });
  const { id: tag_id } = await aTag(admin);
  const held = await admin.ask(contracts.grantTag, { body: { member_id: jane, tag_id, duration_days: 10 } });
  const answer = await admin.call(contracts.batchGrantTag, {
    body: { member_ids: [john, jane, 999_999_999, gone, john], tag_id, duration_days: 20, reason: '活动' },
  });
  const failed = (index: number, member_id: number, sentence: string) => ({
    index,
    member_id,
    status: 'failed',
    error: { code: 'VALIDATION_ERROR', message: '请求参数验证失败', details: { member_id: [sentence] } },
  });
  expect([answer.status, answer.body]).toEqual([
    200,
    {
      success: true,
      message: '成功授予 2 个VIP标签',
      total: 5,
      successful_count: 2,
      failed_count: 3,
      results: [
        { index: 0, member_id: john, status: 'success', user_tag_id: expect.any(Number), expires_at: time },
        { index: 1, member_id: jane, status: 'success', user_tag_id: held.id, expires_at: time },
        failed(2, 999_999_999, '无效的会员ID'),
        failed(3, gone, '该会员已停用'),
        failed(4, john, '重复的会员ID'),
      ],
    },
  ]);
  const [johns, janes] = [await heldBy(admin, john), await heldBy(admin, jane)];
  expect(johns).toMatchObject([{ tag_id, status: 'active', reason: '活动' }]);
  expect(Date.parse(janes[0]?.expires_at ?? '') - Date.parse(held.expires_at ?? '')).toBe(20 * DAY);
  const granted = await kit.heardOne('vip.granted.v1', ({ subject }) => subject === String(johns[0]?.id));
  expect([granted.sequence, granted.data.memberId]).toEqual([1, john]);
  const renewed = await kit.heardOne('vip.renewed.v1', ({ subject }) => subject === String(held.id));
  expect(renewed.sequence).toBe(2);
  const history = await admin.ask(contracts.listUserTagHistory, { params: { id: String(held.id) } });
  expect(history.items.map(({ action, reason }) => [action, reason])).toEqual([
    ['renewed', '活动'],
    ['granted', null],
  ]);
});

test('a row whose time would be too long fails alone; English where asked for', async () => {
  const { admin, john, jane, tenantId } = await aTenantOf(kit);
  const { id: tag_id } = await aTag(admin);
  await admin.ask(contracts.grantTag, { body: { member_id: jane, tag_id, duration_days: 365 } });
  const english = kit.as({ role: 'admin', tenantId, userId: 3, language: 'en' });
  const body = await english.ask(contracts.batchGrantTag, { body: { member_ids: [jane, john], tag_id } });
  expect(body.results).toMatchObject([
    {
      status: 'failed',
      error: { code: 'VIP_DURATION_EXCEEDED', message: 'The tag would last longer than it may' },
    },
    { status: 'success' },
  ]);
});

test('the same key grants once; another body under it is refused; two at once make one holding each', async () => {
  const { internal, admin, john, jane } = await aTenantOf(kit);
  const { id: tag_id } = await aTag(admin);
  const headers = { 'idempotency-key': 'batch-1' };
  const body = { member_ids: [john, jane], tag_id, duration_days: 10 };
  const answers = await Promise.all(
    [1, 2, 3].map(() => internal.call(contracts.batchGrantTag, { body }, { headers })),
  );
  expect(new Set(answers.map((one) => JSON.stringify([one.status, one.body]))).size).toBe(1);
  const other = { body: { ...body, duration_days: 11 } };
  expect((await internal.call(contracts.batchGrantTag, other, { headers })).status).toBe(422);
  await Promise.all([1, 2].map(() => internal.ask(contracts.batchGrantTag, { body })));
  for (const member of [john, jane]) {
    const [held, ...more] = await heldBy(admin, member);
    expect([more, Math.round((Date.parse(held?.expires_at ?? '') - Date.now()) / DAY)]).toEqual([[], 30]);
  }
});

test('a thousand members in one request, not one more', async () => {
  const { admin, tenantId } = await aTenantOf(kit);
  const { id: tag_id } = await aTag(admin);
  const member_ids = Array.from({ length: 1_000 }, (_, index) => tenantId * 100_000 + index);
  await kit.connection.collection<{ _id: number }>('directory_members').insertMany(
    member_ids.map((_id) => ({
      _id,
      tenantId,
      memberId: _id,
      isActive: true,
      username: `m${_id}`,
      sequence: 1,
    })),
  );
  const answer = await admin.ask(contracts.batchGrantTag, { body: { member_ids, tag_id } });
  expect([answer.total, answer.successful_count, answer.failed_count]).toEqual([1_000, 1_000, 0]);
  expect((await admin.ask(contracts.listUserTags, {})).count).toBe(1_000);
  const more = { body: { member_ids: [...member_ids, 1], tag_id } };
  expect((await admin.call(contracts.batchGrantTag, more)).status).toBe(400);
});

test('what is wrong with the tag, the body or the caller refuses the whole', async () => {
  const { admin, asJohn, stranger, john } = await aTenantOf(kit);
  const tag = await aTag(admin);
  const off = await aTag(admin, { tag_code: 'OFF', is_active: false });
  const grant = (client: typeof admin, body: unknown) =>
    client.call(contracts.batchGrantTag, { body: body as never });
  const unknown = await grant(stranger, { member_ids: [john], tag_id: tag.id });
  expect([unknown.status, unknown.body]).toEqual([
    400,
    drfError('VALIDATION_ERROR', '请求参数验证失败', { tag_id: ['无效的标签ID'] }),
  ]);
  expect((await grant(admin, { member_ids: [john], tag_id: off.id })).status).toBe(409);
  for (const body of [
    {},
    { member_ids: [], tag_id: tag.id },
    { member_ids: john, tag_id: tag.id },
    { member_ids: ['x'], tag_id: tag.id },
    { member_ids: [{ $gt: 0 }], tag_id: tag.id },
    { member_ids: [john], tag_id: tag.id, duration_days: 0 },
    { member_ids: [john], tag_id: tag.id, status: 'active' },
  ])
    expect((await grant(admin, body)).status).toBe(400);
  expect((await grant(asJohn, { member_ids: [john], tag_id: tag.id })).status).toBe(403);
  expect((await admin.ask(contracts.listUserTags, {})).count).toBe(0);
});
