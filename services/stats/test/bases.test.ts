/** Months of the archive close into base figures, and a recount starts from those. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import mongoose from 'mongoose';
import { endpointsIn } from '@membership/contracts/endpoint';
import * as stats from '@membership/contracts/endpoints/stats/index';
import { memberCreated, memberErased } from '@membership/contracts/events/gateway';
import { eraseDueTenants, rememberErased } from '@membership/platform/erased-tenants';
import { transactionsOf } from '@membership/platform/transaction';
import { clearOfMidnight } from '@membership/platform/testing/midnight';
import { eventually, startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { ArchiveRepository } from '../src/archive/archive-repository.ts';
import type { ArchivedEvent } from '../src/archive/models.ts';
import type { ClosedMonth } from '../src/archive/months.ts';
import { MonthsRepository } from '../src/archive/months-repository.ts';
import { build } from '../src/app.ts';
import { eraseArchived } from '../src/erasures/erase-archived.ts';
import { beginRecount } from '../src/projecting/begin-recount.ts';
import { PACE } from '../src/projecting/follow-archive.ts';
import type { Generation, Position } from '../src/projecting/models.ts';
import type { Follower } from '../src/projecting/project-batch.ts';
import { copyFigures } from '../src/projecting/stored-figures.ts';
import { projectorsOf } from '../src/projectors.ts';
import { statsService } from '../src/service.ts';
import { allCounted, earned, joined, opened, ordered, spent, tell } from './a-story.ts';

/** However slow the machine is. */
const PATIENCE = { milliseconds: 120_000 };
let kit: ServiceKit;
let archive: ArchiveRepository;
let months: MonthsRepository;
let transactions: ReturnType<typeof transactionsOf>;
let followers: readonly Follower[];
/** Months are closed by it. */
let now = new Date('2026-03-15T12:00:00Z');
let tenants = 3_000;
let told = 0;

/** Another process of the service's version, which also lives while the service does not. */
let other: mongoose.Connection;
beforeAll(() => clearOfMidnight('UTC'));
beforeAll(async () => {
  kit = await startServiceKit(
    {
      ...statsService,
      build: (context) =>
        build(context, {
          follow: { pace: { ...PACE, list: 100 } },
          baseMilliseconds: 200,
          now: () => now,
        }),
    },
    { PROJECTOR_PARTITIONS: '2' },
  );
  other = await mongoose
    .createConnection(process.env.MONGODB_URI as string, {
      ...{ dbName: kit.connection.name, autoIndex: false, autoCreate: false },
    })
    .asPromise();
  archive = new ArchiveRepository(other);
  months = new MonthsRepository(other, archive);
  transactions = transactionsOf(other, 'stats');
  ({ followers } = projectorsOf(other, { partitions: 2 }));
});
afterAll(async () => {
  await other?.close();
  await kit?.stop();
});

const monthsOf = () => other.collection<ClosedMonth>('archive_months').find().sort({ _id: 1 }).toArray();
const generations = () => other.collection<Generation>('generations');
async function tellAll(...events: Parameters<typeof tell>[1][]): Promise<void> {
  await tell(kit, ...events);
  await allCounted(kit, (told += events.length));
}
const aStory = (tenantId: number) =>
  Array.from({ length: 8 }, (_, index) => index + 1).flatMap((id) => [
    joined(id, { tenantId }),
    opened(id, 1, { tenantId }),
    earned(id, 10 * id, { tenantId, sequence: 2, balance: 10 * id }),
    ordered(id, 60_000 + id, { tenantId, sequence: 3 }),
  ]);
const reports = endpointsIn(stats).filter(
  ({ kind, path }) => kind === 'object' && !path.startsWith('/api/v1/stats/events/'),
);
/** Every figure that a tenant's administrator can read without naming anything. */
async function figures(tenantId: number) {
  const answers: Record<string, unknown> = {};
  for (const report of reports) {
    const answer = await kit.as({ role: 'admin', tenantId }).ask(report as typeof stats.getStatsOverview, {});
    answers[report.path] = { ...answer, as_of: null };
  }
  return answers;
}
/** The clock moves into the next month; its base figures are counted. */
async function close(): Promise<ClosedMonth> {
  const [before] = (await monthsOf()).slice(-1);
  now = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 15));
  return eventually(async () => {
    const [closed] = (await monthsOf()).slice(-1);
    expect(closed?.after).toBe(before?._id);
    for (const { bases } of followers)
      expect((await bases.listPositions()).map(({ countedTo }) => countedTo)).toEqual(
        Array.from({ length: 2 }, () => closed?.to),
      );
    return closed as ClosedMonth;
  }, PATIENCE);
}
const basesHold = async () =>
  Promise.all(
    followers.map(async ({ bases }) =>
      (await bases.listPositions()).reduce((sum, { events }) => sum + events, 0),
    ),
  );
