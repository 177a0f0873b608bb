// MongoDB, RabbitMQ and, where it is wanted, Redis for a stack or for a test run: found or started, with everything that was started stopped again.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as DockerStores from './docker-stores.ts';
import { allowedProviders, findStore, orderOf, type Ways } from './finder.ts';
import { givenMongoDb, givenRabbitMq, givenRedis } from './given-stores.ts';
import { downloadedMongod, installedMongod } from './mongodb-program.ts';
import { startMongod } from './mongodb-server.ts';
import { choosePorts } from './ports.ts';
import { downloadedRabbitMq, installedRabbitMq } from './rabbitmq-program.ts';
import { startRabbitMq } from './rabbitmq-server.ts';
import { downloadedRedis, installedRedis } from './redis-program.ts';
import { startRedis } from './redis-server.ts';
import { endStackProcesses } from './stack-processes.ts';
import { readState, rememberState, writeJson } from './stack-state.ts';
import { leftThrowawayDirs, newThrowawayDir } from './throwaway-folders.ts';
import type { Log, RunningStore, StoreName, StoreSettings } from './store.ts';

export type Infrastructure = {
  /** Server addresses: MongoDB's without a database. */
  readonly mongodbUri: string;
  readonly amqpUrl: string;
  /** Absent where none was wanted, or none can be had. */
  readonly redisUrl?: string;
  readonly description: { readonly mongodb: string; readonly rabbitmq: string };
  readonly mongodb: RunningStore;
  readonly rabbitmq: RunningStore;
  readonly redis?: RunningStore;
  pids(): number[];
  /** Ends the broker as a crash would, waits, starts it again on its data; absent for a broker that was given. */
  restartBroker?(options?: { signal?: NodeJS.Signals; downMs?: number }): Promise<void>;
  stop(): Promise<void>;
};

export type InfrastructureOptions = {
  log: Log;
  /** The stack's folder, whose data stay. Without it everything is thrown away at the end. */
  stackDir?: string;
  /** Throw-away data in memory, where there is room: for tests, not for measurements. */
  inMemory?: boolean;
  environment?: NodeJS.ProcessEnv;
  /** Whether a Redis is looked for, too. Nothing depends on it: where none can be had, that is said and all goes on. */
  redis?: boolean;
};

const PORT_NAMES = ['mongodb', 'amqp', 'epmd', 'rabbitDistribution', 'redis'] as const;
const DOCKER_USED = 'docker-used';

