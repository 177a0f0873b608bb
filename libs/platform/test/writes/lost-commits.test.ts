/** Commits whose fate the network hides: each effect once, and the truth in the answer. */
import { setTimeout as pause } from 'node:timers/promises';
import { toRefusal } from '@membership/platform/http/to-refusal';
import { isStoreAway } from '@membership/platform/store-outage';
import { transactionsOf } from '@membership/platform/transaction';
import { CommitUnknown, DeadlinePassed } from '@membership/platform/transaction-failures';
import { eventually } from '@membership/platform/testing/eventually';
import { scopeOf, until, WritesKit } from './kit.ts';
import type { Loss, LossyLine } from './lossy-line.ts';

let kit: WritesKit;
beforeAll(async () => {
  kit = await WritesKit.start();
});
afterAll(() => kit.stop());

/** Longer than the driver looks for a server: what it says of the commit then, it says without a label. */
const AWAY_MS = 700;
const losses: Loss[] = ['answer', 'commit'];
/** The server comes back so long after the loss, however long the work before it takes. */
async function restored(line: LossyLine): Promise<void> {
  await eventually(() => expect(line.commits).toBeGreaterThan(0), { milliseconds: 60_000 });
  await pause(AWAY_MS);
  line.restore();
}

test.each(losses)('a lone write whose %s is lost is done once, and says so', async (loss) => {
  const { line, connection } = await kit.line();
  const to = `lone-${loss}`;
  let begun = 0;
  let after = 0;
  line.loseNext(loss);
  const isBack = restored(line);
  const value = await transactionsOf(connection, 'points').run(
    async (unit) => {
      begun++;
      unit.afterCommit(() => after++);
      await kit.add(connection, to, unit);
      return 'done';
    },
    { deadline: until(60_000) },
  );
  await isBack;
  expect([value, begun, after, await kit.times(to)]).toEqual(['done', 1, 1, 1]);
});

test.each(losses)('a batch of 64 without keys whose %s is lost is done once, each item', async (loss) => {
  const { line, connection } = await kit.line();
  const group = kit.group(connection);
  const names = Array.from({ length: 64 }, (_, index) => `batch-${loss}-${index}`);
  line.loseNext(loss);
  const isBack = restored(line);
  const deadline = until(60_000);
  const settled = await Promise.all(
    names.map((to) => group.submit({ scope: scopeOf(), command: { to }, deadline })),
  );
  await isBack;
  expect(settled).toEqual(names.map((outcome) => ({ outcome })));
  expect(await Promise.all(names.map((to) => kit.times(to)))).toEqual(names.map(() => 1));
});

test.each([
  ['for a moment', 0],
  ['for longer than the driver looks for it', AWAY_MS],
])(
  'many writes that lose the server %s are refused as in an outage, none of them done',
  async (how, milliseconds) => {
    const { line, connection } = await kit.line();
    // The server does not learn at once that the transaction is over: nothing else writes the same.
    const to = `cut off ${how}`;
    const counters = connection.collection<{ _id: string; times: number }>('counters');
    const error = await transactionsOf(connection, 'points')
      .run(
        async (unit) => {
          await kit.add(connection, to, unit);
          line.takeDown();
          await pause(milliseconds);
          const add = { filter: { _id: to }, update: { $inc: { times: 1 } } };
          await counters.bulkWrite([{ updateOne: add }, { updateOne: add }], { session: unit.session });
        },
        { deadline: until(10_000), attempts: 1 },
      )
      .catch((one: unknown) => one);
    expect([isStoreAway(error), toRefusal(error).code]).toEqual([true, 'SYS_002']);
    line.restore();
    expect(await kit.times(to)).toBe(0);
  },
);

test('a commit that the server has undone is run again', async () => {
  const { line, connection } = await kit.line();
  let begun = 0;
  let session: unknown;
  line.loseNext('commit');
  const running = transactionsOf(connection, 'points').run(
    async (unit) => {
      begun++;
      session = unit.session.id;
      await kit.add(connection, 'undone', unit);
    },
    { deadline: until(10_000) },
  );
  // As when the server that knew of it is gone.
  await eventually(() => expect(line.commits).toBe(1));
  await kit.connection.db?.admin().command({ killSessions: [session] });
  line.restore();
  await running;
  expect([begun, await kit.times('undone')]).toEqual([2, 1]);
});

test('a commit of which nothing is heard in time is unknown, and is not run again', async () => {
  const { line, connection } = await kit.line();
  let begun = 0;
  const started = performance.now();
  line.loseNext('answer');
  const running = transactionsOf(connection, 'points').run(
    async (unit) => {
      begun++;
      await kit.add(connection, 'unknown', unit);
    },
    { deadline: until(500) },
  );
  await expect(running).rejects.toBeInstanceOf(CommitUnknown);
  expect(performance.now() - started).toBeLessThan(8_000);
  line.restore();
  await pause(300);
  expect([begun, await kit.times('unknown')]).toEqual([1, 1]);
});

test('what hangs is refused in time, and is not applied afterwards', async () => {
  const { line, connection } = await kit.line();
  const running = transactionsOf(connection, 'points').run(
    async (unit) => {
      await kit.add(connection, 'hung', unit);
      line.silence();
      await kit.add(connection, 'hung', unit);
    },
    { deadline: until(500) },
  );
  await expect(running).rejects.toBeInstanceOf(DeadlinePassed);
  line.restore();
  await pause(300);
  expect(await kit.times('hung')).toBe(0);
});

test('a deadline that is over begins nothing', async () => {
  let begun = 0;
  const running = transactionsOf(kit.connection, 'points').run(
    async () => {
      begun++;
    },
    { deadline: until(-1) },
  );
  await expect(running).rejects.toBeInstanceOf(DeadlinePassed);
  expect(begun).toBe(0);
});