async function recount(isFromStart = false): Promise<Generation[]> {
  const begun: number[] = [];
  for (const follower of followers)
    begun.push(await beginRecount({ transactions }, follower, { isFromStart }));
  return serving(begun);
}
const serving = (begun: readonly number[]) =>
  eventually(async () => {
    const made = await generations()
      .find({ _id: { $in: [...begun] } })
      .toArray();
    expect(made.map(({ wholeAt }) => wholeAt)).toEqual(begun.map(() => expect.any(Date)));
    return made;
  }, PATIENCE);

/** The command that counts again; what it says once it has ended. */
function command(...options: readonly string[]) {
  const uri = new URL(process.env.MONGODB_URI as string);
  uri.pathname = `/${kit.connection.name}`;
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../src/recount.ts', import.meta.url)), ...options],
    {
      env: { ...process.env, MONGODB_URI: uri.href, PROJECTOR_PARTITIONS: '2' },
    },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return {
    child,
    ended: new Promise<string>((done) => child.on('close', () => done(output))),
  };
}

test('a new service begins with a month that holds nothing, and counts none of it', async () => {
  expect(await monthsOf()).toMatchObject([{ _id: '2026-02', after: null, from: 0, to: 0 }]);
  expect(await generations().countDocuments({ projector: /base/ })).toBe(0);
});

test('a month closes at a position; what is late belongs to the next one; a recount counts what is behind', async () => {
  const tenantId = ++tenants;
  const story = aStory(tenantId);
  await tellAll(...story);
  // The first day of the next month: it is not closed yet.
  expect(await months.close(new Date('2026-04-01T23:59:00Z'))).toMatchObject({ _id: '2026-02' });
  const march = await close();
  expect(march).toMatchObject({ _id: '2026-03', from: 0, to: await archive.end() });
  expect(await basesHold()).toEqual(followers.map(() => told));
  const late = earned(1, 5, { tenantId, sequence: 4, balance: 15, time: '2026-03-20T12:00:00Z' });
  await tellAll(late, spent(2, 3, { tenantId, sequence: 4, balance: 17 }));
  const archived = await other.collection<ArchivedEvent>('archive').findOne({ _id: late.id });
  expect(archived?.position).toBeGreaterThan(march.to);
  expect(await basesHold()).toEqual(followers.map(() => told - 2));

  const before = await figures(tenantId);
  const made = await recount();
  expect(made.map(({ basedOn }) => basedOn)).toEqual(followers.map(() => told - 2));
  expect(await figures(tenantId)).toEqual(before);
  // Figures that were made from base figures go on like any others, and so do those.
  await tellAll(earned(3, 7, { tenantId, sequence: 4, balance: 37 }));
  expect(await figures(tenantId)).not.toEqual(before);
  const april = await close();
  expect(april).toMatchObject({ _id: '2026-04', after: '2026-03', from: march.to });
  expect(await basesHold()).toEqual(followers.map(() => told));
  const metrics = await kit.metrics();
  for (const { projector } of followers)
    expect(metrics).toMatch(
      new RegExp(`membership_stats_base_events_total\\{projector="${projector.name}"[^}]*\\} ${told}\\n`),
    );
});

test('of many that close a month at once one does, and a clock that is behind closes none', async () => {
  const before = await monthsOf();
  const later = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 3, 15));
  const closed = await Promise.all(Array.from({ length: 8 }, () => months.close(later)));
  expect(new Set(closed.map(({ _id }) => _id))).toEqual(new Set(['2026-07']));
  expect(await months.close(now)).toMatchObject({ _id: '2026-07' });
  // Three months in which it did not run are one.
  expect((await monthsOf()).slice(before.length)).toMatchObject([{ _id: '2026-07', after: '2026-04' }]);
  now = later;
});

test('a recount that is broken off while it copies goes on in the service, and base figures stand still until then', async () => {
  const tenantId = ++tenants;
  await tellAll(...aStory(tenantId));
  await close();
  const expected = await figures(tenantId);
  const begun: number[] = [];
  await kit.restart(async () => {
    for (const follower of followers) {
      begun.push(await beginRecount({ transactions }, follower));
      // Begun twice, it is found.
      expect(await beginRecount({ transactions }, follower)).toBe(begun.at(-1));
      const fromStart = beginRecount({ transactions }, follower, { isFromStart: true });
      await expect(fromStart).rejects.toThrow('is under way');
      expect(await follower.bases.copyNext(transactions)).toBe(true);
      expect(await follower.bases.listPositions()).toMatchObject([
        { heldFor: begun.at(-1) },
        { heldFor: begun.at(-1) },
      ]);
    }
    now = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 15));
  });
  await serving(begun);
  expect(await figures(tenantId)).toEqual(expected);
  await eventually(async () => {
    const [newest] = (await monthsOf()).slice(-1);
    for (const { bases } of followers)
      for (const { heldFor, countedTo } of await bases.listPositions())
        expect([heldFor, countedTo]).toEqual([undefined, newest?.to]);
  }, PATIENCE);
});

