/** Two versions that count otherwise, over the same stores and under traffic: updated, rolled back, deployed again. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Envelope, EventDefinition } from '@membership/contracts/event';
import {
  getMembersRetention,
  getPointsLiability,
  getPointsSummary,
  listLeaderboard,
} from '@membership/contracts/endpoints/stats/index';
import { memberCreated } from '@membership/contracts/events/gateway';
import { pointsSpent } from '@membership/contracts/events/points';
import { transactionsOf } from '@membership/platform/transaction';
import {
  eventually,
  startServiceKit,
  type Replica,
  type ServiceKit,
} from '@membership/platform/testing/service-kit';
import { build } from '../src/app.ts';
import type { ClosedMonth } from '../src/archive/months.ts';
import { readScores } from '../src/boards/scores.ts';
import { readCountable } from '../src/counting/countable.ts';
import { readLotFacts } from '../src/liability/lot-facts.ts';
import { beginRecount } from '../src/projecting/begin-recount.ts';
import type { Generation, Position } from '../src/projecting/models.ts';
import { projectorsOf, type Rules } from '../src/projectors.ts';
import { readActivity } from '../src/retention/activity.ts';
import { statsService } from '../src/service.ts';
import { earned, joined, spent, tell } from './a-story.ts';

/** The older one counts nothing that is spent, and nobody who joins. */
const without =
  ({ type: left }: EventDefinition) =>
  (events: readonly Envelope[]) =>
    events.filter(({ type }) => type !== left);
const [withoutSpent, withoutJoined] = [without(pointsSpent), without(memberCreated)];
const older: Required<Rules> = {
  figures: { counting: 1_001, read: (events) => readCountable(withoutSpent(events)) },
  boards: { counting: 1_001, read: (events) => readScores(withoutSpent(events)) },
  retention: { counting: 1_001, read: (events) => readActivity(withoutJoined(events)) },
  liability: { counting: 1_001, read: (events) => readLotFacts(withoutSpent(events)) },
};
const newer: Required<Rules> = {
  figures: { counting: 1_002, read: readCountable },
  boards: { counting: 1_002, read: readScores },
  retention: { counting: 1_002, read: readActivity },
  liability: { counting: 1_002, read: readLotFacts },
};
const projectors = Object.keys(newer);
/** Months are closed by it. */
let now = new Date('2026-05-20T12:00:00Z');
const versionOf = (rules: Rules): typeof statsService => ({
  ...statsService,
  build: (context) =>
    build(context, { rules, tendMilliseconds: 1_000, baseMilliseconds: 1_000, now: () => now }),
});

/** However slow the machine is. */
const PATIENCE = { milliseconds: 120_000 };
const TRAFFIC_PAUSE_MS = 20;
const tenantId = 700;
let kit: ServiceKit;
beforeAll(async () => {
  kit = await startServiceKit(versionOf(older));
});
const replicas: Replica[] = [];
async function deploy(rules: Rules): Promise<Replica> {
  const replica = await kit.replica(versionOf(rules));
  replicas.push(replica);
  return replica;
}
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await kit.stop();
});

/** Everything that was told, added up without the service. */
const told = { earned: 0, spent: 0, records: 0, joined: 0, sequence: 0 };
async function tellMore(): Promise<void> {
  const sequence = ++told.sequence;
  const balance = 1_000 + sequence;
  if (sequence % 5 === 0) await tell(kit, joined(1 + ++told.joined, { tenantId }));
  if (sequence % 3 === 0) {
    told.spent += 2;
    await tell(kit, spent(1, 2, { tenantId, sequence, balance }));
  } else {
    told.earned += 5;
    await tell(kit, earned(1, 5, { tenantId, sequence, balance }));
  }
  told.records++;
}
/** Events come all along: no faster than they are counted, as more of them show nothing else. */
async function underTraffic<T>(work: () => Promise<T>): Promise<T> {
  let isOver = false;
  const traffic = (async () => {
    while (!isOver) {
      await tellMore();
      await pause(TRAFFIC_PAUSE_MS);
    }
  })();
  try {
    return await work();
  } finally {
    isOver = true;
    await traffic;
  }
}
type Asked = Pick<ServiceKit, 'as'>;
/** What a version answers, of each projector. */
async function answersOf(asked: Asked) {
  const admin = asked.as({ role: 'admin', tenantId });
  const { earned: sum, spent: less, records } = await admin.ask(getPointsSummary, {});
  const { items } = await admin.ask(listLeaderboard, { query: { metric: 'spent', window: 'all' } });
  const { cohorts } = await admin.ask(getMembersRetention, { query: {} });
  const { outstanding } = await admin.ask(getPointsLiability, {});
  return {
    figures: { earned: sum, spent: less, records },
    boards: items.map(({ score }) => score),
    retention: cohorts.reduce((members, cohort) => members + cohort.members, 0),
    liability: outstanding.points,
  };
}
const expectOlder = (asked: Asked) =>
  eventually(async () =>
    expect(await answersOf(asked)).toEqual({
      figures: { earned: told.earned, spent: 0, records: told.records - told.spent / 2 },
      ...{ boards: [], retention: 0, liability: told.earned },
    }),
  );
