/** Figures made anew from the archive, while the old ones serve and the log goes on. */
import { endpointsIn } from '@membership/contracts/endpoint';
import * as stats from '@membership/contracts/endpoints/stats/index';
import { transactionsOf } from '@membership/platform/transaction';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { ArchiveRepository, placeArchive } from '../src/counting/archive-repository.ts';
import {
  beginRecount,
  countArchive,
  countWhenDue,
  type CountingParts,
} from '../src/counting/count-archive.ts';
import { CountersRepository } from '../src/counting/counters-repository.ts';
import { COUNTING, Generations } from '../src/counting/generations.ts';
import type { ArchivedEvent, Generation } from '../src/counting/models.ts';
import { statsService } from '../src/service.ts';
import { earned, joined, levelDefined, levelled, opened, ordered, tell } from './a-story.ts';

let kit: ServiceKit;
let parts: CountingParts;
let tenants = 500;

/** What the job works with; the service's own would finish what a test has begun. */
async function prepare(): Promise<void> {
  const { connection } = kit;
  // The models of this connection are the service's own; a second set of them would not do.
  const other = await connection.useDb(connection.name).asPromise();
  parts = {
    archive: new ArchiveRepository(other),
    counters: new CountersRepository(other),
    generations: new Generations(other),
    transactions: transactionsOf(connection, 'stats'),
  };
  await eventually(async () => {
    const { matchedCount } = await connection
      .collection<{ _id: string }>('leases')
      .updateOne({ _id: `job:stats-count-${COUNTING}`, dueAt: { $exists: true } } as never, {
        $set: { dueAt: new Date(Date.now() + 86_400_000) },
      });
    expect(matchedCount).toBe(1);
  });
}
beforeAll(() => clearOfMidnight('UTC'));
beforeAll(async () => {
  kit = await startServiceKit(statsService);
  await prepare();
});
afterAll(() => kit?.stop());

/** However slow the machine is. */
const PATIENCE = { milliseconds: 120_000 };
const generations = () => kit.connection.collection<Generation>('generations');
const archive = () => kit.connection.collection<ArchivedEvent>('archive');
const counted = (tenantId: number, events: number) =>
  eventually(async () => expect(await archive().countDocuments({ tenantId })).toBe(events));
/** Every figure that a tenant's administrator can read without naming anything; the audit trail is none. */
const reports = endpointsIn(stats).filter(
  ({ kind, path }) => kind === 'object' && !path.startsWith('/api/v1/stats/events/'),
);
async function figures(tenantId: number) {
  const admin = kit.as({ role: 'admin', tenantId });
  const answers: Record<string, unknown> = {};
  for (const report of reports) {
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
async function finish(size: number) {
  for (let did = 1; did > 0; ) did = await countArchive(parts, size);
}

test('a recount gives the same figures, and what comes meanwhile is counted once', async () => {
  const tenantId = ++tenants;
  const story = aStory(tenantId);
  await tell(kit, ...story.slice(0, 40));
  await counted(tenantId, 40);
  const before = await parts.generations.serving();
  const next = await beginRecount(parts);
  expect(await beginRecount(parts)).toBe(next);
  expect(await countArchive(parts, 7)).toBe(7);
  await tell(kit, ...story.slice(40), ...story.slice(0, 10));
  await counted(tenantId, story.length);
  const expected = await figures(tenantId);
  expect((await parts.generations.serving())._id).toBe(before._id);
  await finish(7);
  const after = await parts.generations.serving();
  expect(after).toMatchObject({ _id: next, counting: COUNTING, asOf: expect.any(Date) });
  expect(after.events).toBe(await archive().countDocuments());
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
  await beginRecount(parts);
  await Promise.all([finish(5), finish(5), finish(3)]);
  expect(await figures(tenantId)).toEqual(expected);
  expect((await parts.generations.serving()).events).toBe(await archive().countDocuments());
});

test('a recount ends while events keep coming, and holds every one', async () => {
  const tenantId = ++tenants;
  const traffic = { told: 0, isOver: false };
  const telling = (async () => {
    while (!traffic.isOver)
      await tell(
        kit,
        ...Array.from({ length: 20 }, () =>
          earned(1, 1, { tenantId, sequence: ++traffic.told, balance: traffic.told }),
        ),
      );
  })();
  try {
    await eventually(async () => expect(await archive().countDocuments({ tenantId })).toBeGreaterThan(40));
    const next = await beginRecount(parts);
    await eventually(async () => {
      await countArchive(parts, 50);
      expect((await parts.generations.serving())._id).toBe(next);
    }, PATIENCE);
  } finally {
    traffic.isOver = true;
    await telling;
  }
  await counted(tenantId, traffic.told);
  const { told } = traffic;
  expect((await figures(tenantId))[stats.getPointsSummary.path]).toMatchObject({
    earned: told,
    outstanding: told,
    records: told,
  });
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
  const { _id: old, events } = await parts.generations.serving();
  await generations().updateOne(
    { _id: old },
    { $set: { isServing: true }, $unset: { countedTo: 1, wholeAt: 1, seenAt: 1 } },
  );
  await archive().updateMany({}, { $unset: { position: 1 } });
  await kit.connection.collection('archive_head').deleteMany({});
  expect(await figures(tenantId)).toEqual(expected);
  await placeArchive.run(kit.connection, new AbortController().signal);
  // One that such a version archives beside this one.
  await archive().updateOne({ _id: story[3]?.id as string }, { $unset: { position: 1 } });
  for (let did = 1; did > 0; ) did = await countWhenDue(parts);
  const serving = await parts.generations.serving();
  expect(serving._id).toBeGreaterThan(old);
  expect(serving.events).toBe(events);
  expect(await figures(tenantId)).toEqual(expected);
  const placed = await archive().find({ tenantId }).sort({ position: 1 }).toArray();
  expect(new Set(placed.map(({ position }) => position)).size).toBe(story.length);
  expect(placed.at(-1)?._id).toBe(story[3]?.id);
  // Read on: the reader's next entry comes after those.
  await tell(kit, earned(1, 5, { tenantId, sequence: 5, balance: 15 }));
  await counted(tenantId, story.length + 1);
  await countWhenDue(parts);
  expect((await figures(tenantId))[stats.getPointsSummary.path]).toMatchObject({
    outstanding: 785,
    records: 13,
  });
  // An hour later it is replaced, and a minute after that its figures are cleared away.
  await generations().updateMany({}, { $set: { wholeAt: new Date(0) } });
  await countWhenDue(parts);
  await countWhenDue(parts, new Date(Date.now() + 120_000));
  for (const name of ['rows', 'buckets', 'totals'])
    expect(await kit.connection.collection(name).distinct('generation')).toEqual([serving._id]);
  expect(await generations().countDocuments()).toBe(1);
});
