// Makes a mongod a replica set of one, which transactions need.
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient, MongoServerError } from 'mongodb';

const REPLICA_SET = 'rs0';
const NOT_INITIALIZED = 94;
const POLL_MS = 50;

type Options = { port: number; host?: string; timeoutMs: number; unless?: () => boolean };

/** Initiates the set (or moves it to this port) and waits until the node takes writes. */
export async function ensureReplicaSet({
  port,
  host = '127.0.0.1',
  timeoutMs,
  unless,
}: Options): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let problem: unknown = new Error('no answer');
  while (Date.now() < deadline && !unless?.()) {
    // A new client each time: one whose first connection failed stays closed.
    const client = new MongoClient(`mongodb://${host}:${port}/?directConnection=true`, {
      serverSelectionTimeoutMS: 1_000,
    });
    try {
      if (await takesWrites(client, port)) return;
    } catch (error) {
      problem = error;
    } finally {
      await client.close();
    }
    await sleep(POLL_MS);
  }
  throw new Error(`mongod on port ${port} did not become a replica set: ${(problem as Error).message}`);
}

async function takesWrites(client: MongoClient, port: number): Promise<boolean> {
  const admin = client.db('admin');
  const member = { _id: 0, host: `127.0.0.1:${port}` };
  const hello = await admin.command({ hello: 1 });
  if (hello['isWritablePrimary']) return true;
  if (hello['secondary']) return false; // an election is on
  try {
    const { config } = await admin.command({ replSetGetConfig: 1 });
    if (config.members[0].host !== member.host) {
      // The data was last served on another port, so the node does not find itself in its own set.
      const moved = {
        ...config,
        version: config.version + 1,
        members: [{ ...config.members[0], ...member }],
      };
      await admin.command({ replSetReconfig: moved, force: true });
    }
  } catch (error) {
    if (!(error instanceof MongoServerError) || error.code !== NOT_INITIALIZED) throw error;
    await admin.command({ replSetInitiate: { _id: REPLICA_SET, members: [member] } });
  }
  return false;
}

/** Refuses a given server that cannot run transactions, with a sentence that says what to do. */
export async function assertUsableMongoDb(uri: string, { timeoutMs = 10_000 } = {}): Promise<string> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: timeoutMs });
  try {
    const hello = await client.db('admin').command({ hello: 1 });
    const isCluster = hello['msg'] === 'isdbgrid';
    if (!hello['setName'] && !isCluster) {
      throw new Error('it is a standalone server; transactions need a replica set (start it with --replSet)');
    }
    return isCluster ? 'sharded cluster' : `replica set ${hello['setName']}`;
  } finally {
    await client.close();
  }
}
