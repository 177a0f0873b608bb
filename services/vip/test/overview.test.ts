/** Which tags end soon, and how many there are. */
import * as contracts from '@membership/contracts/endpoints/vip/index';
import { scopeOfJob } from '@membership/platform/scope';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { HoldingCensus } from '../src/holdings/census-repository.ts';
import { DAY, isPrivileged, statusAt } from '../src/holdings/user-tag.ts';
import { modelsOf } from '../src/models.ts';
import { vipService } from '../src/service.ts';
import { aTag, aTenantOf, letPass, time } from './builders.ts';

let kit: ServiceKit;
beforeAll(async () => {
  // The clock's job is far away: what these tests read is true without it.
  kit = await startServiceKit(vipService, { VIP_CLOCK_SECONDS: '3600' });
});
afterAll(() => kit.stop());

const NOTHING = { active: 0, grace: 0, suspended: 0, expired: 0, revoked: 0 };

/** Two tags; john has both, jane one, each in another state. */
async function aTenantWithHoldings() {
  const tenant = await aTenantOf(kit);
  const { admin, john, jane } = tenant;
  const [gold, silver] = [await aTag(admin), await aTag(admin, { tag_code: 'SILVER', tag_level: 5 })];
  const give = async (member_id: number, tag_id: number, duration_days: number) =>
    (await admin.ask(contracts.grantTag, { body: { member_id, tag_id, duration_days } })).id;
  return {
    ...tenant,
    gold,
    silver,
    johnsGold: await give(john, gold.id, 5),
    janesGold: await give(jane, gold.id, 3),
    johnsSilver: await give(john, silver.id, 30),
  };
}

test('what ends within so many days, the soonest first', async () => {
  const { admin, asJohn, internal, stranger, johnsGold, janesGold, johnsSilver } =
    await aTenantWithHoldings();
  const ids = async (query: object) =>
    (await admin.ask(contracts.listExpiringTags, { query })).items.map(({ id }) => id);
  const listed = await admin.call(contracts.listExpiringTags, {});
  expect([listed.status, listed.body]).toMatchObject([
    200,
    {
      count: 2,
      next: null,
      previous: null,
      results: [{ id: janesGold, status: 'active' }, { id: johnsGold }],
    },
  ]);
  expect(await ids({ days: 4 })).toEqual([janesGold]);
  expect(await ids({ days: 31 })).toEqual([janesGold, johnsGold, johnsSilver]);
  expect(await ids({ days: 31, page: 2, page_size: 2 })).toEqual([johnsSilver]);
  await admin.ask(contracts.suspendUserTag, { params: { id: String(johnsGold) }, body: {} });
  await letPass(kit, janesGold, 4);
  expect(await ids({})).toEqual([]);
  for (const query of [{ days: 0 }, { days: 367 }, { days: 'x' }, { within: 3 }])
    expect([query, (await admin.call(contracts.listExpiringTags, { query: query as never })).status]).toEqual(
      [query, 400],
    );
  for (const client of [asJohn, internal])
    for (const call of [
      client.call(contracts.listExpiringTags, {}),
      client.call(contracts.getVipSummary, {}),
    ])
      expect((await call).status).toBe(403);
  expect((await stranger.ask(contracts.listExpiringTags, {})).count).toBe(0);
});

test('the summary counts by status and by tag, as they are now', async () => {
  const { admin, stranger, gold, silver, johnsGold, janesGold, johnsSilver } = await aTenantWithHoldings();
  const names = (tag: typeof gold) => ({
    tag_id: tag.id,
    tag_name: tag.tag_name,
    tag_code: tag.tag_code,
    tag_level: tag.tag_level,
    is_retired: false,
  });
  const first = await admin.call(contracts.getVipSummary, {});
  expect([first.status, first.body]).toEqual([
    200,
    {
      as_of: time,
      vip_members: 2,
      expiring_in_7_days: 2,
      by_status: { ...NOTHING, active: 3 },
      by_tag: [
        { ...names(gold), ...NOTHING, active: 2 },
        { ...names(silver), ...NOTHING, active: 1 },
      ],
    },
  ]);
  await admin.ask(contracts.suspendUserTag, { params: { id: String(johnsGold) }, body: {} });
  await letPass(kit, janesGold, 4);
  await admin.ask(contracts.revokeUserTag, { params: { id: String(johnsSilver) }, body: {} });
  await admin.ask(contracts.retireTag, { params: { id: String(silver.id) } });
  expect(await admin.ask(contracts.getVipSummary, {})).toMatchObject({
    vip_members: 1,
    expiring_in_7_days: 0,
    by_status: { ...NOTHING, suspended: 1, grace: 1, revoked: 1 },
    by_tag: [
      { ...NOTHING, grace: 1, suspended: 1 },
      { is_retired: true, ...NOTHING, revoked: 1 },
    ],
  });
  expect(await stranger.ask(contracts.getVipSummary, {})).toEqual({
    as_of: time,
    vip_members: 0,
    expiring_in_7_days: 0,
    by_status: NOTHING,
    by_tag: [],
  });
  expect((await admin.call(contracts.getVipSummary, { query: { x: 1 } } as never)).status).toBe(400);
});

