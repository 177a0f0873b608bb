/** Figures made anew from the archive, while the old ones serve and the log goes on. */
import { setTimeout as delay } from 'node:timers/promises';
import { endpointsIn } from '@membership/contracts/endpoint';
import * as stats from '@membership/contracts/endpoints/stats/index';
import { transactionsOf } from '@membership/platform/transaction';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { ArchiveRepository, placeArchive } from '../src/archive/archive-repository.ts';
import type { ArchivedEvent } from '../src/archive/models.ts';
import { build } from '../src/app.ts';
import { beginRecount } from '../src/projecting/begin-recount.ts';
import { projectorsOf } from '../src/projectors.ts';
import { OutlivedGenerations } from '../src/projecting/generations.ts';
import type { Generation, Position } from '../src/projecting/models.ts';
import { PACE } from '../src/projecting/follow-archive.ts';
import { projectBatch, type Follower } from '../src/projecting/project-batch.ts';
import { tendGenerations } from '../src/projecting/tend-generations.ts';
import { statsService } from '../src/service.ts';
import { allCounted, earned, joined, levelDefined, levelled, opened, ordered, tell } from './a-story.ts';

let kit: ServiceKit;
let parts: Parameters<typeof tendGenerations>[0];
let followers: readonly Follower[];
let tenants = 500;
/** What is made anew is left to the test, which does it step by step. */
let leavesRecounts = true;

async function prepare(): Promise<void> {
  const { connection } = kit;
  // The models of this connection are the service's own; a second set of them would not do.
  const other = await connection.useDb(connection.name).asPromise();
  parts = {
    archive: new ArchiveRepository(other),
    transactions: transactionsOf(connection, 'stats'),
    outlived: new OutlivedGenerations(other),
  };
  ({ followers } = projectorsOf(other, { partitions: 1 }));
}
beforeAll(() => clearOfMidnight('UTC'));
beforeAll(async () => {
  kit = await startServiceKit({
    ...statsService,
    // Generations are tended by the test.
    build: (context) =>
      build(context, {
        ...{ tendMilliseconds: 3_600_000, follow: { leavesRecounts, pace: { ...PACE, list: 100 } } },
      }),
  });
  await prepare();
});
afterAll(() => kit?.stop());

/** However slow the machine is. */
const PATIENCE = { milliseconds: 120_000 };
const generations = () => kit.connection.collection<Generation>('generations');
const archive = () => kit.connection.collection<ArchivedEvent>('archive');
const counted = (tenantId: number, events: number) => allCounted(kit, events, { tenantId });
/** Every figure that a tenant's administrator can read without naming anything; the audit trail is none. */
const reports = endpointsIn(stats).filter(
  ({ kind, path }) => kind === 'object' && !path.startsWith('/api/v1/stats/events/'),
);
async function figures(tenantId: number, asked = reports) {
  const admin = kit.as({ role: 'admin', tenantId });
  const answers: Record<string, unknown> = {};
  for (const report of asked) {
    const { as_of: _newest, ...rest } = (await admin.ask(report as typeof stats.getStatsOverview, {})) as {
      as_of: string | null;
    };
    answers[report.path] = rest;
  }
  return answers;
}
const aStory = (tenantId: number) => [
  levelDefined(1, '注册会员', 0, { tenantId }),
  levelDefined(2, '铜牌会员', 50_000, { tenantId }),
  ...Array.from({ length: 12 }, (_, index) => index + 1).flatMap((id) => [
    joined(id, { tenantId }),
    opened(id, 1, { tenantId }),
    earned(id, 10 * id, { tenantId, sequence: 2, balance: 10 * id }),
    ordered(id, 60_000 + id, { tenantId, sequence: 3 }),
    levelled(id, 1, 2, { tenantId, sequence: 4 }),
  ]),
];
/** Everything is begun anew: returns the numbers of the generations, by projector. */
async function begin(): Promise<number[]> {
  const begun: number[] = [];
  for (const follower of followers) begun.push(await beginRecount(parts, follower));
  return begun;
}
const partsOf = (generation: number) =>
  kit.connection.collection<Position>('positions').find({ generation }).toArray();
