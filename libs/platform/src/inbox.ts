/** Ids of events that were handled: written in the transaction of their effect, so each has one effect whatever is repeated. */
import type { ClientSession, Connection } from 'mongoose';
import { collectionOf } from './mongo/bounded-reads.ts';

export const INBOX = 'inbox';
/** The queue is one per service, and so is the inbox: the event's id is enough. Rows end after 30 days by a TTL index. */
export type InboxRow = { readonly _id: string; readonly createdAt: Date };

/** Which of these events were handled already. */
export async function findHandled(
  connection: Connection,
  ids: readonly string[],
  session: ClientSession,
): Promise<Set<string>> {
  const rows = await collectionOf<InboxRow>(connection, INBOX)
    .find({ _id: { $in: [...ids] } }, { session, projection: { _id: 1 }, batchSize: ids.length + 1 })
    .toArray();
  return new Set(rows.map((row) => row._id));
}

/** Marks events as handled. Two processes with the same event: one of the two transactions fails and runs again. */
export async function rememberHandled(
  connection: Connection,
  ids: readonly string[],
  session: ClientSession,
): Promise<void> {
  if (ids.length === 0) return;
  const createdAt = new Date();
  await connection.collection<InboxRow>(INBOX).insertMany(
    ids.map((_id) => ({ _id, createdAt })),
    { session, ordered: true },
  );
}