test('more holdings than are counted each time are counted once for all who ask', async () => {
  const { tenantId, admin } = await aTenantOf(kit);
  const tag = await aTag(admin);
  const rows = kit.connection.collection<{ _id: number }>('user_tags');
  const never = new Date('9999-12-31T00:00:00Z');
  const first = tenantId * 100_000;
  const add = (from: number, to: number) =>
    rows.insertMany(
      Array.from({ length: to - from }, (_, index) => ({
        ...{ _id: first + from + index, tenantId, memberId: first + from + index, tagId: tag.id },
        ...{ status: 'active', expiresAt: never, graceEndsAt: never, dueAt: never, grantedAt: new Date() },
      })),
    );
  const summary = () => admin.ask(contracts.getVipSummary, {});
  await add(0, 10_000);
  expect(await summary()).toMatchObject({ vip_members: 10_000 });
  await add(10_000, 10_001);
  const [one, two] = await Promise.all([summary(), summary()]);
  expect(one).toMatchObject({ vip_members: 10_001, by_status: { ...NOTHING, active: 10_001 } });
  await add(10_001, 10_002);
  expect([two, await summary()]).toEqual([one, one]);
});

test('the census says what the clock says, at every boundary, and reads no document', async () => {
  const { tenantId } = await aTenantOf(kit);
  kit.connection.deleteModel(/.*/);
  const { userTags } = modelsOf(kit.connection);
  const now = new Date();
  const soon = new Date(now.getTime() + 7 * DAY);
  const at = (offset: number) => new Date(now.getTime() + offset);
  const never = new Date('9999-12-31T00:00:00Z');
  const ends = [
    [never, never],
    ...[-1, 0, 1, 7 * DAY - 1, 7 * DAY].flatMap((end) =>
      [0, 1, DAY].map((grace) => [at(end), at(end + grace)]),
    ),
  ] as [Date, Date][];
  const statuses = ['active', 'grace', 'expired', 'suspended', 'revoked'] as const;
  const holdings = ends.flatMap(([expiresAt, graceEndsAt], row) =>
    statuses.map((status, column) => {
      const _id = tenantId * 1_000 + row * statuses.length + column;
      return {
        _id,
        tenantId,
        memberId: 1 + row,
        tagId: 1 + column,
        status,
        expiresAt,
        graceEndsAt,
      };
    }),
  );
  await userTags.native.insertMany(holdings as never[]);
  await userTags.native.insertMany([
    { ...holdings[0], _id: tenantId * 1_000 + 999, tenantId: tenantId + 1 },
  ] as never[]);
  const scope = scopeOfJob(tenantId, 'vip', 'test');
  const census = new HoldingCensus(userTags);
  const counted = await census.count(scope, now, soon);
  const expected = new Map<string, [number, number]>();
  const privileged = new Set<number>();
  for (const { tagId, memberId, ...holding } of holdings) {
    const status = statusAt(holding, now);
    if (isPrivileged(status)) privileged.add(memberId);
    const [count, endingSoon] = expected.get(`${tagId} ${status}`) ?? [0, 0];
    const isEnding = status === 'active' && holding.expiresAt < soon;
    expected.set(`${tagId} ${status}`, [count + 1, endingSoon + (isEnding ? 1 : 0)]);
  }
  expect(
    new Map(counted.groups.map((one) => [`${one.tagId} ${one.status}`, [one.count, one.endingSoon]])),
  ).toEqual(expected);
  expect(counted.members).toBe(privileged.size);
  for (const plan of await census.explain(scope, now, soon))
    expect(executionOf(plan)).toMatchObject({ totalDocsExamined: 0, totalKeysExamined: holdings.length });
});

/** The statistics of a plan that was run, whether its first stages were pushed down into the query or not. */
function executionOf(plan: unknown): unknown {
  const { executionStats, stages } = plan as {
    executionStats?: unknown;
    stages?: { $cursor?: { executionStats?: unknown } }[];
  };
  return executionStats ?? stages?.[0]?.$cursor?.executionStats;
}
