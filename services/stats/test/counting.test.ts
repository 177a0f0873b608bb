/** The log through a real broker into the numbers: once each, whatever is repeated, reordered, broken or restarted. */
import { randomUUID } from 'node:crypto';
import { getPointsSummary, getStatsOverview } from '@membership/contracts/endpoints/stats/index';
import type { ResultOf } from '@membership/contracts/endpoint';
import { withFailPoints } from '@membership/platform/testing/fail-points';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import {
  eventually,
  ownDatabase,
  startServiceKit,
  type ServiceKit,
} from '@membership/platform/testing/service-kit';
import { ArchiveRepository } from '../src/archive/archive-repository.ts';
import { statsService } from '../src/service.ts';
import {
  activated,
  adjusted,
  allCounted,
  assigned,
  deactivated,
  earned,
  expired,
  granted,
  issued,
  joined,
  loggedIn,
  revoked,
  spent,
  tell,
  withdrawn,
} from './a-story.ts';

let kit: ServiceKit;
/** By which the server knows the connections of this service. */
const appName = `stats-${randomUUID()}`;
let tenants = 100;
const aTenantId = () => ++tenants;
beforeAll(() => clearOfMidnight('UTC'));
beforeAll(async () => {
  const uri = new URL(ownDatabase('stats_counting'));
  uri.searchParams.set('appName', appName);
  kit = await startServiceKit(statsService, { MONGODB_URI: uri.href });
});
afterAll(() => kit.stop());

const overviewOf = (tenantId: number): Promise<ResultOf<typeof getStatsOverview>> =>
  kit.as({ role: 'admin', tenantId }).ask(getStatsOverview, {});
const summaryOf = (tenantId: number): Promise<ResultOf<typeof getPointsSummary>> =>
  kit.as({ role: 'admin', tenantId }).ask(getPointsSummary, {});
/** Everything published so far under this tenant is counted. */
const countedUpTo = (tenantId: number, events: number) => allCounted(kit, events, { tenantId });

test('every sort of number is counted', async () => {
  const tenantId = aTenantId();
  await tell(
    kit,
    joined(7, { tenantId }),
    joined(8, { tenantId }),
    deactivated(8, { tenantId, sequence: 2 }),
    loggedIn(7, { tenantId, sequence: 2 }),
    earned(7, 100, { tenantId, sequence: 2, balance: 100 }),
    earned(8, 50, { tenantId, sequence: 2, balance: 50 }),
    spent(7, 30, { tenantId, sequence: 3, balance: 70 }),
    adjusted(7, 5, { tenantId, sequence: 4, balance: 75 }),
    adjusted(7, -15, { tenantId, sequence: 5, balance: 60 }),
    expired(8, 20, { tenantId, sequence: 3, balance: 30 }),
    granted(1, 7, { tenantId }),
    granted(2, 8, { tenantId }),
    revoked(2, 8, { tenantId, sequence: 2 }),
    issued(1, { tenantId }),
    assigned(5, { tenantId }),
    activated(5, { tenantId, sequence: 2 }),
    assigned(6, { tenantId }),
    withdrawn(6, { tenantId, sequence: 2 }),
  );
  await countedUpTo(tenantId, 18);
  const overview = await overviewOf(tenantId);
  expect(overview).toMatchObject({
    tz: 'UTC',
    members: { total: 2, active: 1 },
    points: { issued: 155, spent: 45, expired: 20, outstanding: 90, records: 6 },
    active_vips: 1,
    licenses: {
      total: 1,
      active: 1,
      revoked: 0,
      expired: 0,
      activations: 1,
      assignments: { total: 2, assigned: 0, active: 1, suspended: 0, revoked: 1, expired: 0 },
    },
    today: {
      new_members: 2,
      logins: 1,
      points_earned: 155,
      points_spent: 45,
      points_expired: 20,
      activations: 1,
      vip_granted: 2,
    },
    yesterday: { new_members: 0, points_earned: 0 },
    change_percent: { new_members: null, points_earned: null },
  });
  expect(Date.parse(overview.as_of ?? '')).toBeGreaterThan(Date.now() - 60_000);
  expect(await summaryOf(tenantId)).toMatchObject({
    earned: 155,
    spent: 45,
    expired: 20,
    net: 90,
    outstanding: 90,
    records: 6,
  });
});

test('an event that stands in the log again is counted once, in one batch or in another', async () => {
  const tenantId = aTenantId();
  const once = earned(7, 100, { tenantId, balance: 100 });
  await tell(kit, once, once, once);
  await countedUpTo(tenantId, 1);
  await tell(kit, once, earned(7, 1, { tenantId, sequence: 2, balance: 101 }));
  await countedUpTo(tenantId, 2);
  expect(await summaryOf(tenantId)).toMatchObject({ earned: 101, outstanding: 101, records: 2 });
});

