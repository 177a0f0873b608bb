/**
 * MongoDB's own failures, set by `configureFailPoint`. A server keeps one `failCommand` for all who use it, so whoever sets it
 * has the server's fail points alone meanwhile: test files run side by side on one server.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from 'mongoose';

/** Makes commands fail so many times, or until the work ends: those of the connections of one `appName`, or on one collection (`namespace`). */
export type FailCommands = (
  times: number | 'always',
  data: ({ readonly appName: string } | { readonly namespace: string }) & {
    readonly failCommands: readonly string[];
  } & Record<string, unknown>,
) => Promise<void>;

type Turn = { _id: string; until: Date };
/** Longer than a test may take: a run that was killed holds up the next one no longer. */
const TURN_MS = 300_000;

/**
 * Runs work with the server's fail points to itself, and none is left afterwards. Resolves with false, saying so, where the
 * server does not allow them: those that `npm test` starts do, one that was given may not.
 */
export async function withFailPoints(
  connection: Connection,
  work: (fail: FailCommands) => Promise<void>,
): Promise<boolean> {
  const client = connection.getClient();
  const admin = client.db('admin');
  const set = (mode: 'off' | 'alwaysOn' | { times: number }, data = {}) =>
    admin.command({ configureFailPoint: 'failCommand', mode, data });
  const turns = client.db('fail_points').collection<Turn>('turns');
  await takeTurn(() => turns.deleteOne({ until: { $lt: new Date() } }), turns.insertOne.bind(turns));
  try {
    await set('off');
    try {
      await work(async (times, data) => void (await set(times === 'always' ? 'alwaysOn' : { times }, data)));
    } finally {
      await set('off');
    }
    return true;
  } catch (error) {
    if ((error as { codeName?: string }).codeName !== 'CommandNotFound') throw error;
    process.stderr.write(
      'MongoDB at MONGODB_URI was started without enableTestCommands=1: its fail points are not tried.\n',
    );
    return false;
  } finally {
    await turns.deleteOne({ _id: 'failCommand' });
  }
}

async function takeTurn(
  endOver: () => Promise<unknown>,
  insert: (turn: Turn) => Promise<unknown>,
): Promise<void> {
  for (;;) {
    await endOver();
    try {
      await insert({ _id: 'failCommand', until: new Date(Date.now() + TURN_MS) });
      return;
    } catch (error) {
      if ((error as { code?: number }).code !== 11_000) throw error;
      await pause(50);
    }
  }
}
