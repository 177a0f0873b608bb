// Stores whose addresses are given: used as they are, never started or stopped.
import { withoutPassword } from './database-uri.ts';
import { answersRedis, eventuallyTrue, greetsAmqp } from './reachable.ts';
import { assertUsableMongoDb } from './replica-set.ts';
import { PassedOver, type RunningStore } from './store.ts';

/** An address that is right answers at once; a wrong one should be said soon. */
const REACH_MS = 5_000;

/** The server at MONGODB_URI; an error, not the next choice, when it is of no use: it was asked for by name. */
export async function givenMongoDb(uri: string | undefined): Promise<RunningStore> {
  if (!uri) throw new PassedOver('MONGODB_URI is not set');
  try {
    const kind = await assertUsableMongoDb(uri, { timeoutMs: REACH_MS });
    return given(uri, `MongoDB at MONGODB_URI, ${withoutPassword(uri)} (${kind})`);
  } catch (error) {
    throw new Error(
      `MONGODB_URI (${withoutPassword(uri)}) cannot be used: ${(error as Error).message}. Correct or unset it.`,
    );
  }
}

/** The broker at AMQP_URL. */
export async function givenRabbitMq(url: string | undefined): Promise<RunningStore> {
  if (!url) throw new PassedOver('AMQP_URL is not set');
  const shown = withoutPassword(url);
  if (!/^amqps?:\/\//.test(url)) {
    throw new Error(`AMQP_URL (${shown}) is not an AMQP address: it must begin with amqp:// or amqps://`);
  }
  if (!(await eventuallyTrue(() => greetsAmqp(url), { timeoutMs: REACH_MS }))) {
    throw new Error(
      `AMQP_URL (${shown}) cannot be used: no broker answers there within ${REACH_MS / 1000} s. Correct or unset it.`,
    );
  }
  return given(url, `RabbitMQ at AMQP_URL, ${shown}`);
}

/** The Redis at REDIS_URL. */
export async function givenRedis(url: string | undefined): Promise<RunningStore> {
  if (!url) throw new PassedOver('REDIS_URL is not set');
  const shown = withoutPassword(url);
  if (!/^rediss?:\/\//.test(url)) {
    throw new Error(`REDIS_URL (${shown}) is not a Redis address: it must begin with redis:// or rediss://`);
  }
  if (!(await eventuallyTrue(() => answersRedis(url), { timeoutMs: REACH_MS }))) {
    throw new Error(
      `REDIS_URL (${shown}) cannot be used: no Redis answers there within ${REACH_MS / 1000} s. Correct or unset it.`,
    );
  }
  return given(url, `Redis at REDIS_URL, ${shown}`);
}

/**
 * Refuses addresses that were given and are of no use, all of them at once: before anything is built or started, which takes
 * its time.
 */
export async function assertGivenStores(
  environment: NodeJS.ProcessEnv,
  { redis }: { redis: boolean },
): Promise<void> {
  const tried = await Promise.allSettled([
    givenMongoDb(environment['MONGODB_URI']),
    givenRabbitMq(environment['AMQP_URL']),
    ...(redis ? [givenRedis(environment['REDIS_URL'])] : []),
  ]);
  const wrong = tried
    .filter((each) => each.status === 'rejected')
    .map(({ reason }) => reason as Error)
    .filter((error) => !(error instanceof PassedOver));
  if (wrong.length > 0) throw new Error(wrong.map(({ message }) => message).join('\n\n'));
}

const given = (uri: string, description: string): RunningStore => ({
  provider: 'given',
  description,
  uri,
  pids: () => [],
  stop: async () => undefined,
});
