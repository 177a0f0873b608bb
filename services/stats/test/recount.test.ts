/** Figures made anew from the archive, while the old ones serve and the log goes on. */
import { endpointsIn } from '@membership/contracts/endpoint';
import * as stats from '@membership/contracts/endpoints/stats/index';
import { transactionsOf } from '@membership/platform/transaction';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { ArchiveRepository } from '../src/counting/archive-repository.ts';
import { CountersRepository } from '../src/counting/counters-repository.ts';
import { Generations } from '../src/counting/generations.ts';
import type { Generation } from '../src/counting/models.ts';
import { beginRecount, recountBatch, recountWhenDue, type Recounting } from '../src/counting/recount.ts';
import { statsService } from '../src/service.ts';
import { earned, joined, levelDefined, levelled, opened, ordered, tell } from './a-story.ts';

let kit: ServiceKit;
let recounting: Recounting;
let tenants = 500;
beforeAll(() => clearOfMidnight('UTC'));
beforeAll(async () => {
  kit = await startServiceKit(statsService);
  const { connection } = kit;
  // The models of this connection are the service's own; a second set of them would not do.
  const other = await connection.useDb(connection.name).asPromise();
  recounting = {
    archive: new ArchiveRepository(other),
    counters: new CountersRepository(other),
    generations: new Generations(other),
    transactions: transactionsOf(connection, 'stats'),
  };
  // The service's own job has looked once, and comes again when a test says so: it would finish what a test has begun.
  await eventually(async () => {
    const { matchedCount } = await connection
      .collection<{ _id: string }>('leases')
      .updateOne({ _id: 'job:stats-recount', dueAt: { $exists: true } } as never, {
        $set: { dueAt: new Date(Date.now() + 86_400_000) },
      });
    expect(matchedCount).toBe(1);
  });
});
afterAll(() => kit?.stop());

const generations = () => kit.connection.collection<Generation>('generations');
const archived = (tenantId: number) => kit.connection.collection('archive').countDocuments({ tenantId });
const counted = (tenantId: number, events: number) =>
  eventually(async () => expect(await archived(tenantId)).toBe(events));
/** Everything that a tenant's administrator can read without naming anything. */
const reports = endpointsIn(stats).filter(({ kind, path }) => kind === 'object' && !path.includes(':'));
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
  for (let did = 1; did > 0; ) did = await recountBatch(recounting, size);
}

test('a recount gives the same figures, and what comes meanwhile is counted once', async () => {
  const tenantId = ++tenants;
  const story = aStory(tenantId);
  await tell(kit, ...story.slice(0, 40));
  await counted(tenantId, 40);
  const before = await recounting.generations.serving();
  const next = await beginRecount(recounting);
  expect(await beginRecount(recounting)).toBe(next);
  expect(await recountBatch(recounting, 7)).toBe(7);
  await tell(kit, ...story.slice(40), ...story.slice(0, 10));
  await counted(tenantId, story.length);
  const expected = await figures(tenantId);
  expect((await recounting.generations.serving())._id).toBe(before._id);
  await finish(7);
  const after = await recounting.generations.serving();
  expect(after).toMatchObject({ _id: next, counting: expect.any(Number), asOf: expect.any(Date) });
  expect(after.events).toBe(await kit.connection.collection('archive').countDocuments());
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
  await beginRecount(recounting);
  await Promise.all([finish(5), finish(5), finish(3)]);
  expect(await figures(tenantId)).toEqual(expected);
  expect((await recounting.generations.serving()).events).toBe(
    await kit.connection.collection('archive').countDocuments(),
  );
});

test('a version that counts otherwise recounts by itself, and what was replaced is cleared away', async () => {
  const tenantId = ++tenants;
  const story = aStory(tenantId);
  await tell(kit, ...story);
  await counted(tenantId, story.length);
  const expected = await figures(tenantId);
  const { _id: old } = await recounting.generations.serving();
  // As an older version left it: fewer things counted.
  await generations().updateOne({ _id: old }, { $unset: { counting: 1 } });
  await kit.connection.collection('totals').deleteMany({ tenantId });
  expect(await figures(tenantId)).not.toEqual(expected);
  await kit.connection
    .collection<{ _id: string }>('leases')
    .updateOne({ _id: 'job:stats-recount' }, { $unset: { dueAt: 1 } });
  await kit.restart();
  await eventually(async () => {
    const serving = await generations().findOne({ isServing: true });
    expect(serving?._id).toBeGreaterThan(old);
  });
  expect(await figures(tenantId)).toEqual(expected);
  await generations().updateMany({ isServing: false }, { $set: { replacedAt: new Date(0) } });
  const { _id: serving } = (await generations().findOne({ isServing: true })) as Generation;
  const again = await kit.connection.useDb(kit.connection.name).asPromise();
  await recountWhenDue({
    archive: new ArchiveRepository(again),
    counters: new CountersRepository(again),
    generations: new Generations(again),
    transactions: transactionsOf(kit.connection, 'stats'),
  });
  for (const name of ['rows', 'buckets', 'totals'])
    expect(await kit.connection.collection(name).distinct('generation')).toEqual([serving]);
  expect(await generations().countDocuments()).toBe(1);
});