const expectNewer = (asked: Asked) =>
  eventually(async () =>
    expect(await answersOf(asked)).toEqual({
      figures: { earned: told.earned, spent: told.spent, records: told.records },
      ...{ boards: [told.spent], retention: told.joined, liability: told.earned - told.spent },
    }),
  );
/** Its generations hold the archive for the first time. */
const isWhole = ({ figures: { counting } }: Required<Rules>) =>
  eventually(async () => {
    const whole = { counting, projector: { $in: projectors }, wholeAt: { $exists: true } };
    expect(await kit.connection.collection<Generation>('generations').countDocuments(whole)).toBe(
      projectors.length,
    );
  });

test('each counts into generations of its own, and whichever reads the log, neither has a hole', async () => {
  for (let events = 0; events < 20; events++) await tellMore();
  await expectOlder(kit);

  // A rolling update: the older one reads the log, the newer one makes its figures of the archive.
  const update = await underTraffic(async () => {
    const started = await deploy(newer);
    await isWhole(newer);
    return started;
  });
  await expectNewer(update);
  await expectOlder(kit);

  // The older one goes for a while: the newer one reads the log. Then it comes back.
  await kit.restart(async () => {
    const before = told.records;
    await underTraffic(() =>
      eventually(async () => expect((await answersOf(update)).figures.records).toBeGreaterThan(before)),
    );
    await expectNewer(update);
  });
  await expectOlder(kit);
  await expectNewer(update);

  // The roll-back: only the older one is left.
  await underTraffic(() => update.stop());
  await expectOlder(kit);

  // Deployed again: it goes on where it was.
  const again = await underTraffic(() => deploy(newer));
  await expectNewer(again);
  await expectOlder(kit);

  const generations = await kit.connection.collection<Generation>('generations').find().toArray();
  for (const name of projectors)
    expect(generations.filter(({ projector }) => projector === name).map(({ counting }) => counting)).toEqual(
      [1_001, 1_002],
    );
  expect(generations).toHaveLength(2 * projectors.length);
  const archived = await kit.connection.collection('archive').countDocuments();
  const positions = await kit.connection.collection<Position>('positions').find().toArray();
  expect(positions.map(({ events }) => events)).toEqual(generations.map(() => archived));

  // A month is over: each has base figures of its own rules, and counts again from those.
  now = new Date('2026-06-02T12:00:00Z');
  const month = await eventually(async () => {
    const found = await kit.connection.collection('archive_months').findOne({ after: '2026-04' });
    expect(found).not.toBeNull();
    return found as unknown as ClosedMonth;
  });
  await tellMore();
  const other = await kit.connection.useDb(kit.connection.name).asPromise();
  const transactions = transactionsOf(other, 'stats');
  for (const rules of [older, newer])
    for (const follower of projectorsOf(other, { partitions: 1, rules }).followers) {
      await eventually(
        async () =>
          expect(await follower.bases.listPositions()).toMatchObject([
            { countedTo: month.to, events: archived },
          ]),
        PATIENCE,
      );
      const begun = await beginRecount({ transactions }, follower);
      await eventually(async () => {
        const [serving] = await follower.generations.listOwn();
        expect(serving).toMatchObject({ _id: begun, basedOn: archived, wholeAt: expect.any(Date) });
      }, PATIENCE);
    }
  await expectOlder(kit);
  await expectNewer(again);
});
