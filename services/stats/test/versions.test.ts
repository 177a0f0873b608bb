/** Two versions that count otherwise, over the same stores and under traffic: updated, rolled back, deployed again. */
import { getPointsSummary } from '@membership/contracts/endpoints/stats/index';
import { pointsSpent } from '@membership/contracts/events/points';
import {
  eventually,
  startServiceKit,
  type Replica,
  type ServiceKit,
} from '@membership/platform/testing/service-kit';
import { build } from '../src/app.ts';
import type { Rules } from '../src/counting/generations.ts';
import type { Generation } from '../src/counting/models.ts';
import { readCountable } from '../src/counting/tally.ts';
import { statsService } from '../src/service.ts';
import { earned, spent, tell } from './a-story.ts';

/** The older one counts nothing that is spent. */
const older: Rules = {
  counting: 1_001,
  read: (events) => readCountable(events.filter(({ type }) => type !== pointsSpent.type)),
};
const newer: Rules = { counting: 1_002, read: readCountable };
const versionOf = (rules: Rules): typeof statsService => ({
  ...statsService,
  build: (context) => build(context, { rules, countMilliseconds: 1_000 }),
});

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
const told = { earned: 0, spent: 0, records: 0, sequence: 0 };
async function tellMore(): Promise<void> {
  const sequence = ++told.sequence;
  const balance = 1_000 + sequence;
  if (sequence % 3 === 0) {
    told.spent += 2;
    await tell(kit, spent(1, 2, { tenantId, sequence, balance }));
  } else {
    told.earned += 5;
    await tell(kit, earned(1, 5, { tenantId, sequence, balance }));
  }
  told.records++;
}
/** Events come all along. */
async function underTraffic<T>(work: () => Promise<T>): Promise<T> {
  let isOver = false;
  const traffic = (async () => {
    while (!isOver) await tellMore();
  })();
  try {
    return await work();
  } finally {
    isOver = true;
    await traffic;
  }
}
type Asked = Pick<ServiceKit, 'as'>;
const summaryOf = (asked: Asked) => asked.as({ role: 'admin', tenantId }).ask(getPointsSummary, {});
const expectOlder = (asked: Asked) =>
  eventually(async () =>
    expect(await summaryOf(asked)).toMatchObject({
      earned: told.earned,
      spent: 0,
      records: told.records - told.spent / 2,
    }),
  );
const expectNewer = (asked: Asked) =>
  eventually(async () =>
    expect(await summaryOf(asked)).toMatchObject({
      earned: told.earned,
      spent: told.spent,
      records: told.records,
    }),
  );
/** Its generation holds the archive for the first time. */
const isWhole = ({ counting }: Rules) =>
  eventually(async () => {
    const found = await kit.connection
      .collection<Generation>('generations')
      .findOne({ counting, wholeAt: { $exists: true } });
    expect(found).not.toBeNull();
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
      eventually(async () => expect((await summaryOf(update)).records).toBeGreaterThan(before)),
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
  expect(new Set(generations.map(({ counting }) => counting))).toEqual(new Set([1_001, 1_002]));
  expect(generations).toHaveLength(2);
  const archived = await kit.connection.collection('archive').countDocuments();
  for (const { events } of generations) expect(events).toBe(archived);
});
