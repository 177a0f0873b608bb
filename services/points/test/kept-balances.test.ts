/** Profiles that Redis keeps: read again without the database, and never older than what a client has written in any process. */
import * as contracts from '@membership/contracts/endpoints/points/index';
import type { FactOf } from '@membership/contracts/event';
import * as facts from '@membership/contracts/events/gateway';
import { vipGranted } from '@membership/contracts/events/vip';
import { eventually } from '@membership/platform/testing/eventually';
import { redisLine, type RedisLine } from '@membership/platform/testing/redis-line';
import { sampleOf } from '@membership/platform/testing/samples';
import type { Replica } from '@membership/platform/testing/service-kit';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

const describeWithRedis = process.env.REDIS_URL ? describe : describe.skip;

describeWithRedis('with a Redis', () => {
  let line: RedisLine;
  let points: LedgerKit;
  let replica: Replica;
  beforeAll(async () => {
    line = await redisLine();
    points = await startLedgerKit({
      ...{ REDIS_URL: line.url, REDIS_PREFIX: line.prefix },
      ...{ ANSWER_CACHE_SETTLE_SECONDS: '0', BALANCES_CACHE_SECONDS: '120' },
    });
    replica = await points.kit.replica();
  });
  afterAll(async () => {
    await replica?.stop();
    await points?.stop();
    await line?.close();
  });

  const params = (id: number) => ({ id: String(id) });
  const there = (id: number) =>
    replica.as({ role: 'internal' }).ask(contracts.getProfile, { params: params(id) });
  const profiles = () => points.kit.connection.collection<{ _id: number }>('profiles');
  /** Until what is shown comes from Redis: what was changed behind the service's back is not seen. */
  const kept = (id: number, read: () => Promise<{ consecutive_login_days: number }>) =>
    eventually(async () => {
      const { consecutive_login_days: shown } = await read();
      await profiles().updateOne({ _id: id }, { $inc: { consecutiveLoginDays: 1 } });
      expect((await read()).consecutive_login_days).toBe(shown);
    });
  const hits = async () =>
    Number(
      /answer_cache_reads_total\{[^}]*result="hit"[^}]*\} (\d+)/.exec(await points.kit.metrics())?.[1] ?? 0,
    );

  test('a profile is read from there, whoever reads it in whichever process, as long as is set', async () => {
    const member = await points.aMember();
    await points.earn(member, 100);
    const before = await hits();
    await kept(member, () => points.profile(member));
    expect(await hits()).toBeGreaterThan(before);
    await kept(member, () => there(member));
    const own = await points.kit.as({ userId: member }).ask(contracts.getProfile, { params: params(member) });
    expect(own).toMatchObject({ available_points: 100, member_info: { id: member } });
    const [key] = (await line.keys()).filter((each) => each.includes(`:balances:1:${member}=`));
    const left = Number((await line.command(`PTTL ${line.prefix}${key}`)).slice(1));
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(120_000);
  });

  test('another member and another tenant are shown nothing of it', async () => {
    const member = await points.aMember();
    await kept(member, () => points.profile(member));
    for (const caller of [{ userId: member + 1 }, { role: 'admin', tenantId: 2 }] as const)
      expect([
        caller,
        (await points.kit.as(caller).call(contracts.getProfile, { params: params(member) })).status,
      ]).toEqual([caller, 404]);
  });

  test('what is written through one process is read in the other at once', async () => {
    const member = await points.aMember();
    let expected = 0;
    for (let turn = 0; turn < 10; turn++) {
      await Promise.all([points.profile(member), there(member)]);
      await points.earn(member, 10);
      expected += 10;
      expect((await there(member)).available_points).toBe(expected);
      const spent = await replica.as({ role: 'internal' }).call(contracts.spendPoints, {
        params: params(member),
        body: { points_amount: 1, category: 'vip_upgrade' },
      });
      expect(spent.status).toBe(200);
      expected--;
      expect((await points.profile(member)).available_points).toBe(expected);
    }
  });

  test('so are its switch, its level by hand and its name', async () => {
    const member = await points.aMember();
    const admin = points.admin();
    await kept(member, () => there(member));
    await admin.ask(contracts.updateProfile, { params: params(member), body: { is_points_enabled: false } });
    expect((await there(member)).is_points_enabled).toBe(false);
    const levels = await admin.ask(contracts.listUserLevels, {});
    const level = levels.items.at(-1)?.id ?? 0;
    await kept(member, () => there(member));
    await admin.ask(contracts.setProfileLevel, {
      params: params(member),
      body: { level_id: level, reason: '更正' },
    });
    expect((await there(member)).current_level).toBe(level);
    await kept(member, () => there(member));
    await points.kit.publish(facts.memberUpdated, {
      ...{ subject: member, sequence: 2 },
      data: {
        ...{ memberId: member, username: `renamed_${member}`, email: 'new@example.com', displayName: 'New' },
        ...{ role: 'member', isActive: true, externalId: null, joinedAt: new Date().toISOString() },
      },
    });
    await eventually(async () =>
      expect((await there(member)).member_info).toMatchObject({ username: `renamed_${member}` }),
    );
  });

  test('so is every movement: holds, transfers, what is taken back, and what ends by itself', async () => {
    const [member, other] = [await points.aMember(), await points.aMember()];
    const { body: earned } = await points.earn(member, 100);
    const shown = async (id = member) => (await there(id)).available_points;
    const after = async (step: () => Promise<unknown>) => {
      await kept(member, () => there(member));
      await step();
      return shown();
    };
    expect(await shown()).toBe(100);
    let hold = 0;
    const held = async () => (hold = (await points.hold(member, 30)).body.id);
    expect(await after(held)).toBe(70);
    expect(await after(() => points.capture(hold, 10))).toBe(90);
    expect(await after(held)).toBe(60);
    expect(await after(() => points.release(hold))).toBe(90);
    await kept(other, () => there(other));
    await points.settings({ transfers_enabled: true });
    expect(await after(() => points.transfer(member, other, 20))).toBe(70);
    expect(await shown(other)).toBe(20);
    expect(await after(() => points.earn(member, 1))).toBe(71);
    await kept(member, () => there(member));
    await points.endNow(member, { lot: earned.record_id });
    // A look, or the job, whichever is first.
    await eventually(async () => expect(await shown()).toBe(1));
  });

  test('what is refused, or undone, leaves what is kept as true as it was', async () => {
    const member = await points.aMember();
    await points.earn(member, 10);
    await kept(member, () => there(member));
    for (let time = 0; time < 3; time++) expect((await points.spend(member, 11)).status).toBe(409);
    expect((await there(member)).available_points).toBe(10);
    await points.earn(member, 1);
    expect((await there(member)).available_points).toBe(11);
    await kept(member, () => there(member));
  });

  test('an erased member is shown without its name', async () => {
    const member = await points.aMember();
    await kept(member, () => there(member));
    await points.kit.publish(facts.memberErased, {
      ...{ subject: member, sequence: 2 },
      data: {
        ...{
          memberId: member,
          username: `erased_${member}`,
          email: `erased_${member}@invalid`,
          displayName: '',
        },
        ...{ role: 'member', isActive: false, externalId: null, joinedAt: new Date().toISOString() },
      },
    });
    await eventually(async () =>
      expect((await there(member)).member_info).toMatchObject({
        username: `erased_${member}`,
        is_active: false,
      }),
    );
  });

  test('a tag that ends by itself counts in a kept profile until then, and no longer', async () => {
    /** Looks at a tag of so many milliseconds until it is over; how often it was read from Redis while it lasted. */
    const watchATag = async (milliseconds: number): Promise<number> => {
      const member = await points.aMember();
      const end = new Date(Date.now() + milliseconds);
      const userTagId = 70_000 + member;
      await points.kit.publish(vipGranted, {
        subject: userTagId,
        data: {
          ...(sampleOf('vip.granted.v1').data as FactOf<typeof vipGranted>),
          ...{ userTagId, memberId: member, grantedAt: new Date().toISOString() },
          ...{ expiresAt: end.toISOString(), graceEndsAt: end.toISOString() },
        },
      });
      for (let [keptThen, isKnown] = [0, false]; ; ) {
        const [asked, before] = [new Date(), await hits()];
        const { permission_calculation: calculation } = await points.kit
          .as({ role: 'internal' })
          .ask(contracts.getProfilePermissions, { params: params(member) });
        const isKept = (await hits()) > before;
        isKnown ||= calculation.vip_bonus > 0;
        if (isKnown && new Date() < end) {
          expect(calculation.vip_bonus).toBe(0.1);
          if (isKept) keptThen++;
        }
        if (asked < end) continue;
        expect(calculation.vip_bonus).toBe(0);
        return keptThen;
      }
    };
    let keptThen = await watchATag(2_000);
    // A machine that has other things to do may see nothing in so short a time: it gets a longer one.
    for (let window = 6_000; keptThen === 0 && window < 60_000; window *= 3)
      keptThen = await watchATag(window);
    expect(keptThen).toBeGreaterThan(0);
  });

  test('no decision reads it: what Redis says is there cannot be spent', async () => {
    const member = await points.aMember();
    await points.earn(member, 50);
    await kept(member, () => points.profile(member));
    await profiles().updateOne({ _id: member }, { $inc: { available: -50, total: -50 } });
    expect((await points.profile(member)).available_points).toBe(50);
    expect((await points.spend(member, 50)).status).toBe(409);
    await profiles().updateOne({ _id: member }, { $inc: { available: 50, total: 50 } });
  });

  test('without Redis, and when it is back, writes and reads go on and agree', async () => {
    const member = await points.aMember();
    await kept(member, () => there(member));
    let expected = 0;
    const inTurn = async () => {
      for (let turn = 0; turn < 5; turn++) {
        await points.earn(member, 10);
        expected += 10;
        expect((await there(member)).available_points).toBe(expected);
      }
    };
    await line.cut();
    await inTurn();
    await line.restore();
    await inTurn();
    line.hold();
    await inTurn();
    await line.restore();
    await inTurn();
  });
});

test('without the setting nothing is kept and nothing is asked', async () => {
  const points = await startLedgerKit();
  try {
    const member = await points.aMember();
    await points.earn(member, 5);
    expect((await points.profile(member)).available_points).toBe(5);
    expect(await points.kit.metrics()).not.toContain('answer_cache');
    expect(await points.kit.connection.collection('answer_cache').countDocuments()).toBe(0);
  } finally {
    await points.stop();
  }
});
