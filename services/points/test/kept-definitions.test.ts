/** Ladders and benefits that Redis keeps: never older than what was written in any process, and nothing is decided by them. */
import type { Client } from '@membership/contracts/client';
import * as contracts from '@membership/contracts/endpoints/points/index';
import { eventually } from '@membership/platform/testing/eventually';
import { redisLine, type RedisLine } from '@membership/platform/testing/redis-line';
import type { Replica } from '@membership/platform/testing/service-kit';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

const describeWithRedis = process.env.REDIS_URL ? describe : describe.skip;

/** A kind of definition: what an administrator does with one, and how its name is shown by every door that shows it. */
type Kind = {
  readonly make: (admin: Client, number: number) => Promise<string>;
  readonly rename: (admin: Client, id: string, name: string) => Promise<unknown>;
  readonly remove: (admin: Client, id: string) => Promise<unknown>;
  readonly shown: (admin: Client, member: Client, id: string) => Promise<readonly (string | undefined)[]>;
};
const nameOf = async <T>(get: Promise<{ status: number; body: T }>, name: (body: T) => string) => {
  const { status, body } = await get;
  return status === 404 ? undefined : name(body);
};
const kinds: Record<string, Kind> = {
  'user level': {
    make: async (admin, number) => {
      const level_code = `LEVEL_${number}`;
      // Its range is in nobody's way.
      const body = { level_name: level_code, level_code, level_order: 9, min_points: 0, is_active: false };
      return String((await admin.ask(contracts.createUserLevel, { body })).id);
    },
    rename: (admin, id, level_name) =>
      admin.ask(contracts.updateUserLevel, { params: { id }, body: { level_name } }),
    remove: (admin, id) => admin.ask(contracts.deleteUserLevel, { params: { id } }),
    shown: async (_admin, member, id) => [
      (await member.ask(contracts.listUserLevels, {})).items.find((level) => String(level.id) === id)
        ?.level_name,
      await nameOf(member.call(contracts.getUserLevel, { params: { id } }), ({ level_name }) => level_name),
    ],
  },
  'member level': {
    make: async (admin, number) => {
      const body = {
        ...{ level_name: `RANK_${number}`, level_code: `RANK_${number}` },
        required_spent: 90_000 + number,
      };
      return String((await admin.ask(contracts.createMemberLevel, { body })).level_id);
    },
    rename: (admin, id, level_name) =>
      admin.ask(contracts.updateMemberLevel, { params: { id }, body: { level_name } }),
    remove: (admin, id) => admin.ask(contracts.deleteMemberLevel, { params: { id } }),
    shown: async (admin, member, id) => {
      const ladder = (await member.ask(contracts.listMemberLevels, {})).levels;
      const { items } = await admin.ask(contracts.pageMemberLevels, { query: { limit: '100' } });
      return [
        ...[ladder, items].map((each) => each.find(({ level_id }) => String(level_id) === id)?.level_name),
        await nameOf(admin.call(contracts.getMemberLevel, { params: { id } }), ({ data }) => data.level_name),
      ];
    },
  },
  benefit: {
    make: async (admin, number) => {
      const body = {
        ...{ benefit_id: `GIFT_${number}`, benefit_name: `GIFT_${number}`, description: '' },
        benefit_type: 'GIFT' as const,
      };
      return (await admin.ask(contracts.createBenefit, { body })).benefit_id;
    },
    rename: (admin, benefit_id, benefit_name) =>
      admin.ask(contracts.updateBenefit, { params: { benefit_id }, body: { benefit_name } }),
    remove: (admin, benefit_id) => admin.ask(contracts.deleteBenefit, { params: { benefit_id } }),
    shown: async (admin, member, id) => {
      const own = (await member.ask(contracts.listAvailableBenefits, {})).benefits;
      const { items } = await admin.ask(contracts.pageBenefits, { query: { limit: '100' } });
      return [
        ...[own, items].map((each) => each.find(({ benefit_id }) => benefit_id === id)?.benefit_name),
        await nameOf(
          admin.call(contracts.getBenefit, { params: { benefit_id: id } }),
          ({ data }) => data.benefit_name,
        ),
      ];
    },
  },
};

