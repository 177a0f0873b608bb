/**
 * Reads whose answer fits into one batch, as one command. The driver's cursor costs as much as the question: it takes its
 * documents apart one by one, and holds a session for batches that never follow.
 */
import type { ClientSession, Connection, mongo } from 'mongoose';
import { isStoreAway } from '../store-outage.ts';

/** A `find` or an `aggregate`, with the size of its batch. */
export type ReadCommand = mongo.BSON.Document;
type Reply<T> = {
  readonly cursor: { readonly id: { isZero(): boolean } | number | bigint; readonly firstBatch: T[] };
};

/**
 * What a command finds; null where that is for a cursor to find: there is more than a batch, or a connection broke, and
 * cursors ask again. In a transaction nothing is asked again: its failure is thrown.
 */
export async function oneBatch<T>(
  connection: Connection,
  command: ReadCommand,
  session?: ClientSession,
): Promise<T[] | null> {
  const { db } = connection;
  if (!db) return null;
  const { readPreference, readConcern } = db;
  try {
    const { cursor } = (await db.command(
      { ...command, ...(readConcern && !session ? { readConcern } : {}) },
      session ? { session } : { ...(readPreference ? { readPreference } : {}) },
    )) as unknown as Reply<T>;
    if (isOver(cursor.id)) return cursor.firstBatch;
    // The server would keep it for ten minutes.
    await db.command(
      { killCursors: command['find'] ?? command['aggregate'], cursors: [cursor.id] },
      // A session that reads as of one moment would say so here, too, which this command does not take.
      session?.inTransaction() ? { session } : {},
    );
    return null;
  } catch (error) {
    if (session || !isStoreAway(error) || WAITED_FOR.has((error as Error).name)) throw error;
    return null;
  }
}

/** Whoever waited for the store in vain once does not wait again. */
const WAITED_FOR = new Set(['MongoServerSelectionError', 'MongoWaitQueueTimeoutError']);

const isOver = (id: Reply<never>['cursor']['id']): boolean =>
  typeof id === 'object' ? id.isZero() : Number(id) === 0;
