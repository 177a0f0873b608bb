// Runs a mongod as a replica set of one on the loopback address.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { launch, type ManagedProcess, tailOf } from './processes.ts';
import { ensureReplicaSet } from './replica-set.ts';
import type { Provider, RunningStore, StoreSettings } from './store.ts';

export type MongodProgram = { binary: string; version: string; env?: NodeJS.ProcessEnv };

/** A killed process's open transactions keep their documents from everybody until the server ends them: by default after 60 s. */
export const TRANSACTION_LIFETIME = 'transactionLifetimeLimitSeconds=10';

/** Lets tests make commands fail (`configureFailPoint`); never where data is anybody's. */
export const TEST_COMMANDS = 'enableTestCommands=1';

const START_MS = 60_000;
// A checkpoint of a large cache may take a while; an aborted stop is safe too, thanks to the journal.
const STOP_GRACE_MS = 20_000;

/** Starts mongod on the stack's data and returns when it takes writes. */
export async function startMongod(
  program: MongodProgram,
  { provider, settings }: { provider: Provider; settings: StoreSettings },
): Promise<RunningStore> {
  const { stackDir, throwaway } = settings;
  const port = settings.ports['mongodb'] as number;
  const dataDir = join(stackDir, 'mongodb');
  const logFile = join(stackDir, 'logs', 'mongod.log');
  mkdirSync(dataDir, { recursive: true });
  const args = [
    [
      '--replSet',
      'rs0',
      '--dbpath',
      dataDir,
      '--bind_ip',
      '127.0.0.1',
      '--port',
      String(port),
      '--nounixsocket',
    ],
    ['--wiredTigerCacheSizeGB', throwaway ? '0.5' : '1', '--oplogSize', throwaway ? '256' : '1024'],
    ['--setParameter', 'diagnosticDataCollectionEnabled=false'],
    ['--setParameter', TRANSACTION_LIFETIME],
    // A test waits for nothing on shutdown, and an election among one needs no patience. It may make commands fail.
    throwaway
      ? ['--setParameter', 'shutdownTimeoutMillisForSignaledShutdown=100', '--setParameter', TEST_COMMANDS]
      : [],
  ].flat();
  let server: ManagedProcess | undefined;

  async function start(): Promise<void> {
    const started = await launch({
      name: 'mongod',
      command: program.binary,
      args,
      cwd: stackDir,
      env: { ...process.env, ...program.env },
      logFile,
      stackDir,
    });
    server = started;
    try {
      await ensureReplicaSet({ port, timeoutMs: START_MS, unless: () => started.hasExited() });
    } catch (error) {
      await started.stop();
      const ended = await Promise.race([started.exited, Promise.resolve(null)]);
      throw new Error(
        `${(error as Error).message}${ended?.code ? ` (exit code ${ended.code})` : ''}. Its log (${logFile}) ends:\n${tailOf(logFile, { lines: 5 })}`,
      );
    }
  }

  await start();
  return {
    provider,
    description: `mongod ${program.version} on port ${port} (${program.binary})`,
    uri: `mongodb://127.0.0.1:${port}/?replicaSet=rs0`,
    pids: () => (server && !server.hasExited() ? [server.pid] : []),
    async kill(signal = 'SIGKILL') {
      server?.kill(signal);
      await server?.exited;
    },
    start,
    ending: () => server?.ending(),
    async stop() {
      await server?.stop({ graceMs: throwaway ? 2_000 : STOP_GRACE_MS });
      if (throwaway) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