/** Finds or starts the stores. When one of those that are needed cannot be had, what was started is stopped before the error is thrown. */
export async function startInfrastructure(options: InfrastructureOptions): Promise<Infrastructure> {
  const { log, environment = process.env } = options;
  const throwaway = options.stackDir === undefined;
  if (throwaway) await sweepThrowaways(log);
  const stackDir = options.stackDir ?? newThrowawayDir({ inMemory: options.inMemory === true });
  mkdirSync(join(stackDir, 'logs'), { recursive: true });
  const state = readState(stackDir);
  const ports = await choosePorts(PORT_NAMES, state.ports);
  const settings: StoreSettings = { stackDir, ports, throwaway, inMemory: options.inMemory, log };
  const allowed = allowedProviders(environment['STACK_PROVIDERS']);
  const find = (store: StoreName, part: 'mongodb' | 'rabbitmq', ways: Ways): Promise<RunningStore> => {
    const dataLiesWith = state.dataLiesWith[part];
    return findStore(store, {
      ways,
      order: orderOf({ allowed, dataLiesWith }),
      dataLiesWith,
      log,
    });
  };
  const discard = (): void => {
    if (throwaway) rmSync(stackDir, { recursive: true, force: true });
  };

  const findRedis = async (): Promise<RunningStore | undefined> => {
    if (!options.redis) return undefined;
    const order = orderOf({ allowed });
    try {
      return await findStore('Redis', { ways: waysToRedis(settings, environment), order, log });
    } catch (error) {
      if (environment['REDIS_URL']) throw error;
      log((error as Error).message);
      return undefined;
    }
  };
  const searches = await Promise.allSettled([
    find('MongoDB', 'mongodb', waysToMongoDb(settings, environment)),
    find('RabbitMQ', 'rabbitmq', waysToRabbitMq(settings, environment)),
    findRedis(),
  ]);
  const valueOf = (search: PromiseSettledResult<RunningStore | undefined>): RunningStore | undefined =>
    search.status === 'fulfilled' ? search.value : undefined;
  const [mongodb, rabbitmq, redis] = searches.map(valueOf);
  const found = [mongodb, rabbitmq, redis].filter((each) => each !== undefined);
  const failures = searches.filter((each) => each.status === 'rejected').map((each) => each.reason as Error);
  if (failures.length > 0 || !mongodb || !rabbitmq) {
    await Promise.allSettled(found.map((store) => store.stop()));
    await endStackProcesses(stackDir);
    discard();
    throw new Error(failures.map((error) => error.message).join('\n\n'));
  }

  rememberState(stackDir, {
    ports,
    dataLiesWith: {
      ...(mongodb.provider === 'given' ? {} : { mongodb: mongodb.provider }),
      ...(rabbitmq.provider === 'given' ? {} : { rabbitmq: rabbitmq.provider }),
    },
  });
  const pids = (): number[] => [...mongodb.pids(), ...rabbitmq.pids(), ...(redis?.pids() ?? [])];
  writeJson(join(stackDir, 'store-pids.json'), pids());
  return {
    mongodbUri: mongodb.uri,
    amqpUrl: rabbitmq.uri,
    ...(redis ? { redisUrl: redis.uri, redis } : {}),
    description: { mongodb: mongodb.description, rabbitmq: rabbitmq.description },
    mongodb,
    rabbitmq,
    pids,
    ...(rabbitmq.kill && rabbitmq.start
      ? {
          async restartBroker({ signal = 'SIGKILL', downMs = 0 } = {}) {
            await rabbitmq.kill?.(signal);
            await new Promise((done) => setTimeout(done, downMs));
            await rabbitmq.start?.();
          },
        }
      : {}),
    async stop() {
      const results = await Promise.allSettled(found.map((store) => store.stop()));
      await endStackProcesses(stackDir, { graceMs: 2_000 });
      discard();
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  };
}

function waysToMongoDb(settings: StoreSettings, environment: NodeJS.ProcessEnv): Ways {
  const log: Log = (line) => settings.log(`MongoDB: ${line}`);
  return {
    given: () => givenMongoDb(environment['MONGODB_URI']),
    docker: async () => {
      const { dockerMongoDb } = await dockerFor(settings);
      return dockerMongoDb({ ...settings, log });
    },
    installed: async () => startMongod(await installedMongod({ log }), { provider: 'installed', settings }),
    downloaded: async () =>
      startMongod(await downloadedMongod({ log }), { provider: 'downloaded', settings }),
  };
}

function waysToRabbitMq(settings: StoreSettings, environment: NodeJS.ProcessEnv): Ways {
  const log: Log = (line) => settings.log(`RabbitMQ: ${line}`);
  return {
    given: () => givenRabbitMq(environment['AMQP_URL']),
    docker: async () => {
      const { dockerRabbitMq } = await dockerFor(settings);
      return dockerRabbitMq({ ...settings, log });
    },
    installed: async () => startRabbitMq(installedRabbitMq(), { provider: 'installed', settings }),
    downloaded: async () =>
      startRabbitMq(await downloadedRabbitMq({ log }), { provider: 'downloaded', settings }),
  };
}

function waysToRedis(settings: StoreSettings, environment: NodeJS.ProcessEnv): Ways {
  const log: Log = (line) => settings.log(`Redis: ${line}`);
  return {
    given: () => givenRedis(environment['REDIS_URL']),
    docker: async () => {
      const { dockerRedis } = await dockerFor(settings);
      return dockerRedis({ ...settings, log });
    },
    installed: async () => startRedis(await installedRedis(), { provider: 'installed', settings }),
    downloaded: async () => startRedis(await downloadedRedis({ log }), { provider: 'downloaded', settings }),
  };
}

async function dockerFor(settings: StoreSettings): Promise<typeof DockerStores> {
  // Tells a later sweep that it has to ask Docker as well.
  writeFileSync(join(settings.stackDir, DOCKER_USED), '');
  return import('./docker-stores.ts');
}

/** Ends what a killed supervisor left running in a stack's folder; says what it was. */
export async function endOrphans(stackDir: string, log: Log): Promise<void> {
  for (const { pid, command } of await endStackProcesses(stackDir)) {
    log(`ended process ${pid}, left over from a run that was killed (${command.slice(0, 60)})`);
  }
  if (!existsSync(join(stackDir, DOCKER_USED))) return;
  try {
    const { removeContainers } = await import('./docker-stores.ts');
    const removed = await removeContainers(stackDir);
    if (removed > 0) log(`removed ${removed} containers, left over from a run that was killed`);
  } catch {
    // Without an engine there are no containers of ours.
  }
}

/** Removes the volumes that hold a stack's data, when Docker held it. */
export async function removeDockerData(stackDir: string): Promise<string[]> {
  if (!existsSync(join(stackDir, DOCKER_USED))) return [];
  try {
    const { removeVolumes } = await import('./docker-stores.ts');
    return await removeVolumes(stackDir);
  } catch {
    return [];
  }
}

/** Clears throw-away stacks whose owner is gone, with whatever still runs in them. */
async function sweepThrowaways(log: Log): Promise<void> {
  for (const folder of leftThrowawayDirs()) {
    await endOrphans(folder, log);
    rmSync(folder, { recursive: true, force: true });
  }
}
