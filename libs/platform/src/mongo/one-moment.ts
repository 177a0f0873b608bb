/** Reads that see the database as of one moment, whatever is written between them. */
import type { ClientSession, Connection } from 'mongoose';

/** A collection was made, or changed its indexes, a moment ago: the next moment has it. */
const NOT_THERE_YET = 'SnapshotUnavailable';
const ATTEMPTS = 5;
const PAUSE_MS = 50;

/**
 * What `read` gives, whose reads all name the session: the first one takes the moment, so that it is awaited before others
 * begin. Runs again where MongoDB has no such moment yet.
 */
export async function ofOneMoment<T>(
  connection: Connection,
  read: (session: ClientSession) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const session = await connection.startSession({ snapshot: true });
    try {
      return await read(session);
    } catch (error) {
      if (attempt === ATTEMPTS || (error as { codeName?: unknown }).codeName !== NOT_THERE_YET) throw error;
      await new Promise((done) => setTimeout(done, PAUSE_MS));
    } finally {
      await session.endSession();
    }
  }
}
