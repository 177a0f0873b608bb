/** What stands in memory and what reads share: a write is read at once, whichever process answers, and by its own tenant alone. */
import * as points from '@membership/contracts/endpoints/points/index';
import { vipGranted } from '@membership/contracts/events/vip';
import { eventually, type ServiceKit } from '@membership/platform/testing/service-kit';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

let ledger: LedgerKit;
let other: Awaited<ReturnType<ServiceKit['replica']>>;
beforeAll(async () => {
  ledger = await startLedgerKit();
  other = await ledger.kit.replica();
});
afterAll(async () => {
  await other?.stop();
  await ledger?.stop();
});
const id = (member: number) => ({ params: { id: String(member) } });
type Client = ReturnType<ServiceKit['as']>;
const bothAs = (caller: Parameters<ServiceKit['as']>[0]): [Client, Client] => [
  ledger.kit.as(caller),
  other.as(caller),
];

test('what one process wrote, the other reads at once: profile, permissions, summary, records and their count', async () => {
  const member = await ledger.aMember();
  const [here, there] = bothAs({ role: 'internal' });
  const [adminHere, adminThere] = bothAs({ role: 'admin' });
  for (let round = 1; round <= 6; round++) {
    const isThere = round % 2 === 0;
    await (isThere ? there : here).ask(points.earnPoints, {
      ...id(member),
      body: { points_amount: 10, category: round > 3 ? 'manual' : 'license' },
    });
    const reader = isThere ? adminHere : adminThere;
    const [profile, records, earned, manual, summary] = await Promise.all([
      reader.ask(points.getProfile, id(member)),
      ledgerPage(reader, { member: String(member) }),
      ledgerPage(reader, { member: String(member), point_type: 'earn' }),
      ledgerPage(reader, { member: String(member), category: 'manual' }),
      reader.ask(points.getProfileSummary, { ...id(member), query: {} }),
    ]);
    expect(profile).toMatchObject({
      total_points: 10 * round,
      points_summary: { earned: { total: 10 * round } },
    });
    expect(summary).toMatchObject({ total_points: 10 * round, earned: { total: 10 * round } });
    expect([records.count, earned.count, manual.count]).toEqual([round, round, Math.max(0, round - 3)]);
    expect(records.items[0]).toMatchObject({ member, profile_info: { total_points: 10 * round } });
  }
  // What becomes of a record that a list in memory shows.
  for (const [client, reader] of [
    [adminHere, adminThere],
    [adminThere, adminHere],
  ] as const) {
    const { items } = await ledgerPage(adminHere, { member: String(member), point_type: 'earn' });
    const oldest = items.findLast(({ status }) => status === 'active');
    await client.ask(points.cancelPointsRecord, { ...id(oldest?.id as number), body: { reason: '重复' } });
    for (const one of [client, reader])
      expect(
        (await ledgerPage(one, { member: String(member), point_type: 'earn' })).items.find(
          (record) => record.id === oldest?.id,
        ),
      ).toMatchObject({ status: 'cancelled' });
  }
  await here.ask(points.spendPoints, { ...id(member), body: { points_amount: 1, category: 'vip_upgrade' } });
  expect((await ledgerPage(adminThere, { member: String(member), point_type: 'spend' })).count).toBe(1);
  expect((await ledgerPage(adminThere, { member: String(member), point_type: 'earn' })).count).toBe(8);
});

const ledgerPage = (client: Client, query: Record<string, string>) =>
  client.ask(points.listPointsRecords, { query });

test('a tenant’s lists are counted exactly while others write to them, by every filter', async () => {
  const member = await ledger.aMember(2);
  const [here, there] = bothAs({ role: 'admin', tenantId: 2 });
  for (let round = 1; round <= 4; round++) {
    const writer = round % 2 === 0 ? here : there;
    await writer.ask(points.adjustPoints, {
      ...id(member),
      body: { points_amount: 5, reason: '更正', is_negative: round === 4 },
    });
    for (const reader of [here, there])
      expect(
        await Promise.all(
          [{}, { point_type: 'adjust' }, { point_type: 'earn' }, { is_manual: 'true' }].map(
            async (query) => (await ledgerPage(reader, query as Record<string, string>)).count,
          ),
        ),
      ).toEqual([round, round, 0, round]);
  }
});