test('events in any order end the same', async () => {
  const tenantId = aTenantId();
  await tell(
    kit,
    withdrawn(5, { tenantId, sequence: 3 }),
    spent(7, 40, { tenantId, sequence: 3, balance: 60 }),
    deactivated(7, { tenantId, sequence: 2 }),
  );
  await countedUpTo(tenantId, 3);
  await tell(
    kit,
    activated(5, { tenantId, sequence: 2 }),
    earned(7, 100, { tenantId, sequence: 2, balance: 100 }),
    joined(7, { tenantId }),
    assigned(5, { tenantId }),
  );
  await countedUpTo(tenantId, 7);
  expect(await overviewOf(tenantId)).toMatchObject({
    members: { total: 1, active: 0 },
    points: { issued: 100, spent: 40, outstanding: 60 },
    licenses: { activations: 1, assignments: { total: 1, active: 0, revoked: 1 } },
  });
});

test('what is no event, or not what its type says, holds up nothing behind it', async () => {
  const tenantId = aTenantId();
  const broken = {
    ...earned(7, 100, { tenantId, balance: 100 }),
    data: { points: 'many', $where: { 'a\u0000b': 1 } },
  };
  await kit.publishRaw('points.earned.v1', Buffer.from('{not json'));
  await tell(
    kit,
    broken,
    { ...earned(7, 1, { tenantId, balance: 1 }), type: 'comet.seen.v1' },
    earned(7, 10, { tenantId, balance: 10 }),
  );
  await countedUpTo(tenantId, 3);
  expect(await summaryOf(tenantId)).toMatchObject({ earned: 10, outstanding: 10, records: 1 });
  const archived = await kit.connection
    .collection<{ _id: string; text: string }>('archive')
    .findOne({ _id: broken.id });
  expect(JSON.parse(archived?.text ?? '')).toEqual(broken);
  await eventually(async () =>
    expect(await kit.metrics()).toMatch(
      /membership_stats_projected_total\{projector="figures",outcome="unreadable",[^}]*\} 1/,
    ),
  );
});

test('a transaction that runs again tells the metric once of what it archived', async () => {
  const tenantId = aTenantId();
  const archived = async () =>
    Number(
      /membership_stats_events_total\{outcome="archived"[^}]*\} (\d+)/.exec(await kit.metrics())?.[1] ?? 0,
    );
  const before = await archived();
  const append = Reflect.get(ArchiveRepository.prototype, 'append') as ArchiveRepository['append'];
  let attempts = 0;
  ArchiveRepository.prototype.append = function (this: ArchiveRepository, ...given) {
    attempts++;
    return append.apply(this, given);
  };
  const events = [joined(7, { tenantId }), loggedIn(7, { tenantId, sequence: 2 })];
  try {
    const areTried = await withFailPoints(kit.connection, async (fail) => {
      await fail('always', {
        appName,
        failCommands: ['commitTransaction'],
        errorCode: 112,
        errorLabels: ['TransientTransactionError'],
      });
      await tell(kit, ...events);
      // The third begins when two could not be committed.
      await eventually(async () => expect(attempts).toBeGreaterThanOrEqual(3));
    });
    if (!areTried) return;
    await countedUpTo(tenantId, events.length);
  } finally {
    ArchiveRepository.prototype.append = append;
  }
  expect((await archived()) - before).toBe(2);
});

test('a restart goes on where it stopped: nothing twice, nothing missed', async () => {
  const tenantId = aTenantId();
  await tell(kit, earned(7, 100, { tenantId, balance: 100 }));
  await countedUpTo(tenantId, 1);
  const before = await kit.connection.collection('stream_offsets').findOne({});
  await kit.restart(() => tell(kit, earned(7, 11, { tenantId, sequence: 2, balance: 111 })));
  await countedUpTo(tenantId, 2);
  expect(await summaryOf(tenantId)).toMatchObject({ earned: 111, outstanding: 111, records: 2 });
  const after = await kit.connection.collection('stream_offsets').findOne({});
  expect(after?.offset).toBe((before?.offset as number) + 1);
});

test('a log read again from its start changes no number', async () => {
  const tenantId = aTenantId();
  await tell(
    kit,
    earned(7, 100, { tenantId, balance: 100 }),
    granted(1, 7, { tenantId }),
    joined(7, { tenantId }),
  );
  await countedUpTo(tenantId, 3);
  const [overview, summary] = [await overviewOf(tenantId), await summaryOf(tenantId)];
  const offset = (await kit.connection.collection('stream_offsets').findOne({}))?.offset as number;
  await kit.connection.collection('stream_offsets').deleteMany({});
  await kit.restart();
  await eventually(async () =>
    expect((await kit.connection.collection('stream_offsets').findOne({}))?.offset).toBe(offset),
  );
  expect([await overviewOf(tenantId), await summaryOf(tenantId)]).toEqual([overview, summary]);
});

test('many events of many tenants at once add up', async () => {
  const many = Array.from({ length: 5 }, aTenantId);
  const events = many.flatMap((tenantId) =>
    Array.from({ length: 300 }, (_, index) =>
      earned(1 + (index % 10), 2, {
        tenantId,
        sequence: 1 + Math.floor(index / 10),
        balance: 2 * (1 + Math.floor(index / 10)),
      }),
    ),
  );
  await Promise.all(events.map((event) => tell(kit, event)));
  for (const tenantId of many) {
    await countedUpTo(tenantId, 300);
    expect(await summaryOf(tenantId)).toMatchObject({ earned: 600, outstanding: 600, records: 300 });
  }
});