describeWithRedis('with a Redis', () => {
  let line: RedisLine;
  let points: LedgerKit;
  let replica: Replica;
  let member: number;
  let made = 0;
  beforeAll(async () => {
    line = await redisLine();
    points = await startLedgerKit({
      ...{ REDIS_URL: line.url, REDIS_PREFIX: line.prefix, ANSWER_CACHE_SETTLE_SECONDS: '0' },
      ...{ BALANCES_CACHE_SECONDS: '0', LEVELS_CACHE_SECONDS: '222', BENEFITS_CACHE_SECONDS: '111' },
    });
    replica = await points.kit.replica();
    member = await points.aMember();
  });
  afterAll(async () => {
    await replica?.stop();
    await points?.stop();
    await line?.close();
  });

  type Process = Pick<Replica, 'as'>;
  const adminOf = (process: Process) => process.as({ role: 'admin' });
  const shownBy = ({ shown }: Kind, process: Process, id: string) =>
    shown(adminOf(process), process.as({ userId: member }), id);
  const reads = async (kind: string, result: string) =>
    Number(
      new RegExp(`answer_cache_reads_total\\{[^}]*kind="${kind}",result="${result}"[^}]*\\} (\\d+)`).exec(
        await points.kit.metrics(),
      )?.[1] ?? 0,
    );
  const ladder = () => points.kit.as({ userId: member }).ask(contracts.listMemberLevels, {});
  /** Until what is shown comes from Redis. */
  const kept = (kind: 'levels' | 'benefits', read: () => Promise<unknown> = ladder) =>
    eventually(async () => {
      const before = await reads(kind, 'hit');
      await read();
      expect(await reads(kind, 'hit')).toBeGreaterThan(before);
    });
  /** The entry of a list, once there is one. */
  const entry = (end: string) =>
    eventually(async () => {
      const found = (await line.keys()).filter((each) => each.endsWith(end)).at(-1);
      if (found === undefined) throw new Error(`no key ends with ${end}`);
      return `${line.prefix}${found}`;
    });
  /** Writes over an entry, by an expression of Lua about what it holds. */
  const tamper = async (key: string, expression: string) =>
    expect(
      await line.command(
        `EVAL local\tv=redis.call('GET',KEYS[1])return\tredis.call('SET',KEYS[1],${expression},'KEEPTTL') 1 ${key}`,
      ),
    ).toBe('+OK');

  test.each([
    ['levels', ':levels:1=levels', 222, () => adminOf(points.kit).ask(contracts.listUserLevels, {})],
    ['levels', ':levels:1=memberLevels', 222, ladder],
    ['benefits', ':benefits:1=benefits', 111, () => adminOf(points.kit).ask(contracts.pageBenefits, {})],
  ] as const)('%s are read from there, under %s, for as long as is set', async (kind, end, seconds, read) => {
    const shown = await read();
    await kept(kind, read);
    expect(await read()).toEqual(shown);
    const left = Number((await line.command(`PTTL ${await entry(end)}`)).slice(1));
    expect(left).toBeGreaterThan((seconds - 100) * 1_000);
    expect(left).toBeLessThanOrEqual(seconds * 1_000);
  });

  test.each(Object.entries(kinds))(
    'what is done to a %s in one process is shown by every door of the other at once',
    async (_name, kind) => {
      for (let turn = 0; turn < 4; turn++) {
        const [here, there] = turn % 2 === 0 ? [points.kit, replica] : [replica, points.kit];
        const expectShown = async (id: string, name: string | undefined) => {
          // The second time it may come out of Redis.
          for (const process of [there, here, there])
            expect([turn, name, new Set(await shownBy(kind, process, id))]).toEqual([
              turn,
              name,
              new Set([name]),
            ]);
        };
        await shownBy(kind, there, 'NONE');
        const id = await kind.make(adminOf(here), ++made);
        const [name] = await shownBy(kind, here, id);
        expect(name).toEqual(expect.any(String));
        await expectShown(id, name);
        await kind.rename(adminOf(here), id, `New ${made}`);
        await expectShown(id, `New ${made}`);
        await kind.remove(adminOf(here), id);
        await expectShown(id, undefined);
      }
    },
  );

  test.each(Object.entries(kinds))(
    'a %s is kept for its tenant alone, and for who may see it',
    async (_name, kind) => {
      const id = await kind.make(adminOf(points.kit), ++made);
      await kind.rename(adminOf(points.kit), id, 'Ours');
      for (let time = 0; time < 2; time++) {
        expect(new Set(await shownBy(kind, points.kit, id))).toEqual(new Set(['Ours']));
        const other = { tenantId: 2, userId: await points.aMember(2) };
        const shown = await kind.shown(replica.as({ ...other, role: 'admin' }), replica.as(other), id);
        expect(new Set(shown)).toEqual(new Set([undefined]));
      }
      const plain = points.kit.as({ userId: member });
      for (const refused of [contracts.pageMemberLevels, contracts.pageBenefits] as const)
        expect((await plain.call(refused, {})).status).toBe(403);
      await kind.remove(adminOf(points.kit), id);
    },
  );

  test('a new tenant is shown what it begins with, in both processes, and what is made of it', async () => {
    const tenantId = await points.kit.aTenant();
    const names = async (process: Process) =>
      (await process.as({ tenantId, role: 'admin' }).ask(contracts.listUserLevels, {})).items.map(
        ({ level_code }) => level_code,
      );
    expect(await names(points.kit)).toEqual(await names(replica));
    await kinds['user level']?.make(replica.as({ tenantId, role: 'admin' }), 1);
    expect(await names(points.kit)).toContain('LEVEL_1');
  });

  test('what somebody wrote there is shown, and nothing is decided by it', async () => {
    const { levels } = await ladder();
    const [, bronze] = levels;
    if (!bronze) throw new Error('the ladder has one level');
    await kept('levels');
    const key = await entry(':levels:1=memberLevels');
    await tamper(key, `(string.gsub(v,'BRONZE','GOLDEN'))`);
    expect((await ladder()).levels[1]?.level_code).toBe('GOLDEN');
    const admin = adminOf(points.kit);
    // The code that is shown is nobody's, and the one that is taken is still taken.
    const body = { level_name: 'x', level_code: 'BRONZE', required_spent: 71_000 };
    expect((await admin.call(contracts.createMemberLevel, { body })).status).toBe(400);
    const set = await admin.ask(contracts.setMemberLevel, {
      body: { user_id: member, target_level_id: bronze.level_id },
    });
    expect(set.new_level).toBe(bronze.level_name);
    // The level itself cannot be taken away from a benefit by it, either.
    await tamper(key, `(string.gsub(v,'_id','_di'))`);
    const gift = {
      benefit_id: `TAMPERED_${++made}`,
      benefit_name: 'x',
      benefit_type: 'GIFT',
      description: '',
    };
    const define = { ...gift, required_level: bronze.level_id } as const;
    expect(await admin.ask(contracts.createBenefit, { body: define as never })).toMatchObject({
      required_level: bronze.level_id,
    });
    expect((await ladder()).levels).toEqual(levels);
  });

  test('what is broken there is no answer, and is replaced', async () => {
    const { levels } = await ladder();
    await kept('levels');
    const key = await entry(':levels:1=memberLevels');
    for (const broken of [`'broken'`, `string.sub(v,25,-9)`, `''`]) {
      await tamper(key, `string.sub(v,1,24)..${broken}`);
      expect((await ladder()).levels).toEqual(levels);
      await kept('levels');
      expect((await ladder()).levels).toEqual(levels);
    }
    // A document, of nothing.
    await tamper(key, `string.sub(v,1,24)..string.char(5,0,0,0,0)`);
    expect((await ladder()).levels).toEqual(levels);
  });

  test('a ladder of more than 64 KB is shown, and not kept', async () => {
    const tenantId = await points.kit.aTenant();
    const [here, there] = [points.kit, replica].map((process) => process.as({ tenantId, role: 'admin' }));
    const long: string[] = [];
    for (let number = 1; number <= 12; number++) {
      const id = await kinds['user level']?.make(here as Client, number);
      const permissions = { note: '长'.repeat(3_000) };
      const params = { id: String(id) };
      await (here as Client).ask(contracts.updateUserLevel, { params, body: { permissions } });
      const shown = (await (there as Client).ask(contracts.listUserLevels, { query: { page_size: '100' } }))
        .items;
      long.push(String(id));
      expect(shown.filter(({ id }) => long.includes(String(id)))).toHaveLength(number);
    }
    // What was kept while it was shorter goes, and nothing comes in its place.
    const entries = async () =>
      (await line.keys()).filter((key) => key.endsWith(`:levels:${tenantId}=levels`));
    for (const key of await entries()) await line.command(`DEL ${line.prefix}${key}`);
    for (const reader of [here, there]) await (reader as Client).ask(contracts.listUserLevels, {});
    expect(await entries()).toEqual([]);
  });

  test('without Redis, and when it is back, what is written is shown in both', async () => {
    const kind = kinds['member level'] as Kind;
    const inTurn = async () => {
      for (let turn = 0; turn < 3; turn++) {
        const id = await kind.make(adminOf(points.kit), ++made);
        expect(new Set(await shownBy(kind, replica, id))).toEqual(new Set([`RANK_${made}`]));
        await kind.remove(adminOf(replica), id);
        expect(new Set(await shownBy(kind, points.kit, id))).toEqual(new Set([undefined]));
      }
    };
    await line.cut();
    const away = await reads('levels', 'away');
    await inTurn();
    expect(await reads('levels', 'away')).toBeGreaterThan(away);
    await line.restore();
    await inTurn();
    line.hold();
    await inTurn();
    await line.restore();
    await inTurn();
    await kept('levels');
  });
});

describeWithRedis('with a Redis that is to keep none of them', () => {
  test('they are shown from memory, and Redis is asked for none', async () => {
    const line = await redisLine();
    const points = await startLedgerKit({
      ...{ REDIS_URL: line.url, REDIS_PREFIX: line.prefix, ANSWER_CACHE_SETTLE_SECONDS: '0' },
      ...{ LEVELS_CACHE_SECONDS: '0', BENEFITS_CACHE_SECONDS: '0' },
    });
    try {
      const [admin, plain] = [points.admin(), points.kit.as({ userId: await points.aMember() })];
      for (const kind of Object.values(kinds)) {
        const id = await kind.make(admin, 1);
        expect(await kind.shown(admin, plain, id)).not.toContain(undefined);
        await kind.remove(admin, id);
        expect(new Set(await kind.shown(admin, plain, id))).toEqual(new Set([undefined]));
      }
      expect(await points.kit.metrics()).not.toMatch(
        /answer_cache_reads_total\{[^}]*kind="(levels|benefits)"/,
      );
      expect((await line.keys()).filter((key) => /:(levels|benefits):/.test(key))).toEqual([]);
    } finally {
      await points.stop();
      await line.close();
    }
  });
});