test('reads of many tenants and members at one moment: each gets its own, and nobody another’s', async () => {
  const ours = [await ledger.aMember(), await ledger.aMember()];
  const theirs = [await ledger.aMember(2), await ledger.aMember(2)];
  const grant = (memberId: number, tenantId: number, tagCode: string) =>
    ledger.kit.publish(vipGranted, {
      tenantId,
      subject: 9_000 + memberId,
      data: {
        userTagId: 9_000 + memberId,
        memberId,
        tag: {
          tagId: 9_000 + memberId,
          tagName: tagCode,
          tagCode,
          tagType: 'vip',
          tagColor: '#FFD700',
          tagIcon: '👑',
          tagLevel: 10,
          permissionModifiers: { discount_rate_bonus: 0.1 },
          quotaModifiers: {},
          isActive: true,
        },
        status: 'active',
        grantedAt: new Date().toISOString(),
        expiresAt: null,
        graceEndsAt: null,
        autoRenew: false,
        reason: null,
      },
    });
  await grant(ours[0] as number, 1, 'OURS');
  await grant(theirs[0] as number, 2, 'THEIRS');
  const tagsOf = async (member: number, tenantId: number) => {
    const client = ledger.kit.as({ role: 'internal', tenantId });
    const { active_tags } = await client.ask(points.getProfile, id(member));
    return active_tags.map(({ tag_code }) => tag_code);
  };
  await eventually(async () =>
    expect(
      await Promise.all([
        ...ours.map((member) => tagsOf(member, 1)),
        ...theirs.map((member) => tagsOf(member, 2)),
      ]),
    ).toEqual([['OURS'], [], ['THEIRS'], []]),
  );
  const foreign = await Promise.all([
    ...ours.map((member) =>
      ledger.kit.as({ role: 'admin', tenantId: 2 }).call(points.getProfile, id(member)),
    ),
    ...theirs.map((member) =>
      ledger.kit.as({ role: 'admin', tenantId: 1 }).call(points.getProfile, id(member)),
    ),
    ledger.kit.as({ userId: ours[0] as number }).call(points.getProfile, id(ours[1] as number)),
    ledger.kit.as({ userId: ours[0] as number }).call(points.getProfile, id(ours[0] as number)),
  ]);
  expect(foreign.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 200]);
});

test('a level that one process defined: there at once, by its id in every process, in every list within a second', async () => {
  const [here, there] = bothAs({ role: 'admin' });
  const top = (await here.ask(points.listUserLevels, {})).items.find(({ max_points }) => max_points === null);
  await here.ask(points.updateUserLevel, { ...id(top?.id as number), body: { max_points: 899_999 } });
  expect((await here.ask(points.getUserLevel, id(top?.id as number))).max_points).toBe(899_999);
  // Both have the ladder in memory now.
  await there.ask(points.listUserLevels, {});
  const { id: made } = await here.ask(points.createUserLevel, {
    body: { level_name: '黑金会员', level_code: 'BLACK', level_order: 9, min_points: 900_000 },
  });
  const codes = async (client: Client) =>
    (await client.ask(points.listUserLevels, { query: { ordering: '-level_order' } })).items.map(
      ({ level_code }) => level_code,
    );
  expect((await codes(here))?.[0]).toBe('BLACK');
  expect((await there.ask(points.getUserLevel, id(made))).level_code).toBe('BLACK');
  await eventually(async () => expect((await codes(there))?.[0]).toBe('BLACK'));
  expect(
    (await ledger.kit.as({ role: 'admin', tenantId: 2 }).call(points.getUserLevel, id(made))).status,
  ).toBe(404);
  await there.ask(points.deleteUserLevel, id(made));
  expect((await there.call(points.getUserLevel, id(made))).status).toBe(404);
  await eventually(async () => expect(await codes(here)).not.toContain('BLACK'));
});

test('a benefit that one process defined: there at once, by its code in every process, in every list within a second', async () => {
  const [here, there] = bothAs({ role: 'admin' });
  const code = async (client: Client) =>
    (await client.ask(points.pageBenefits, {})).items.map(({ benefit_id }) => benefit_id);
  expect([await code(here), await code(there)]).toEqual([[], []]);
  const benefit = { benefit_name: '包邮', benefit_type: 'SERVICE' } as const;
  for (const benefit_id of ['B2', 'B1'])
    await here.ask(points.createBenefit, { body: { benefit_id, ...benefit } });
  expect(await code(here)).toEqual(['B1', 'B2']);
  expect((await there.ask(points.getBenefit, { params: { benefit_id: 'b1' } })).benefit_id).toBe('B1');
  await eventually(async () => expect(await code(there)).toEqual(['B1', 'B2']));
  const member = await ledger.aMember();
  const mine = async (client: Client) =>
    (await client.ask(points.listAvailableBenefits, {})).benefits.map(({ benefit_id }) => benefit_id);
  const [memberHere, memberThere] = bothAs({ userId: member });
  expect(await mine(memberHere)).toEqual(['B1', 'B2']);
  const off = { params: { benefit_id: 'B1' }, body: { is_active: false } };
  await there.ask(points.updateBenefit, off);
  expect(await mine(memberThere)).toEqual(['B2']);
  await there.ask(points.deleteBenefit, { params: { benefit_id: 'B2' } });
  expect(await mine(memberThere)).toEqual([]);
  await eventually(async () => expect(await mine(memberHere)).toEqual([]));
  const elsewhere = ledger.kit.as({ role: 'admin', tenantId: 2 });
  expect((await elsewhere.ask(points.pageBenefits, {})).count).toBe(0);
});

test('a process that has only just started knows the same', async () => {
  const member = await ledger.aMember();
  await ledger.earn(member, 100);
  await ledger.spend(member, 30);
  const before = await ledger.profile(member);
  const fresh = await ledger.kit.replica();
  try {
    const client = fresh.as({ role: 'admin' });
    expect({ ...(await client.ask(points.getProfile, id(member))), updated_at: before.updated_at }).toEqual(
      before,
    );
    expect((await ledgerPage(client, { member: String(member), point_type: 'spend' })).count).toBe(1);
  } finally {
    await fresh.stop();
  }
});
