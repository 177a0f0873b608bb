/**
 * Drill: all statistics are counted again from the first event while events go on, with the process killed in between. The
 * recount ends, and the log's reader and the figures that serve go on meanwhile.
 */
import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Client } from '@membership/contracts/client';
import type { Envelope } from '@membership/contracts/event';
import { earnPoints } from '@membership/contracts/endpoints/points/index';
import { createLogger } from '@membership/platform/log';
import { connectMongo, type Connection } from '@membership/platform/mongo';
import { eventually } from '@membership/platform/testing/eventually';
import { TestPublisher } from '@membership/platform/testing/publisher';
import { topologyNames } from '@membership/platform/topology';
import { transactionsOf } from '@membership/platform/transaction';
import { beginRecount } from '../../services/stats/src/projecting/begin-recount.ts';
import { projectorsOf } from '../../services/stats/src/projectors.ts';
import { earned, joined } from '../../services/stats/test/a-story.ts';
import type { Position } from '../../services/stats/src/projecting/models.ts';
import type { Follower } from '../../services/stats/src/projecting/project-batch.ts';
import { PROJECT_DIR } from '../../tools/stack/folders.ts';
import { SERVICES } from '../../tools/stack/service-environment.ts';
import { startPlatformKit, type PlatformKit } from '../platform-kit.ts';

/** So many a second are asked for; a slow machine is told fewer. */
const PER_SECOND = 500;
const HISTORY = Number(process.env.DRILL_EVENTS ?? 20_000);
const TENANTS = [9_001, 9_002, 9_003, 9_004];
const MEMBERS = HISTORY / 20;
/** So many of them may not be archived yet, at any look: those of one second. */
const UNREAD = PER_SECOND;
/** How long is looked at the pace without a recount. */
const WITHOUT_MS = 20_000;
const EVERY_MS = 100;
const LOOK_MS = 500;
const AT_ONCE = 500;
/** A machine that holds fewer than this part of what is asked for is asked for so much of what it can from then on. */
const KEEPS_UP = 0.95;
const LEFT_FREE = 1 / 4;
/** After so long of it, one that still counts no faster than it is told is told half as many, again and again. */
const HALVED_AFTER_MS = 240_000;
/** At what pace events come to be held while all is counted again: at least at this part of the pace that is asked for. */
const PACE_AT_LEAST = 1 / 2;
/** However slow the machine is. */
const PATIENT = { milliseconds: 900_000, every: 200 };

let kit: PlatformKit;
let database: Connection;
let publisher: TestPublisher;
let log: string;
let shop: Client;
let johnId: number;
let followers: readonly Follower[];
beforeAll(async () => {
  kit = await startPlatformKit({ ownDatabase: true });
  const { BUS_PREFIX = '', AMQP_URL = '' } = kit.services.environmentOf('stats');
  // Into the log alone, which statistics read: what happens to these members is nobody else's business.
  log = topologyNames('stats', BUS_PREFIX).log;
  publisher = new TestPublisher(AMQP_URL);
  const logger = createLogger({ service: 'stats', level: 'silent' });
  ({ connection: database } = await connectMongo({ uri: kit.databaseUri('stats'), logger, poolSize: 4 }));
  ({ followers } = projectorsOf(database, { partitions: 1 }));
  shop = await kit.as('admin_acme');
  johnId = await kit.idOf('john_doe');
});
afterAll(async () => {
  await publisher?.close();
  await database?.close();
  await kit?.proveAndStop();
});

type Member = { readonly tenantId: number; readonly memberId: number; sequence: number; earned: number };
/** Everybody, with what was told of them: a naive count beside the statistics. */
const members: readonly Member[] = TENANTS.flatMap((tenantId) =>
  Array.from({ length: MEMBERS }, (_, index) => ({ tenantId, memberId: index + 1, sequence: 0, earned: 0 })),
);
let [made, told] = [0, 0];
async function tell(events: readonly Envelope[]): Promise<void> {
  await Promise.all(
    events.map((event) => publisher.publish('', log, Buffer.from(JSON.stringify(event)), 'application/json')),
  );
  told += events.length;
}
function next(): Envelope {
  const turn = made++;
  const member = members[(turn * 7) % members.length] as Member;
  const { tenantId, memberId } = member;
  const points = 1 + (turn % 9);
  member.earned += points;
  return earned(memberId, points, { tenantId, sequence: ++member.sequence, balance: member.earned });
}
const tellNext = (count: number) => tell(Array.from({ length: count }, next));

/** Of each generation: how many events it has. */
async function eventsOf(all: readonly number[]): Promise<number[]> {
  const found = await database
    .collection<Position>('positions')
    .find({ generation: { $in: [...all] } })
    .toArray();
  return all.map((_id) =>
    found.reduce((sum, { generation, events }) => (generation === _id ? sum + events : sum), 0),
  );
}
const serving = (): Promise<number[]> =>
  Promise.all(followers.map(async ({ generations }) => (await generations.serving({ tenantId: 1 }))._id));
/** How many events the slowest of the figures that serve holds. */
const held = async () => Math.min(...(await eventsOf(await serving())));
/** Events of these tenants at a steady pace, and earnings of a member through the whole platform, until it is ended. */
async function underLoad(): Promise<{ slowTo(pace: number): void; end(): Promise<void> }> {
  let every = EVERY_MS;
  let isOver = false;
  const telling = (async () => {
    for (let due = performance.now(); !isOver; ) {
      await tellNext((PER_SECOND * EVERY_MS) / 1_000);
      // What was missed is not made up for at once.
      due = Math.max(due + every, performance.now() - every);
      await pause(Math.max(0, due - performance.now()));
    }
  })();
  const earning = (async () => {
    while (!isOver) {
      await shop.ask(earnPoints, {
        params: { id: String(johnId) },
        body: { points_amount: 1, category: 'payment' } as never,
      });
      await pause(EVERY_MS);
    }
  })();
  return {
    slowTo: (pace) => void (every = (EVERY_MS * PER_SECOND) / pace),
    async end() {
      isOver = true;
      await Promise.all([telling, earning]);
    },
  };
}

