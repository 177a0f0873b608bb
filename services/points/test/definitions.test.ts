/** What movements are decided by stands in memory: no movement asks for it, and every process hears of a change. */
import * as points from '@membership/contracts/endpoints/points/index';
import { tenantUpdated } from '@membership/contracts/events/gateway';
import { eventually, type Replica } from '@membership/platform/testing/service-kit';
import { startLedgerKit, type LedgerKit } from './ledger-kit.ts';

const TENANTS = Array.from({ length: 10 }, (_, index) => 100 + index);
let ledger: LedgerKit;
let second: Replica;
beforeAll(async () => {
  ledger = await startLedgerKit();
  second = await ledger.kit.replica();
});
afterAll(async () => {
  await second?.stop();
  await ledger?.stop();
});

type Operation = { readonly ns: string; readonly op: string; readonly errName?: string };
/** What MongoDB was told to do while `work` ran. */
async function operationsOf(work: () => Promise<unknown>): Promise<Operation[]> {
  const db = ledger.kit.connection.db as NonNullable<typeof ledger.kit.connection.db>;
  await db.command({ profile: 2 });
  await work();
  await db.command({ profile: 0 });
  const profile = db.collection<Operation>('system.profile');
  const seen = await profile.find().toArray();
  await profile.drop();
  return seen.map(({ ns, ...of }) => ({ ...of, ns: ns.slice(ns.indexOf('.') + 1) }));
}
/** Questions to these collections while `work` ran. */
async function questionsTo(names: readonly string[], work: () => Promise<unknown>): Promise<string[]> {
  const seen = await operationsOf(work);
  return seen
    .filter(({ ns, op }) => ['query', 'getmore'].includes(op) && names.includes(ns))
    .map(({ ns }) => ns);
}

test('earnings of many tenants ask for none of their definitions', async () => {
  const members: [number, number][] = [];
  for (const tenantId of TENANTS) {
    await ledger.kit.aTenant({ tenantId });
    members.push([tenantId, await ledger.aMember(tenantId)]);
  }
  const earnAll = () =>
    Promise.all(
      members.map(([tenantId, member]) =>
        ledger.as({ tenantId, role: 'internal' }).ask(points.earnPoints, {
          params: { id: String(member) },
          body: { points_amount: 10, category: 'license' },
        }),
      ),
    );
  await earnAll();
  // A tenant's event may still be on its way through the queue: it makes its definitions to be read once more.
  await eventually(async () => {
    const asked = await questionsTo(
      ['user_levels', 'member_levels', 'award_rules', 'points_settings', 'directory_tenants'],
      earnAll,
    );
    const looks = asked.filter((name) => name === 'points_settings');
    expect(asked.filter((name) => name !== 'points_settings')).toEqual([]);
    // Each process looks once a second, for all tenants.
    expect(looks.length).toBeLessThan(TENANTS.length / 2);
  });
});

test('many change the definitions of one tenant at once, by two processes: none is turned away', async () => {
  const tenantId = await ledger.kit.aTenant();
  const doors = [ledger.kit, second].map((process) => process.as({ tenantId, role: 'admin' }));
  const { items } = await ledger.as({ tenantId, role: 'admin' }).ask(points.listUserLevels, {});
  const [lowest] = items as [(typeof items)[number]];
  const answers = await Promise.all(
    [0, 1, 2].flatMap((index) =>
      doors.flatMap((admin, door) => [
        admin.call(points.updateUserLevel, {
          params: { id: String(lowest.id) },
          body: { level_name: `level ${door} ${index}` },
        }),
        admin.call(points.createRule, {
          body: {
            name: `rule ${door} ${index}`,
            event_type: 'assignment.activated.v1',
            points: 1,
            category: 'manual',
          },
        }),
        admin.call(points.updatePointsSettings, { body: { hold_lifetime_minutes: 10 + index } }),
      ]),
    ),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 201]));
  const rules = await ledger
    .as({ tenantId, role: 'admin' })
    .ask(points.listRules, { query: { page_size: '100' } });
  expect(rules.items.filter(({ name }) => name.startsWith('rule '))).toHaveLength(6);
});