/** One batch of each; returns how many events there were. */
async function step(begun: readonly number[], size: number): Promise<number> {
  let events = 0;
  for (const [index, generation] of begun.entries())
    for (const part of await partsOf(generation)) {
      const follower = followers[index] as Follower;
      const done = await projectBatch(parts, follower, part, size);
      events += done?.events ?? 0;
      if (done?.isAll)
        await parts.transactions.run(({ session }) => follower.generations.finish(generation, session));
    }
  return events;
}
async function finish(begun: readonly number[], size: number): Promise<void> {
  while ((await step(begun, size)) > 0);
}
const serving = async () =>
  Promise.all(followers.map(async ({ generations: of }) => (await of.serving({ tenantId: 1 }))._id));
const eventsOf = async (generation: number) =>
  (await partsOf(generation)).reduce((sum, { events }) => sum + events, 0);

test('a recount gives the same figures, and what comes meanwhile is counted once', async () => {
  const tenantId = ++tenants;
  const story = aStory(tenantId);
  await tell(kit, ...story.slice(0, 40));
  await counted(tenantId, 40);
  const before = await serving();
  const next = await begin();
  expect(await begin()).toEqual(next);
  expect(await step(next, 7)).toBe(7 * followers.length);
  await tell(kit, ...story.slice(40), ...story.slice(0, 10));
  await counted(tenantId, story.length);
  const expected = await figures(tenantId);
  expect(await serving()).toEqual(before);
  await finish(next, 7);
  expect(await serving()).toEqual(next);
  for (const generation of next) expect(await eventsOf(generation)).toBe(await archive().countDocuments());
  expect(await figures(tenantId)).toEqual(expected);
  await tell(kit, earned(1, 5, { tenantId, sequence: 5, balance: 15 }));
  await counted(tenantId, story.length + 1);
  expect(await figures(tenantId)).not.toEqual(expected);
});

test('two that recount at once count every event once', async () => {
  const tenantId = ++tenants;
  const story = aStory(tenantId);
  await tell(kit, ...story);
  await counted(tenantId, story.length);
  const expected = await figures(tenantId);
  const next = await begin();
  await Promise.all([finish(next, 5), finish(next, 5), finish(next, 3)]);
  expect(await serving()).toEqual(next);
  expect(await figures(tenantId)).toEqual(expected);
  for (const generation of next) expect(await eventsOf(generation)).toBe(await archive().countDocuments());
});

test('a recount ends while events keep coming, and holds every one', async () => {
  leavesRecounts = false;
  await kit.restart();
  await prepare();
  const tenantId = ++tenants;
  const traffic = { told: 0, isOver: false };
  const telling = (async () => {
    while (!traffic.isOver) {
      const events = Array.from({ length: 50 }, () =>
        earned(1, 1, { tenantId, sequence: ++traffic.told, balance: traffic.told }),
      );
      await Promise.all(events.map((event) => tell(kit, event)));
      // 500 a second, as far as the machine can: so that it is not the test that keeps the figures behind.
      await delay(100);
    }
  })();
  const next: number[] = [];
  try {
    await eventually(async () => expect(await archive().countDocuments({ tenantId })).toBeGreaterThan(200));
    next.push(...(await begin()));
    await eventually(async () => expect(await serving()).toEqual(next), PATIENCE);
  } finally {
    traffic.isOver = true;
    await telling;
    leavesRecounts = true;
  }
  await counted(tenantId, traffic.told);
  for (const generation of next) expect(await eventsOf(generation)).toBe(await archive().countDocuments());
  const { told } = traffic;
  expect((await figures(tenantId))[stats.getPointsSummary.path]).toMatchObject({
    earned: told,
    outstanding: told,
    records: told,
  });
});

test('what serves goes on while what is made anew is held up, of which one projector’s batch is in memory at a time', async () => {
  leavesRecounts = false;
  await kit.restart();
  await prepare();
  const tenantId = ++tenants;
  const story = aStory(tenantId);
  await tell(kit, ...story);
  await counted(tenantId, story.length);
  const before = await serving();
  const nextAfter = Reflect.get(ArchiveRepository.prototype, 'nextAfter') as ArchiveRepository['nextAfter'];
  const waiting = Promise.withResolvers<void>();
  let held = 0;
  ArchiveRepository.prototype.nextAfter = async function (place, asked) {
    if (place.countedTo === 0) {
      held++;
      await waiting.promise;
    }
    return nextAfter.call(this, place, asked);
  };
  const next: number[] = [];
  try {
    next.push(...(await begin()));
    await eventually(async () => expect(held).toBe(1));
    await tell(kit, earned(1, 5, { tenantId, sequence: 5, balance: 15 }));
    await counted(tenantId, story.length + 1);
    expect(await serving()).toEqual(before);
    expect(held).toBe(1);
  } finally {
    ArchiveRepository.prototype.nextAfter = nextAfter;
    waiting.resolve();
    leavesRecounts = true;
  }
  await eventually(async () => expect(await serving()).toEqual(next), PATIENCE);
});

