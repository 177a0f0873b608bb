/**
 * The projectors behind the archive: over four parts of the tenants and three processes, stopped, killed and failing in
 * between; and random stories, held against a count of the test's own.
 */
import fc from 'fast-check';
import mongoose from 'mongoose';
import type { Envelope } from '@membership/contracts/event';
import { getOwnRank, getPointsSummary, getStatsOverview } from '@membership/contracts/endpoints/stats/index';
import { scopeOfJob } from '@membership/platform/scope';
import { transactionsOf } from '@membership/platform/transaction';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import {
  eventually,
  ownDatabase,
  startServiceKit,
  type Replica,
  type ServiceKit,
} from '@membership/platform/testing/service-kit';
import { ArchiveRepository } from '../src/archive/archive-repository.ts';
import { archiveEvents } from '../src/archive/archive-events.ts';
import { build } from '../src/app.ts';
import { readCountable } from '../src/counting/countable.ts';
import { flows } from '../src/counting/figures.ts';
import { projectorsOf } from '../src/projectors.ts';
import type { Generation, Position } from '../src/projecting/models.ts';
import { PACE } from '../src/projecting/follow-archive.ts';
import {
  partAnew,
  projectBatch,
  type Follower,
  type ProjectingParts,
} from '../src/projecting/project-batch.ts';
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
  joined,
  loggedIn,
  reactivated,
  revoked,
  spent,
  takenBack,
  tell,
  withdrawn,
} from './a-story.ts';