test('in a process they are changed in turn: none is undone because of another', async () => {
  const tenantId = await ledger.kit.aTenant();
  const admin = ledger.as({ tenantId, role: 'admin' });
  const { items } = await admin.ask(points.listUserLevels, {});
  const ids = items.map(({ id }) => String(id));
  const statuses: number[] = [];
  const seen = await operationsOf(async () => {
    const answers = ids.flatMap((id, index) => [
      admin.call(points.updateUserLevel, { params: { id }, body: { level_name: `level ${index}` } }),
      admin.call(points.createRule, {
        body: { name: `rule ${index}`, event_type: 'assignment.activated.v1', points: 1, category: 'manual' },
      }),
      admin.call(points.updatePointsSettings, { body: { hold_lifetime_minutes: 20 + index } }),
    ]);
    statuses.push(...(await Promise.all(answers)).map(({ status }) => status));
  });
  expect(statuses).toEqual(ids.flatMap(() => [200, 201, 200]));
  // All of them write the row of the settings.
  const writes = seen.filter(({ ns, op }) => ns === 'points_settings' && op === 'update');
  expect(writes.length).toBeGreaterThanOrEqual(statuses.length);
  expect(writes.filter(({ errName }) => errName === 'WriteConflict')).toHaveLength(0);
});

describe('another process decides by a change', () => {
  let member: number;
  beforeEach(async () => {
    member = await ledger.aMember();
    await earnBySecond();
  });
  const earnBySecond = (more: Record<string, unknown> = {}) =>
    second.as({ role: 'internal' }).call(points.earnPoints, {
      params: { id: String(member) },
      body: { points_amount: 1_500, category: 'license', ...more },
    });

  test('of settings', async () => {
    await ledger.settings({ daily_limits: { license: 2_000 } });
    await eventually(async () =>
      expect((await earnBySecond()).body.error?.code).toBe('DAILY_LIMIT_EXCEEDED'),
    );
    await ledger.settings({ daily_limits: {} });
    await eventually(async () => expect((await earnBySecond()).status).toBe(200));
  });

  test('of a level', async () => {
    const { items } = await ledger.admin().ask(points.listUserLevels, {});
    const silver = items.find(({ level_code }) => level_code === 'SILVER');
    const reachedBySecond = async () => {
      member = await ledger.aMember();
      return (await earnBySecond()).body.level_change.current_level;
    };
    expect(await reachedBySecond()).toBe('白银会员');
    await ledger.admin().ask(points.updateUserLevel, {
      params: { id: String(silver?.id) },
      body: { min_points: 1_600 },
    });
    await eventually(async () => expect(await reachedBySecond()).toBe('青铜会员'));
  });

  test('of the zone whose days the tenant counts', async () => {
    await ledger.settings({ daily_limits: {} });
    const dayNow = (timeZone: string) =>
      new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(new Date());
    const zone = ['Pacific/Kiritimati', 'Pacific/Pago_Pago'].find(
      (one) => dayNow(one) !== dayNow('Asia/Shanghai'),
    ) as string;
    await ledger.kit.publish(tenantUpdated, {
      tenantId: 1,
      subject: 1,
      data: {
        ...{ tenantId: 1, code: 'tenant-1', name: 'ACME Corp', timezone: zone, locale: 'zh-CN' },
        isActive: true,
      },
    });
    const day = async () => {
      const other = await ledger.aMember();
      await second.as({ role: 'internal' }).ask(points.earnPoints, {
        params: { id: String(other) },
        body: { points_amount: 1, category: 'license' },
      });
      const profile = await ledger.kit.connection
        .collection<{ _id: number; today: { day: string } }>('profiles')
        .findOne({ _id: other });
      return profile?.today.day;
    };
    await eventually(async () => expect(await day()).toBe(dayNow(zone)));
  });
});