test('who copies late overwrites nothing that was counted since', async () => {
  const [base] = await generations().find({ projector: 'figures.base' }).toArray();
  const { _id: made = 0 } =
    (await generations().findOne({ projector: 'figures', replacedAt: { $exists: false } })) ?? {};
  const tenantId = tenants;
  await tellAll(earned(1, 9, { tenantId, sequence: 4, balance: 19 }));
  const expected = await figures(tenantId);
  for (const collection of ['rows', 'buckets', 'totals', 'groups'])
    expect(
      await copyFigures(other, collection, { from: base?._id as number, to: made, after: null }),
    ).toBeNull();
  expect(await figures(tenantId)).toEqual(expected);
});

test('counted from the first event, base figures are made anew, too', async () => {
  const tenantId = ++tenants;
  await tellAll(...aStory(tenantId));
  const expected = await figures(tenantId);
  // Somebody has written into them: a recount that starts from them would believe it.
  const [before] = await generations().find({ projector: 'figures.base' }).toArray();
  const totals = other.collection<{ _id: string }>('totals');
  const ofTenant = { _id: `${before?._id}/${tenants - 1}` };
  expect((await totals.updateOne(ofTenant, { $inc: { 'flows.earned': 1 } })).matchedCount).toBe(1);
  const made = await recount(true);
  expect(made.map(({ basedOn }) => basedOn)).toEqual(followers.map(() => undefined));
  expect(await figures(tenantId)).toEqual(expected);
  await close();
  expect(await basesHold()).toEqual(followers.map(() => told));
  await eventually(async () => {
    expect(await generations().countDocuments({ projector: /[.]gone$/ })).toBe(0);
    expect(await totals.countDocuments(ofTenant)).toBe(0);
  });
  await recount();
  expect(await figures(tenantId)).toEqual(expected);
});

test('by the command, also when it is killed: the service goes on with what it began', async () => {
  const tenantId = ++tenants;
  await tellAll(...aStory(tenantId));
  const expected = await figures(tenantId);
  const [newest] = await generations().find().sort({ _id: -1 }).limit(1).toArray();
  const killed = command();
  await eventually(
    async () =>
      expect(await generations().countDocuments({ _id: { $gt: newest?._id as number } })).not.toBe(0),
    PATIENCE,
  );
  killed.child.kill('SIGKILL');
  await killed.ended;
  const unfinished = { wholeAt: { $exists: false }, projector: { $not: /[.](base|gone)$/ } };
  await eventually(async () => expect(await generations().find(unfinished).toArray()).toEqual([]), PATIENCE);
  expect(await figures(tenantId)).toEqual(expected);
  expect(await command().ended).toMatch(
    /^\d+ events counted again behind base figures of \d+: generations (\d+, ){3}\d+ serve\n$/,
  );
  expect(await figures(tenantId)).toEqual(expected);
  expect(await command('--from-start').ended).toMatch(
    new RegExp(`^${told} events counted again: generations (\\d+, ){3}\\d+ serve\n$`),
  );
  expect(await figures(tenantId)).toEqual(expected);
});

test('tenants parted otherwise are parted anew in base figures; those of rules by which nobody counts go', async () => {
  await generations().insertOne({ _id: 9_000, projector: 'boards.base', counting: 0, partitions: 1 });
  await other.collection<{ _id: string }>('scores').insertOne({ _id: '9000/1:all' });
  const [own] = await generations().find({ projector: 'liability.base' }).toArray();
  const positions = other.collection<Position>('positions');
  const [first, second] = (await positions.find({ generation: own?._id as number }).toArray()) as [
    Position,
    Position,
  ];
  // As an installation with one part left it.
  await positions.deleteOne({ _id: second._id });
  await positions.updateOne(
    { _id: first._id },
    { $set: { partition: 0, of: 1, events: first.events + second.events } },
  );
  await generations().updateOne({ _id: own?._id as number }, { $set: { partitions: 1 } });
  await tellAll(...aStory(++tenants));
  const expected = await figures(tenants);
  await close();
  expect(await basesHold()).toEqual(followers.map(() => told));
  await recount();
  expect(await figures(tenants)).toEqual(expected);
  await eventually(async () => {
    expect(await generations().countDocuments({ _id: 9_000 })).toBe(0);
    expect(await other.collection('scores').countDocuments({ generation: { $exists: false } })).toBe(0);
  });
});

