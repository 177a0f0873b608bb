/** The projectors behind the archive: over four parts of the tenants and three processes, stopped and failing in between. */
import { getOwnRank, getPointsSummary, getStatsOverview } from '@membership/contracts/endpoints/stats/index';
import { transactionsOf } from '@membership/platform/transaction';
import { DeadlinePassed } from '@membership/platform/transaction-failures';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import {
  eventually,
  startServiceKit,
  type Replica,
  type ServiceKit,
} from '@membership/platform/testing/service-kit';
import { ArchiveRepository } from '../src/archive/archive-repository.ts';
import { build } from '../src/app.ts';
import { readCountable } from '../src/counting/countable.ts';
import { projectorsOf } from '../src/projectors.ts';
import type { Generation, Position } from '../src/projecting/models.ts';
import { PACE } from '../src/projecting/follow-archive.ts';
import { BatchSize } from '../src/projecting/batch-size.ts';
import { partAnew, projectNext, type Follower } from '../src/projecting/project-batch.ts';
import { statsService } from '../src/service.ts';
import { allCounted, earned, tell } from './a-story.ts';

let kit: ServiceKit;
const replicas: Replica[] = [];
/** The figures of this tenant cannot be counted for now, and why. */
let poisoned: { readonly tenantId: number; readonly why: Error } | null = null;
const version: typeof statsService = {
  ...statsService,
  build: (context) =>
    build(context, {
      follow: { pace: { ...PACE, list: 200 } },
      rules: {
        figures: {
          counting: 1,
          read(events) {
            const poison = poisoned;
            if (poison && events.some(({ tenantid }) => tenantid === poison.tenantId)) throw poison.why;
            return readCountable(events);
          },
        },
      },
    }),
};
beforeAll(() => clearOfMidnight('UTC'));
beforeAll(async () => {
  kit = await startServiceKit(version, { PROJECTOR_PARTITIONS: '4' });
  replicas.push(await kit.replica(version), await kit.replica(version));
});
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await kit?.stop();
});

/** One of each part. */
const TENANTS = [2_000, 2_001, 2_002, 2_003];
const told = new Map<number, number>();
async function earnOne(tenantId: number): Promise<void> {
  const sequence = (told.get(tenantId) ?? 0) + 1;
  told.set(tenantId, sequence);
  await tell(kit, earned(7, 1, { tenantId, sequence, balance: sequence }));
}
const all = () => [...told.values()].reduce((sum, events) => sum + events, 0);
const earnedIn = async (tenantId: number) =>
  (await kit.as({ role: 'admin', tenantId }).ask(getPointsSummary, {})).earned;
const scoreIn = async (tenantId: number) =>
  (await kit.as({ role: 'admin', tenantId, userId: 7 }).ask(getOwnRank, { query: { window: 'all' } })).score;
async function expectAllCounted(): Promise<void> {
  await allCounted(kit, all());
  for (const tenantId of TENANTS)
    expect([await earnedIn(tenantId), await scoreIn(tenantId)]).toEqual([
      told.get(tenantId),
      told.get(tenantId),
    ]);
}
const positionsOf = async (projector: string) => {
  const generation = await kit.connection.collection<Generation>('generations').findOne({ projector });
  return kit.connection
    .collection<Position>('positions')
    .find({ generation: generation?._id ?? 0 })
    .sort({ partition: 1 })
    .toArray();
};

test('three processes share four parts, and go on when two of them end', async () => {
  await eventually(async () =>
    expect(await kit.connection.collection('projecting').countDocuments()).toBe(3),
  );
  for (let round = 0; round < 10; round++) for (const tenantId of TENANTS) await earnOne(tenantId);
  await expectAllCounted();
  expect((await positionsOf('figures')).map(({ events }) => events)).toEqual([10, 10, 10, 10]);
  for (const tenantId of TENANTS) await earnOne(tenantId);
  await Promise.all(replicas.splice(0).map((replica) => replica.stop()));
  for (const tenantId of TENANTS) await earnOne(tenantId);
  await expectAllCounted();
});

