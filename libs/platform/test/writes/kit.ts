/** What the tests of writes stand on: a database of their own, counters to count effects in, lines that lose things. */
import mongoose, { type Connection, type ConnectOptions } from 'mongoose';
import { GroupCommit, type GroupOptions } from '@membership/platform/group-commit';
import { scopeOfJob } from '@membership/platform/scope';
import { ownDatabase } from '@membership/platform/testing/service-kit';
import { transactionsOf, type UnitOfWork } from '@membership/platform/transaction';
import { connectThrough, LossyLine, primaryOf } from './lossy-line.ts';

export type Add = { readonly to: string };
type Counter = { _id: string; times: number };

export const scopeOf = (tenantId = 1) => scopeOfJob(tenantId, 'points', 'test');
export const until = (milliseconds: number) => performance.now() + milliseconds;

export class WritesKit {
  readonly connection: Connection;
  readonly #ends: (() => Promise<unknown>)[] = [];

  private constructor(connection: Connection) {
    this.connection = connection;
  }

  static async start(): Promise<WritesKit> {
    const connection = await mongoose
      .createConnection(ownDatabase('writes'), { bufferCommands: false })
      .asPromise();
    for (const name of ['counters', 'outbox', 'operations']) await connection.createCollection(name);
    return new WritesKit(connection);
  }

  /** A line, and a connection through it; `waits`: milliseconds for which it looks for the server. */
  async line(waits?: number, options?: ConnectOptions): Promise<{ line: LossyLine; connection: Connection }> {
    const { host, port } = await primaryOf(this.connection);
    const line = await LossyLine.to(host, port);
    const connection = await connectThrough(line, this.connection.name, waits, options);
    this.#ends.push(async () => {
      line.restore();
      await connection.close();
      await line.close();
    });
    return { line, connection };
  }

  /** Adds one to a counter. Whatever is done twice shows. */
  async add(connection: Connection, to: string, { session }: UnitOfWork): Promise<void> {
    await connection
      .collection<Counter>('counters')
      .updateOne({ _id: to }, { $inc: { times: 1 } }, { upsert: true, session });
  }

  /** A group whose items each add one to a counter. */
  group(
    connection = this.connection,
    options: Partial<GroupOptions<Add, string>> = {},
  ): GroupCommit<Add, string> {
    const group = new GroupCommit<Add, string>({
      name: 'test',
      connection,
      transactions: transactionsOf(connection, 'points'),
      keysOf: ({ to }) => [to],
      decide: async (items, unit) => {
        for (const { command } of items) await this.add(connection, command.to, unit);
        return items.map(({ command }) => command.to);
      },
      ...options,
    });
    this.#ends.push(() => group.idle());
    return group;
  }

  async times(name: string): Promise<number> {
    const found = await this.connection.collection<Counter>('counters').findOne({ _id: name });
    return found?.times ?? 0;
  }

  async stop(): Promise<void> {
    for (const end of this.#ends.reverse()) await end();
    await this.connection.dropDatabase();
    await this.connection.close();
  }
}