test('an erased member’s name leaves base figures before their month is closed', async () => {
  const tenantId = ++tenants;
  const named = (name: string) => ({
    ...{ memberId: 5, username: name, email: `${name}@example.com`, displayName: name },
    ...{ role: 'member' as const, isActive: true, externalId: null, joinedAt: new Date().toISOString() },
  });
  await kit.publish(memberCreated, { tenantId, subject: 5, sequence: 1, data: named('jane') });
  await allCounted(kit, ++told);
  await close();
  const [base] = await generations().find({ projector: 'figures.base' }).toArray();
  const nameIn = async () =>
    (
      await other
        .collection<{ _id: string; state: { displayName: string } }>('rows')
        .findOne({ _id: `${base?._id}/${tenantId}:member:5` })
    )?.state.displayName;
  expect(await nameIn()).toBe('jane');
  await kit.publish(memberErased, { tenantId, subject: 5, sequence: 2, data: named('erased:5') });
  await allCounted(kit, ++told);
  await eraseArchived(kit.connection, new AbortController().signal, new Date());
  expect(await nameIn()).toBe('erased:5');
});

test('while events keep coming a recount from base figures ends and holds every one, and the log is read on', async () => {
  const tenantId = ++tenants;
  await tellAll(...aStory(tenantId));
  await close();
  const traffic = { told: 0, isOver: false };
  const all = other.collection('archive');
  const telling = (async () => {
    while (!traffic.isOver) {
      const events = Array.from({ length: 10 }, () => {
        const sequence = ++traffic.told;
        return earned(20, 1, { tenantId, sequence, balance: sequence });
      });
      await Promise.all(events.map((event) => tell(kit, event)));
      // As fast as the log is read, which a recount must not hold up: however slow the machine is.
      await eventually(async () => expect(await all.countDocuments()).toBe(told + traffic.told), PATIENCE);
    }
  })();
  try {
    await eventually(async () => expect(await all.countDocuments()).toBeGreaterThan(told + 50));
    const before = await all.countDocuments();
    const made = await recount();
    expect(made.map(({ basedOn }) => basedOn)).toEqual(followers.map(() => told));
    await eventually(async () => expect(await all.countDocuments()).toBeGreaterThan(before));
  } finally {
    traffic.isOver = true;
    await telling;
  }
  await allCounted(kit, (told += traffic.told));
  const scores = await kit
    .as({ role: 'admin', tenantId, userId: 20 })
    .ask(stats.getOwnRank, { query: { window: 'all' } });
  expect(scores.score).toBe(traffic.told);
  const expected = await figures(tenantId);
  await recount(true);
  expect(await figures(tenantId)).toEqual(expected);
});

test('a tenant that is erased while base figures are copied leaves nothing there, in the copy or in the archive; others’ figures are whole', async () => {
  const [leaving, staying] = [++tenants, ++tenants];
  await tellAll(...aStory(leaving), ...aStory(staying));
  await close();
  const expected = await figures(staying);
  const collections = followers.flatMap(({ projector }) => projector.collections);
  const left = async () => {
    const counts = await Promise.all(
      [...collections, 'archive'].map((name) => other.collection(name).countDocuments({ tenantId: leaving })),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const look = (hours: number) =>
    eraseDueTenants(other, {
      now: new Date(Date.now() + hours * 3_600_000),
      transactions,
      signal: new AbortController().signal,
      logger: kit.running.logger,
    });
  const begun: number[] = [];
  await kit.restart(async () => {
    for (const follower of followers) begun.push(await beginRecount({ transactions }, follower));
    for (const { bases } of followers) await bases.copyNext(transactions);
    // A step of the copy has read this before it was removed, and writes it afterwards.
    const [made] = begun as [number];
    const read = await other
      .collection<{ _id: string; generation: number }>('rows')
      .find({ tenantId: leaving, generation: { $lt: made } })
      .toArray();
    await transactions.run(({ session }) => rememberErased(other, leaving, session));
    await look(0);
    expect(await left()).toBe(0);
    const written = new Map(read.map((row) => [row._id.replace(/^\d+/, String(made)), row]));
    await other.collection<{ _id: string }>('rows').bulkWrite(
      [...written].map(([_id, row]) => ({
        replaceOne: { filter: { _id }, replacement: { ...row, _id, generation: made }, upsert: true },
      })),
    );
    expect(await left()).toBe(written.size);
  });
  await serving(begun);
  await look(25);
  expect(await left()).toBe(0);
  expect(await figures(staying)).toEqual(expected);
  await recount(true);
  expect(await left()).toBe(0);
  expect(await figures(staying)).toEqual(expected);
});
