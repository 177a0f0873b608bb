// MongoDB, RabbitMQ and Redis as containers of a Docker engine, by testcontainers. Loaded only when an engine seems to be there.
import { existsSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import type {
  ContainerRuntimeClient,
  GenericContainer as ContainerDefinition,
  StartedTestContainer,
} from 'testcontainers';
import { TEST_COMMANDS, TRANSACTION_LIFETIME } from './mongodb-server.ts';
import { settlesWithin } from './processes.ts';
import { answersRedis, eventuallyTrue, greetsAmqp } from './reachable.ts';
import { REDIS_IN_CONTAINER } from './redis-server.ts';
import { ensureReplicaSet } from './replica-set.ts';
import { PassedOver, type RunningStore, type StoreSettings } from './store.ts';

export const MONGODB_IMAGE = 'mongo:7.0';
export const RABBITMQ_IMAGE = 'rabbitmq:4-management';
export const REDIS_IMAGE = 'redis:7';

const ENGINE_MS = 10_000;
const PULL_MS = 120_000;
const PULL_STALL_MS = 20_000;
const START_MS = 60_000;
const STOP_SECONDS = 10;

const STACK_LABEL = 'membership.stack';
const HOST_LABEL = 'membership.host';

type Engine = { client: ContainerRuntimeClient; host: string };
type Container = ReturnType<ContainerRuntimeClient['container']['getById']>;

let engine: Promise<Engine> | undefined;

/** A place where an engine usually listens; asked before the library is loaded, which takes a while. */
function engineSeemsThere(): boolean {
  const sockets = [
    '/var/run/docker.sock',
    join(homedir(), '.docker/run/docker.sock'),
    join(homedir(), '.docker/desktop/docker.sock'),
    process.env['XDG_RUNTIME_DIR'] ? join(process.env['XDG_RUNTIME_DIR'], 'docker.sock') : '',
  ];
  return Boolean(
    process.env['DOCKER_HOST'] ||
      process.platform === 'win32' ||
      existsSync(join(homedir(), '.testcontainers.properties')) ||
      sockets.some((path) => path && existsSync(path)),
  );
}

async function connectEngine(): Promise<Engine> {
  if (!engineSeemsThere()) throw new PassedOver('no Docker engine here');
  // Our own labels say what is left over from a killed run, so the reaper's image is not needed.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  const { getContainerRuntimeClient } = await import('testcontainers');
  const connecting = getContainerRuntimeClient();
  if (!(await settlesWithin(connecting, ENGINE_MS))) {
    throw new PassedOver(`the Docker engine does not answer within ${ENGINE_MS / 1000} s`);
  }
  try {
    const client = await connecting;
    const { host } = client.info.containerRuntime;
    return { client, host: host === 'localhost' ? '127.0.0.1' : host };
  } catch (error) {
    throw new PassedOver(`no Docker engine can be used (${(error as Error).message})`);
  }
}

const theEngine = (): Promise<Engine> => (engine ??= connectEngine());

/** The image, pulled if need be, but only as long as the pull makes progress. */
async function ensureImage({ client }: Engine, image: string, log: StoreSettings['log']): Promise<void> {
  const { dockerode } = client.container;
  const here = await dockerode
    .getImage(image)
    .inspect()
    .then(
      () => true,
      () => false,
    );
  if (here) return;
  log(`pulling the image ${image}`);
  let stream: NodeJS.ReadableStream | undefined;
  let movedAt = Date.now();
  const started = Date.now();
  const pulling = (async () => {
    stream = await dockerode.pull(image);
    const output = stream;
    await new Promise<void>((done, fail) => {
      dockerode.modem.followProgress(
        output,
        (error) => (error ? fail(error) : done()),
        () => {
          movedAt = Date.now();
        },
      );
    });
  })();
  while (!(await settlesWithin(pulling, 500))) {
    if (Date.now() - movedAt < PULL_STALL_MS && Date.now() - started < PULL_MS) continue;
    pulling.catch(() => undefined); // its end no longer matters
    (stream as { destroy?: () => void } | undefined)?.destroy?.();
    throw new PassedOver(`the Docker engine does not get the image ${image} in time`);
  }
  await pulling.catch((error: Error) => {
    throw new PassedOver(`the Docker engine cannot get the image ${image} (${error.message})`);
  });
}

type Wanted = {
  image: string;
  /** The same number inside and outside, so that what the server says about itself holds for both. */
  port: { inside: number; outside: number };
  /** None for what keeps nothing. */
  dataPath?: string;
  part: string;
  configure: (container: ContainerDefinition) => void;
};

async function run(
  wanted: Wanted,
  settings: StoreSettings,
): Promise<{ engine: Engine; container: Container }> {
  const current = await theEngine();
  await ensureImage(current, wanted.image, settings.log);
  await removeContainers(settings.stackDir, { part: wanted.part });
  const { GenericContainer, Wait } = await import('testcontainers');
  const { inside, outside } = wanted.port;

  class LoopbackContainer extends GenericContainer {
    // These servers have no password: they must not listen on the machine's other addresses.
    protected override async beforeContainerCreated(): Promise<void> {
      if (current.host !== '127.0.0.1') return;
      this.hostConfig.PortBindings = {
        [`${inside}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(outside) }],
      };
    }
  }

  const definition = new LoopbackContainer(wanted.image)
    .withExposedPorts({ container: inside, host: outside })
    .withLabels({
      [STACK_LABEL]: settings.stackDir,
      [HOST_LABEL]: hostname(),
      'membership.part': wanted.part,
    })
    .withAutoCleanup(false)
    .withAutoRemove(false)
    .withStartupTimeout(START_MS)
    // Whether it really answers is asked afterwards, in its own protocol.
    .withWaitStrategy(
      Wait.forLogMessage(/Waiting for connections|Server startup complete|Ready to accept connections/),
    );
  if (!settings.throwaway && wanted.dataPath) {
    definition.withBindMounts([
      { source: volumeOf(settings.stackDir, wanted.part), target: wanted.dataPath },
    ]);
  }
  wanted.configure(definition);
  let started: StartedTestContainer;
  try {
    started = await definition.start();
  } catch (error) {
    await removeContainers(settings.stackDir, { part: wanted.part });
    throw new PassedOver(
      `the container of ${wanted.image} does not start (${(error as Error).message.split('\n')[0]})`,
    );
  }
  return { engine: current, container: current.client.container.getById(started.getId()) };
}

/** MongoDB in a container, as a replica set of one. */
export async function dockerMongoDb(settings: StoreSettings): Promise<RunningStore> {
  const port = settings.ports['mongodb'] as number;
  const cache = settings.throwaway ? '0.5' : '1';
  const { engine: current, container } = await run(
    {
      image: MONGODB_IMAGE,
      port: { inside: port, outside: port },
      dataPath: '/data/db',
      part: 'mongodb',
      configure: (definition) =>
        definition.withCommand([
          ...['mongod', '--replSet', 'rs0', '--bind_ip_all', '--port', String(port)],
          ...['--wiredTigerCacheSizeGB', cache, '--oplogSize', '512'],
          ...['--setParameter', TRANSACTION_LIFETIME],
          ...(settings.throwaway ? ['--setParameter', TEST_COMMANDS] : []),
        ]),
    },
    settings,
  );
  const ready = (): Promise<void> => ensureReplicaSet({ port, host: current.host, timeoutMs: START_MS });
  return asStore(container, {
    description: `MongoDB in Docker (${MONGODB_IMAGE}) on port ${port}`,
    // The engine may be another machine, where the name in the replica set means nothing to us.
    uri: `mongodb://${current.host}:${port}/?directConnection=true`,
    ready,
  });
}

/** RabbitMQ in a container. */
export async function dockerRabbitMq(settings: StoreSettings): Promise<RunningStore> {
  const port = settings.ports['amqp'] as number;
  const { engine: current, container } = await run(
    {
      image: RABBITMQ_IMAGE,
      port: { inside: 5672, outside: port },
      dataPath: '/var/lib/rabbitmq',
      part: 'rabbitmq',
      // The node's name, and with it the place of its data, comes from the host name.
      configure: (definition) => definition.withHostname('membership'),
    },
    settings,
  );
  const uri = `amqp://guest:guest@${current.host}:${port}`;
  return asStore(container, {
    description: `RabbitMQ in Docker (${RABBITMQ_IMAGE}) on port ${port}`,
    uri,
    ready: async () => {
      if (!(await eventuallyTrue(() => greetsAmqp(uri), { timeoutMs: START_MS }))) {
        throw new Error(`RabbitMQ in Docker does not answer on port ${port}`);
      }
    },
  });
}

/** Redis in a container. */
export async function dockerRedis(settings: StoreSettings): Promise<RunningStore> {
  const port = settings.ports['redis'] as number;
  const { engine: current, container } = await run(
    {
      image: REDIS_IMAGE,
      port: { inside: 6379, outside: port },
      part: 'redis',
      configure: (definition) => definition.withCommand(['redis-server', ...REDIS_IN_CONTAINER]),
    },
    settings,
  );
  const uri = `redis://${current.host}:${port}`;
  return asStore(container, {
    description: `Redis in Docker (${REDIS_IMAGE}) on port ${port}`,
    uri,
    ready: async () => {
      if (!(await eventuallyTrue(() => answersRedis(uri), { timeoutMs: START_MS }))) {
        throw new Error(`Redis in Docker does not answer on port ${port}`);
      }
    },
  });
}

async function asStore(
  container: Container,
  { description, uri, ready }: { description: string; uri: string; ready: () => Promise<void> },
): Promise<RunningStore> {
  const stop = async (): Promise<void> => {
    await container.stop({ t: STOP_SECONDS }).catch(() => undefined); // killed before: not running
    await container.remove({ force: true, v: true }).catch(() => undefined);
  };
  try {
    await ready();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    provider: 'docker',
    description,
    uri,
    pids: () => [],
    async kill(signal = 'SIGKILL') {
      await container.kill({ signal });
      await container.wait();
    },
    async start() {
      await container.start();
      await ready();
    },
    stop,
  };
}

/** Removes the containers of a stack, for instance those of a killed run; its volumes stay. */
export async function removeContainers(stackDir: string, { part }: { part?: string } = {}): Promise<number> {
  const { client } = await theEngine();
  const label = [`${STACK_LABEL}=${stackDir}`, `${HOST_LABEL}=${hostname()}`];
  if (part) label.push(`membership.part=${part}`);
  const found = await client.container.dockerode.listContainers({ all: true, filters: { label } });
  for (const { Id } of found) {
    await client.container.getById(Id).remove({ force: true, v: true });
  }
  return found.length;
}

/** Removes the volumes that hold a stack's data; answers their names. */
export async function removeVolumes(stackDir: string): Promise<string[]> {
  const { client } = await theEngine();
  const removed: string[] = [];
  for (const part of ['mongodb', 'rabbitmq']) {
    const name = volumeOf(stackDir, part);
    try {
      await client.container.dockerode.getVolume(name).remove();
      removed.push(name);
    } catch {
      // There is none.
    }
  }
  return removed;
}

function volumeOf(stackDir: string, part: string): string {
  const place = createHash('sha256').update(`${hostname()}\0${stackDir}`).digest('hex').slice(0, 12);
  return `membership-${place}-${part}`;
}
