// Runs a RabbitMQ node of its own: own epmd, cookie, ports and folders, everything on the loopback address.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { launch, type ManagedProcess, tailOf } from './processes.ts';
import { pathWithoutSpaces } from './path-without-spaces.ts';
import { acceptsConnections, eventuallyTrue, greetsAmqp } from './reachable.ts';
import type { Provider, RunningStore, StoreSettings } from './store.ts';

export type RabbitProgram = {
  /** The server's own script, not a distribution's wrapper around it. */
  script: string;
  /** Folders with erl and epmd, put before PATH. */
  path: readonly string[];
  epmd: string | null;
  version: string;
  env?: NodeJS.ProcessEnv;
};

const START_MS = 90_000;
const EPMD_MS = 5_000;
const STOP_GRACE_MS = 20_000;

/** Starts the broker on the stack's data and returns when it speaks AMQP. */
export async function startRabbitMq(
  program: RabbitProgram,
  { provider, settings }: { provider: Provider; settings: StoreSettings },
): Promise<RunningStore> {
  const { stackDir, throwaway } = settings;
  const folder = pathWithoutSpaces(join(stackDir, 'rabbitmq'));
  const port = settings.ports['amqp'] as number;
  const amqpUrl = `amqp://guest:guest@127.0.0.1:${port}`;
  const logFile = join(stackDir, 'logs', 'rabbitmq.log');
  const env = { ...process.env, ...program.env, ...environmentOf(program, { folder, settings }) };
  mkdirSync(join(stackDir, 'rabbitmq'), { recursive: true });
  writeConfiguration(folder, { port, definitions: settings.definitions });
  let epmd: ManagedProcess | undefined;
  let server: ManagedProcess | undefined;
  const launchPart = (name: string, command: string, args: string[]): Promise<ManagedProcess> =>
    launch({ name, command, args, cwd: folder, env, logFile, stackDir });

  async function start(): Promise<void> {
    if (program.epmd && (!epmd || epmd.hasExited())) {
      epmd = await launchPart('epmd', program.epmd, [
        '-address',
        '127.0.0.1',
        '-port',
        String(settings.ports['epmd']),
      ]);
      const started = epmd;
      await eventuallyTrue(
        async () => started.hasExited() || (await acceptsConnections(settings.ports['epmd'] as number)),
        {
          timeoutMs: EPMD_MS,
        },
      );
    }
    const started = await launchPart('rabbitmq-server', program.script, []);
    server = started;
    const up = await eventuallyTrue(() => greetsAmqp(amqpUrl), {
      timeoutMs: START_MS,
      unless: () => started.hasExited(),
    });
    if (up) return;
    await stopParts();
    const problem = started.hasExited()
      ? 'ended while starting'
      : `did not answer within ${START_MS / 1000} s`;
    throw new Error(`rabbitmq-server ${problem}. Its log (${logFile}) ends:\n${tailOf(logFile)}`);
  }

  async function stopParts(): Promise<void> {
    await server?.stop({ graceMs: throwaway ? 5_000 : STOP_GRACE_MS });
    await epmd?.stop({ graceMs: 1_000 });
    epmd = undefined;
  }

  await start();
  return {
    provider,
    description: `RabbitMQ ${program.version} on port ${port} (${program.script})`,
    uri: amqpUrl,
    pids: () =>
      [server, epmd].filter((part) => part && !part.hasExited()).map((part) => (part as ManagedProcess).pid),
    async kill(signal = 'SIGKILL') {
      server?.kill(signal);
      await server?.exited;
    },
    start,
    ending: () => server?.ending(),
    async stop() {
      await stopParts();
      if (throwaway) rmSync(join(stackDir, 'rabbitmq'), { recursive: true, force: true });
    },
  };
}

function writeConfiguration(
  folder: string,
  { port, definitions }: { port: number; definitions?: string | undefined },
): void {
  mkdirSync(join(folder, 'plugins-expand'), { recursive: true });
  const settings = [
    `listeners.tcp.1 = 127.0.0.1:${port}`,
    'log.console = true',
    'log.console.level = warning',
    'log.file = false',
    // The write-ahead log of the quorum queues is held in memory up to this size.
    'raft.wal_max_size_bytes = 67108864',
    ...(definitions ? [`load_definitions = ${definitions}`] : []),
  ];
  writeFileSync(join(folder, 'rabbitmq.conf'), `${settings.join('\n')}\n`);
  writeFileSync(join(folder, 'enabled_plugins'), '[].\n');
  const cookie = join(folder, '.erlang.cookie');
  if (!existsSync(cookie)) writeFileSync(cookie, randomBytes(18).toString('hex'));
  chmodSync(cookie, 0o400);
}

function environmentOf(
  program: RabbitProgram,
  { folder, settings }: { folder: string; settings: StoreSettings },
): NodeJS.ProcessEnv {
  const none = join(folder, 'none');
  const { ports } = settings;
  return {
    PATH: [...program.path, process.env['PATH'] ?? ''].join(delimiter),
    HOME: folder,
    LANG: 'C.UTF-8',
    ERL_EPMD_PORT: String(ports['epmd']),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_CRASH_DUMP: '/dev/null',
    // Makes the script become the server, so that our child is the broker itself and not a shell around it.

    RUNNING_UNDER_SYSTEMD: 'true',
    RABBITMQ_NODENAME: 'membership@localhost',
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(ports['amqp']),
    RABBITMQ_DIST_PORT: String(ports['rabbitDistribution']),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_CONF_ENV_FILE: none,
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: none,
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(folder, 'generated'),
    // Who writes files spins a moment for the next write, which is a quarter of the CPU of a broker under tests.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none +sbwtdio ${settings.inMemory ? 'none' : 'medium'}`,
  };
}
