// Runs a Redis of its own on the loopback address. It keeps nothing: counts of a minute are worth no file.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch, type ManagedProcess, tailOf } from './processes.ts';
import { answersRedis, eventuallyTrue } from './reachable.ts';
import type { Provider, RunningStore, StoreSettings } from './store.ts';

export type RedisProgram = { binary: string; version: string; env?: NodeJS.ProcessEnv };

/** What every Redis of the platform is told: no files, bounded memory, what was not asked for the longest goes first: answers, not what counts. */
export const REDIS_OPTIONS: readonly string[] = [
  ...['--save', '', '--appendonly', 'no'],
  ...['--maxmemory', '64mb', '--maxmemory-policy', 'volatile-lru'],
];
/** In a container, where a network says who reaches it, it answers those that are not on its own machine, whatever image it is of. */
export const REDIS_IN_CONTAINER: readonly string[] = ['--protected-mode', 'no', ...REDIS_OPTIONS];

/**
 * Redis writes its title over its environment, by which a stack knows its own processes; 6.2 and newer can be told not to,
 * older ones know no such option.
 */
const keepEnvironment = ({ version }: RedisProgram): readonly string[] => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 2) ? ['--set-proc-title', 'no'] : [];
};

const START_MS = 20_000;
const STOP_GRACE_MS = 2_000;

/** Starts redis-server and returns when it answers. */
export async function startRedis(
  program: RedisProgram,
  { provider, settings }: { provider: Provider; settings: StoreSettings },
): Promise<RunningStore> {
  const { stackDir } = settings;
  const port = settings.ports['redis'] as number;
  const uri = `redis://127.0.0.1:${port}`;
  const logFile = join(stackDir, 'logs', 'redis.log');
  const folder = join(stackDir, 'redis');
  mkdirSync(folder, { recursive: true });
  let server: ManagedProcess | undefined;

  async function start(): Promise<void> {
    const started = await launch({
      name: 'redis-server',
      command: program.binary,
      args: ['--bind', '127.0.0.1', '--port', String(port), ...REDIS_OPTIONS, ...keepEnvironment(program)],
      cwd: folder,
      env: { ...process.env, ...program.env },
      logFile,
      stackDir,
    });
    server = started;
    const isUp = await eventuallyTrue(() => answersRedis(uri), {
      timeoutMs: START_MS,
      everyMs: 20,
      unless: () => started.hasExited(),
    });
    if (isUp) return;
    await started.stop();
    throw new Error(
      `redis-server did not start. Its log (${logFile}) ends:\n${tailOf(logFile, { lines: 5 })}`,
    );
  }

  await start();
  return {
    provider,
    description: `Redis ${program.version} on port ${port} (${program.binary})`,
    uri,
    pids: () => (server && !server.hasExited() ? [server.pid] : []),
    async kill(signal = 'SIGKILL') {
      server?.kill(signal);
      await server?.exited;
    },
    start,
    ending: () => server?.ending(),
    async stop() {
      await server?.stop({ graceMs: STOP_GRACE_MS });
    },
  };
}