test('an event that a projector cannot count holds up its own part alone, and is counted once it can be', async () => {
  const [poor = 0, ...others] = TENANTS;
  poisoned = { tenantId: poor, why: new Error('cannot be counted') };
  try {
    const before = await earnedIn(poor);
    for (let round = 0; round < 5; round++) for (const tenantId of TENANTS) await earnOne(tenantId);
    // Archived all the same, on the boards, and the other parts' figures go on.
    await eventually(async () => {
      expect(await kit.connection.collection('archive').countDocuments()).toBe(all());
      expect(await scoreIn(poor)).toBe(told.get(poor));
      for (const tenantId of others) expect(await earnedIn(tenantId)).toBe(told.get(tenantId));
    });
    expect(await earnedIn(poor)).toBe(before);
    await eventually(async () => {
      const metrics = await kit.metrics();
      expect(metrics).toMatch(/projected_total\{projector="figures",outcome="failed",[^}]*\} [1-9]/);
      expect(metrics).toMatch(/projector_lag_seconds\{projector="figures",[^}]*\} 0?[.1-9]/);
      expect(metrics).toMatch(/projector_lag_seconds\{projector="boards",[^}]*\} 0\n/);
    });
  } finally {
    poisoned = null;
  }
  await expectAllCounted();
});

test('a batch that was not counted in time is told as late, not as failed, and is counted after all', async () => {
  const outcomeOf = async (outcome: string) =>
    Number(
      new RegExp(`projected_total\\{projector="figures",outcome="${outcome}",[^}]*\\} (\\d+)`).exec(
        await kit.metrics(),
      )?.[1] ?? 0,
    );
  const failed = await outcomeOf('failed');
  const [tenantId = 0] = TENANTS;
  poisoned = { tenantId, why: new DeadlinePassed() };
  try {
    await earnOne(tenantId);
    await eventually(async () => expect(await outcomeOf('late')).toBeGreaterThan(0));
  } finally {
    poisoned = null;
  }
  await expectAllCounted();
  expect(await outcomeOf('failed')).toBe(failed);
});

test('a changed number of parts goes on where the others were', async () => {
  const { connection } = kit;
  const other = await connection.useDb(connection.name).asPromise();
  const parts = { archive: new ArchiveRepository(other), transactions: transactionsOf(connection, 'stats') };
  const { followers } = projectorsOf(other, {
    partitions: 3,
    rules: { figures: { counting: 1, read: readCountable } },
  });
  for (const tenantId of TENANTS) await earnOne(tenantId);
  for (const follower of followers)
    for (const { _id } of await follower.generations.listPartedOtherwise())
      expect(await partAnew(parts, follower, _id)).toBe(true);
  for (const tenantId of TENANTS) await earnOne(tenantId);
  await expectAllCounted();
  // The service's own number again, by its job.
  await eventually(async () => expect(await positionsOf('boards')).toHaveLength(4));
  for (const tenantId of TENANTS) await earnOne(tenantId);
  await expectAllCounted();
  expect((await positionsOf('figures')).reduce((sum, { events }) => sum + events, 0)).toBe(all());
});

test('parts that are far apart are brought together in batches before they are parted anew, each event counted once', async () => {
  const { connection } = kit;
  const other = await connection.useDb(connection.name).asPromise();
  const parts = { archive: new ArchiveRepository(other), transactions: transactionsOf(connection, 'stats') };
  // Rules that no process counts by: nobody else brings its parts up.
  const rules = { figures: { counting: 2, read: readCountable } };
  const figuresIn = (partitions: number): Follower => {
    const [found] = projectorsOf(other, { partitions, rules }).followers;
    if (found?.projector.name !== 'figures') throw new Error('there is no such projector');
    const { projector } = found;
    return {
      ...found,
      projector: {
        ...projector,
        project(events, into) {
          batches.push(events.length);
          return projector.project(events, into);
        },
      },
    };
  };
  const batches: number[] = [];
  const most = new BatchSize().value;
  while ((told.get(2_001) ?? 0) <= 2 * most)
    await Promise.all(Array.from({ length: 50 }, () => earnOne(2_001)));
  await expectAllCounted();

  const two = figuresIn(2);
  const generation = await parts.transactions.run(({ session }) => two.generations.begin(session));
  const [even] = await two.generations.listPositions([generation]);
  await projectNext(parts, two, even as Position, { size: new BatchSize(), end: await parts.archive.end() });
  batches.splice(0);
  expect(await partAnew(parts, figuresIn(3), generation)).toBe(true);
  // A batch that was quick may have been followed by a larger one.
  expect(Math.max(...batches)).toBeLessThan(2 * most);
  const positions = await two.generations.listPositions([generation]);
  expect(positions.map(({ of }) => of)).toEqual([3, 3, 3]);
  expect(positions.reduce((sum, { events }) => sum + events, 0)).toBe(all());
});

test('who has no figures yet is told zeros', async () => {
  const overview = await kit.as({ role: 'admin', tenantId: 2_999 }).ask(getStatsOverview, {});
  expect(overview).toMatchObject({ points: { issued: 0 }, members: { total: 0 } });
});