let kit: ServiceKit;
const replicas: Replica[] = [];
/** The figures of this tenant cannot be counted for now. */
let poisoned: number | null = null;
const version: typeof statsService = {
  ...statsService,
  build: (context) =>
    build(context, {
      follow: { pace: { ...PACE, list: 200 } },
      figureRules: {
        counting: 1,
        read(events) {
          if (events.some(({ tenantid }) => tenantid === poisoned)) throw new Error('cannot be counted');
          return readCountable(events);
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
  poisoned = poor;
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

test('a changed number of parts goes on where the others were', async () => {
  const { connection } = kit;
  const other = await connection.useDb(connection.name).asPromise();
  const parts = { archive: new ArchiveRepository(other), transactions: transactionsOf(connection, 'stats') };
  const { followers } = projectorsOf(other, {
    partitions: 3,
    figureRules: { counting: 1, read: readCountable },
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

describe('random stories', () => {
  let connection: mongoose.Connection;
  let parts: ProjectingParts;
  let projectors: ReturnType<typeof projectorsOf>;
  let offset = 0;
  let tenants = 0;
  beforeAll(async () => {
    connection = await mongoose.createConnection(ownDatabase('test_stats')).asPromise();
    parts = { archive: new ArchiveRepository(connection), transactions: transactionsOf(connection, 'stats') };
    projectors = projectorsOf(connection, { partitions: 4 });
    await Promise.all(Object.values(connection.models).map((model) => model.init()));
    for (const { generations } of projectors.followers)
      await parts.transactions.run(({ session }) => generations.ensure(session));
  });
  afterAll(async () => {
    await connection?.dropDatabase();
    await connection?.close();
  });

  /** What happens to one thing or another; sequences are given in this order, whatever order it is told in. */
  const act = fc.record({
    tenant: fc.integer({ min: 0, max: 5 }),
    member: fc.integer({ min: 1, max: 3 }),
    what: fc.constantFrom(
      ...(['join', 'leave', 'return', 'login', 'earn', 'spend', 'expire', 'adjust', 'undo'] as const),
      ...(['tag', 'untag', 'assign', 'activate', 'withdraw'] as const),
    ),
    amount: fc.integer({ min: 1, max: 50 }),
  });
  type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;
  const plan = fc.record({
    acts: fc.array(act, { minLength: 1, maxLength: 60 }),
    order: fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
    repeated: fc.array(fc.nat(59), { maxLength: 10 }),
    batches: fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 4, maxLength: 4 }),
    /** Batches after which the process is killed before they commit. */
    kills: fc.array(fc.nat(12), { maxLength: 6 }),
  });

  /** The events of acts, and what they come to: counted here without anything of the service's. */
  function storyOf(acts: readonly Act[], first: number) {
    const sequences = new Map<string, number>();
    const next = (key: string) => {
      sequences.set(key, (sequences.get(key) ?? 0) + 1);
      return sequences.get(key) as number;
    };
    const naive = new Map<number, Naive>();
    const events: Envelope[] = acts.map(({ tenant, member, what, amount }) => {
      const tenantId = first + tenant;
      const has = naive.get(tenantId) ?? naiveStart();
      naive.set(tenantId, has);
      const on = (kind: string) => ({ tenantId, sequence: next(`${tenantId} ${kind} ${member}`) });
      const move = (by: number) => {
        const balance = (has.balances.get(member) ?? 0) + by;
        has.balances.set(member, balance);
        return { ...on('profile'), balance };
      };
      const rise = (metric: 'earned' | 'spent' | 'activations', by: number, whose = member) => {
        const scores = has.scores[metric];
        scores.set(whose, (scores.get(whose) ?? 0) + by);
      };
      if (['login', 'earn', 'spend'].includes(what)) has.active.add(member);
      // Of whoever activates (a-story.ts).
      if (what === 'activate') has.active.add(7);
      switch (what) {
        case 'join':
          has.joined.add(member);
          has.flows.membersJoined++;
          has.members.set(member, true);
          return joined(member, on('member'));
        case 'leave':
          has.flows.membersDeactivated++;
          has.members.set(member, false);
          return deactivated(member, on('member'));
        case 'return':
          has.flows.membersReactivated++;
          has.members.set(member, true);
          return reactivated(member, on('member'));
        case 'login':
          has.flows.logins++;
          return loggedIn(member, on('member'));
        case 'earn':
          has.flows.earned += amount;
          has.flows.records++;
          rise('earned', amount);
          return earned(member, amount, move(amount));
        case 'spend':
          has.flows.spent += amount;
          has.flows.records++;
          rise('spent', amount);
          return spent(member, amount, move(-amount));
        case 'expire':
          has.flows.expired += amount;
          has.flows.records++;
          return expired(member, amount, move(-amount));
        case 'adjust':
          has.flows.earned += amount;
          has.flows.records++;
          rise('earned', amount);
          return adjusted(member, amount, move(amount));
        case 'undo':
          has.flows.earned -= amount;
          has.flows.records++;
          rise('earned', -amount);
          return takenBack(member, amount, move(-amount));
        case 'tag':
          has.flows.vipGranted++;
          has.tags.set(member, true);
          return granted(member, member, on('tag'));
        case 'untag':
          has.tags.set(member, false);
          return revoked(member, member, on('tag'));
        case 'assign':
          has.assignments.set(member, 'assigned');
          return assigned(member, on('assignment'));
        case 'activate':
          has.flows.activations++;
          has.assignments.set(member, 'active');
          rise('activations', 1, 7);
          return activated(member, on('assignment'));
        case 'withdraw':
          has.assignments.set(member, 'revoked');
          return withdrawn(member, on('assignment'));
      }
    });
    return { events, naive };
  }

  type Naive = ReturnType<typeof naiveStart>;
  const naiveStart = () => ({
    flows: Object.fromEntries(flows.map((flow) => [flow, 0])) as Record<(typeof flows)[number], number>,
    members: new Map<number, boolean>(),
    joined: new Set<number>(),
    active: new Set<number>(),
    balances: new Map<number, number>(),
    tags: new Map<number, boolean>(),
    assignments: new Map<number, string>(),
    scores: { earned: new Map(), spent: new Map(), activations: new Map() } as Record<
      'earned' | 'spent' | 'activations',
      Map<number, number>
    >,
  });
  const count = (values: Iterable<unknown>, value: unknown) =>
    [...values].filter((one) => one === value).length;
  const sum = (values: Iterable<number>) => [...values].reduce((total, one) => total + one, 0);
  const board = (scores: ReadonlyMap<number, number>) =>
    [...scores]
      .filter(([, score]) => score > 0)
      .sort(([left, more], [right, less]) => less - more || left - right);
  const expectedOf = ({
    flows: sums,
    members,
    joined: cohort,
    active,
    balances,
    tags,
    assignments,
    scores,
  }: Naive) => ({
    flows: sums,
    standings: {
      members: members.size,
      membersActive: count(members.values(), true),
      outstanding: sum(balances.values()),
      activeVips: count(tags.values(), true),
      assignments: ['assigned', 'active', 'revoked'].map((status) => count(assignments.values(), status)),
    },
    boards: { ...mapped(scores), balance: board(balances) },
    retention: {
      joined: cohort.size,
      active: active.size,
      kept: [...active].filter((one) => cohort.has(one)).length,
    },
  });
  const mapped = (scores: Naive['scores']) => ({
    earned: board(scores.earned),
    spent: board(scores.spent),
    activations: board(scores.activations),
  });

  /** What the service would answer from. */
  async function foundOf(tenantId: number) {
    const scope = scopeOfJob(tenantId, 'stats', 'tests');
    const { figures, boards, retention } = projectors;
    const { _id: generation } = await figures.generations.serving(scope);
    const { _id: ofBoards } = await boards.generations.serving(scope);
    const far = [new Date(0), new Date(8.64e15)] as const;
    const { flows: allTime = {}, standings = {} } =
      (await figures.counters.findTotals(scope, generation)) ?? {};
    const byQuarter = await figures.counters.sumFlows(scope, generation, ...far);
    expect({ ...Object.fromEntries(flows.map((flow) => [flow, 0])), ...allTime }).toEqual(byQuarter);
    const places: Record<string, [number, number][]> = {};
    for (const metric of ['earned', 'spent', 'activations', 'balance'] as const) {
      const of = { metric, window: 'all', period: 'all' } as const;
      const found = await boards.scores.reading(scope, ofBoards, of, async (reading) =>
        reading ? reading.listFrom(null, { skip: 0, limit: 100 }) : [],
      );
      places[metric] = found
        .map(({ memberId, score }): [number, number] => [memberId, score])
        .sort(([left, more], [right, less]) => less - more || left - right);
    }
    const { _id: ofRetention } = await retention.generations.serving(scope);
    // Everything happens on one day.
    const weeks = await retention.activity.findPeriods(scope, ofRetention, 'week', { from: '', to: '9' });
    const [week] = weeks.values();
    expect(weeks.size).toBeLessThan(2);
    const { members = 0, membersActive = 0, outstanding = 0, activeVips = 0, assignments = {} } = standings;
    return {
      flows: byQuarter,
      standings: {
        ...{ members, membersActive, outstanding, activeVips },
        assignments: ['assigned', 'active', 'revoked'].map((status) => assignments[status] ?? 0),
      },
      boards: places,
      retention: { joined: week?.joined ?? 0, active: week?.active ?? 0, kept: week?.kept?.[0] ?? 0 },
    };
  }

  const archive = (events: readonly Envelope[]) =>
    parts.transactions.run(({ session }) =>
      archiveEvents(
        parts.archive,
        events,
        events.map(() => offset++),
        session,
      ),
    );
  /** Counts everything into each generation, in batches of these sizes; before some commit, the process is killed. */
  async function follow(batches: readonly number[], kills: readonly number[] = []): Promise<void> {
    let batch = 0;
    const killedAt = new Set(kills);
    for (const { projector, generations } of projectors.followers) {
      const mortal: Follower = {
        generations,
        projector: {
          ...projector,
          async project(events, into) {
            const done = await projector.project(events, into);
            // Written, not committed: MongoDB undoes what a process leaves that ends here.
            if (killedAt.delete(batch)) throw new Error('killed');
            return done;
          },
        },
      };
      for (const { _id: generation } of await generations.listOwn())
        for (const { _id, partition } of await generations.listPositions([generation]))
          for (let isAll = false; !isAll; batch++) {
            const done = projectBatch(parts, mortal, _id, batches[partition] as number);
            isAll = await done.then(
              (one) => one?.isAll ?? true,
              (error: Error) => {
                expect(error.message).toBe('killed');
                return false;
              },
            );
          }
      for (const { _id } of await generations.listOwn())
        await parts.transactions.run(({ session }) => generations.finish(_id, session));
    }
  }

  test('told in any order, repeated, in parts and with kills: the figures, those made anew and a count of the test’s own are one', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ acts, order, repeated, batches, kills }) => {
        const first = (tenants += 6);
        const { events, naive } = storyOf(acts, first);
        const shuffled = events
          .map((event, index) => ({ event, at: order[index] as number }))
          .sort((left, right) => left.at - right.at)
          .map(({ event }) => event);
        const again = repeated.flatMap((index) => (events[index] ? [events[index]] : []));
        const half = Math.floor(shuffled.length / 2);
        await archive([...shuffled.slice(0, half), ...again]);
        await follow(batches, kills);
        await archive([...again, ...shuffled.slice(half), ...again]);
        await follow(batches, kills);
        const figures = new Map<number, unknown>();
        for (const [tenantId, has] of naive) {
          figures.set(tenantId, await foundOf(tenantId));
          expect(figures.get(tenantId)).toEqual(expectedOf(has));
        }
        for (const { generations } of projectors.followers)
          await parts.transactions.run(({ session }) => generations.beginRecount(session));
        await follow([7, 3, 50, 11]);
        for (const [tenantId, found] of figures) expect(await foundOf(tenantId)).toEqual(found);
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });
});

test('who has no figures yet is told zeros', async () => {
  const overview = await kit.as({ role: 'admin', tenantId: 2_999 }).ask(getStatsOverview, {});
  expect(overview).toMatchObject({ points: { issued: 0 }, members: { total: 0 } });
});