/** How many events of these tenants the log's reader has archived. */
const archived = () => database.collection('archive').countDocuments({ tenantId: { $in: TENANTS } });

/** Looks at how many events a second come to be held by the figures that serve, and how far the reader is behind at most. */
async function watch(): Promise<(name: string) => Promise<{ pace: number; unread: number }>> {
  const [before, begun] = [await held(), performance.now()];
  let [isOver, unread] = [false, 0];
  const looking = (async () => {
    while (!isOver) {
      const toldBefore = told;
      unread = Math.max(unread, toldBefore - (await archived()));
      await pause(LOOK_MS);
    }
  })();
  return async (name) => {
    isOver = true;
    await looking;
    const pace = (1_000 * ((await held()) - before)) / (performance.now() - begun);
    process.stdout.write(
      `     ${name} a recount: ${pace.toFixed(1)} events/s come to be held, at most ${unread} are not archived yet\n`,
    );
    return { pace, unread };
  };
}

/** Verifies a tenant by the command that operators have; what it says, and how it ended. */
async function verify(tenantId: number): Promise<string> {
  const uris = SERVICES.map((name) => [`${name.toUpperCase()}_MONGODB_URI`, kit.databaseUri(name)]);
  const options = { cwd: PROJECT_DIR, env: { ...process.env, ...Object.fromEntries(uris) } };
  return promisify(execFile)(
    process.execPath,
    ['tools/verify-statistics.ts', '--tenant', String(tenantId)],
    options,
  ).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }: { stdout: string; stderr: string }) => `failed: ${stdout}${stderr}`,
  );
}

test(`${HISTORY} events are counted again while ${PER_SECOND} a second are asked for, and one kill: it ends, and nobody waits for it`, async () => {
  for (let from = 0; from < members.length; from += AT_ONCE)
    await tell(
      members.slice(from, from + AT_ONCE).map((one) => joined(one.memberId, { tenantId: one.tenantId })),
    );
  while (told < HISTORY) await tellNext(AT_ONCE);
  const allCounted = (of: readonly number[]) =>
    eventually(async () => {
      expect(await archived()).toBe(told);
      const all = await database.collection('archive').countDocuments();
      expect(await eventsOf(of)).toEqual(of.map(() => all));
    }, PATIENT);
  await allCounted(await serving());

  const transactions = transactionsOf(database, 'stats');
  const load = await underLoad();
  let begun: readonly number[] = [];
  let halving: NodeJS.Timeout | undefined;
  try {
    const without = await watch();
    await pause(WITHOUT_MS);
    const { pace: usual } = await without('without');
    // A recount ends where the machine counts faster than events come: it is left a part of the machine.
    let asked = usual > PER_SECOND * KEEPS_UP ? PER_SECOND : usual * LEFT_FREE;
    load.slowTo(asked);

    const beside = await watch();
    for (const follower of followers)
      begun = [...begun, await beginRecount({ transactions }, follower, { isFromStart: true })];
    await eventually(
      async () => expect(Math.min(...(await eventsOf(begun)))).toBeGreaterThan(HISTORY / 2),
      PATIENT,
    );
    const { pace, unread } = await beside('beside');
    expect(pace).toBeGreaterThan(asked * PACE_AT_LEAST);
    expect(unread).toBeLessThan(UNREAD);

    await kit.services.kill('stats', 'SIGKILL');
    await kit.services.restart('stats');
    // It goes on where it was, and ends though the load does not.
    halving = setInterval(() => load.slowTo((asked /= 2)), HALVED_AFTER_MS);
    await eventually(async () => expect(await serving()).toEqual(begun), PATIENT);
    process.stdout.write(`     it ended while ${asked.toFixed(1)} events/s were told\n`);
  } finally {
    clearInterval(halving);
    await load.end();
  }
  await allCounted(begun);

  const [figures = 0, boards = 0, retention = 0, liability = 0] = begun;
  for (const tenantId of TENANTS) {
    const own = members.filter((one) => one.tenantId === tenantId);
    const points = own.reduce((sum, one) => sum + one.earned, 0);
    const of = (name: string, generation: number, filter = {}) =>
      database
        .collection(name)
        .find({ tenantId, generation, ...filter })
        .toArray();
    expect(await of('totals', figures)).toMatchObject([
      { standings: { members: MEMBERS, outstanding: points } },
    ]);
    for (const board of ['earned:all:all', 'balance:all:all']) {
      const scores = await of('scores', boards, { board });
      expect(new Map(scores.map(({ memberId, score }) => [memberId as number, score as number]))).toEqual(
        new Map(own.map(({ memberId, earned: sum }) => [memberId, sum])),
      );
    }
    expect(await of('retention_members', retention, { joined: { $ne: null } })).toHaveLength(MEMBERS);
    expect(await of('liability', liability, { by: 'all' })).toMatchObject([{ sums: { moved: points } }]);
  }
  const ofJohn = { memberId: johnId, tenantId: { $nin: TENANTS } };
  const about = await database.collection<{ tenantId: number }>('archive').findOne(ofJohn);
  await eventually(async () => expect(await verify(about?.tenantId ?? 0)).toMatch(/all adds up/), PATIENT);
});