test('positions are unique, in the order of the log, and those of a log read again come after', async () => {
  const tenantId = ++tenants;
  const story = aStory(tenantId);
  await tell(kit, ...story);
  await counted(tenantId, story.length);
  await kit.connection.collection('stream_offsets').deleteMany({});
  await kit.restart();
  await prepare();
  const late = earned(1, 5, { tenantId, sequence: 5, balance: 15 });
  await tell(kit, late);
  await counted(tenantId, story.length + 1);
  const all = await archive().find().sort({ position: 1 }).toArray();
  expect(new Set(all.map(({ position }) => position)).size).toBe(all.length);
  const own = all.filter((one) => one.tenantId === tenantId).map(({ _id }) => _id);
  expect(own).toEqual([...story, late].map(({ id }) => id));
});

test('what versions without positions left: archived events get theirs, figures are made anew, theirs serve until then', async () => {
  const tenantId = ++tenants;
  const story = aStory(tenantId);
  await tell(kit, ...story);
  await counted(tenantId, story.length);
  const expected = await figures(tenantId);
  // As a version left it that counted all together, and knew no positions. In this order: no generation counts on while events
  // lose theirs, and the service begins one only when none is counted by a position that is given once more. The head stays:
  // positions that a running process has seen are never given again.
  const [old] = (await serving()) as [number];
  const events = await eventsOf(old);
  await kit.connection.collection('positions').deleteMany({});
  const { position: _before, ...late } = (await archive().findOneAndDelete({
    _id: story[3]?.id as string,
  })) as ArchivedEvent;
  await archive().updateMany({}, { $unset: { position: 1 } });
  await generations().deleteMany({ _id: { $ne: old }, replacedAt: { $exists: false } });
  await generations().updateOne(
    { _id: old },
    { $set: { isServing: true, counting: 5 }, $unset: { projector: 1, wholeAt: 1, seenAt: 1 } },
  );
  // Boards of such a version have the number of its figures, these have not; it counted neither retention nor liability.
  const known = reports.filter(({ path }) => !/leaderboards|active|retention|liability|breakage/.test(path));
  for (const [path, served] of Object.entries(await figures(tenantId, known)))
    expect(served).toEqual(expected[path]);
  await placeArchive.run(kit.connection, new AbortController().signal);
  // One that such a version archives beside this one.
  await archive().insertOne(late);
  while ((await tendGenerations(parts, followers)) > 0);
  const made = (
    await generations()
      .find({ projector: { $exists: true }, replacedAt: { $exists: false } })
      .sort({ _id: 1 })
      .toArray()
  ).map(({ _id }) => _id);
  await finish(made, 50);
  // The service counts those as well where nothing else serves, and may be the one that ends them.
  await eventually(async () => expect(await serving()).toEqual(made), PATIENCE);
  expect(Math.min(...made)).toBeGreaterThan(old);
  for (const generation of made) expect(await eventsOf(generation)).toBe(events);
  expect(await figures(tenantId)).toEqual(expected);
  const placed = await archive().find({ tenantId }).sort({ position: 1 }).toArray();
  expect(new Set(placed.map(({ position }) => position)).size).toBe(story.length);
  expect(placed.at(-1)?._id).toBe(story[3]?.id);
  // Read on: the reader's next entry comes after those.
  await tell(kit, earned(1, 5, { tenantId, sequence: 5, balance: 15 }));
  await counted(tenantId, story.length + 1);
  expect((await figures(tenantId))[stats.getPointsSummary.path]).toMatchObject({
    outstanding: 785,
    records: 13,
  });
  // An hour later it is replaced, and a minute after that its figures are cleared away.
  await generations().updateMany({}, { $set: { wholeAt: new Date(0) } });
  await tendGenerations(parts, followers);
  await tendGenerations(parts, followers, new Date(Date.now() + 120_000));
  for (const name of ['rows', 'buckets', 'totals'])
    expect(await kit.connection.collection(name).distinct('generation')).toEqual([made[0]]);
  expect(await generations().countDocuments()).toBe(followers.length);
});
