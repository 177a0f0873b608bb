/** One clock for all processes, whatever each one's own says: the database's. */
import type { Connection } from 'mongoose';

/** The time of day at the server that is written to. */
export async function databaseTime(connection: Connection): Promise<Date> {
  const { localTime } = (await connection.getClient().db().command({ hello: 1 })) as { localTime: Date };
  return localTime;
}
