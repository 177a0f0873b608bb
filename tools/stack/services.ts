// The six services as processes of this machine.
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { COMPILE_CACHE_DIR, PROJECT_DIR } from './folders.ts';
import { choosePorts, isPortFree, whoListensOn } from './ports.ts';
import { launch, type ManagedProcess, tailOf } from './processes.ts';
import { createRestartDelay } from './restart-delay.ts';
import {
  type LocalPlatform,
  SECRETS,
  SERVICE_PORTS,
  SERVICES,
  serviceEnvironment,
  type ServiceName,
} from './service-environment.ts';
import { readState, rememberState, stackSecrets, writeJson } from './stack-state.ts';
import type { Log } from './store.ts';

export type ServicesOptions = {
  /** Which services; all six unless said otherwise. */
  names?: readonly ServiceName[];
  /** Server addresses, as startInfrastructure gives them. */
  infrastructure: { readonly mongodbUri: string; readonly amqpUrl: string; readonly redisUrl?: string };
  stackDir: string;
  /** A free port unless said otherwise. */
  gatewayPort?: number;
  superPassword?: string;
  logLevel?: string;
  /** A prefix for databases and queues, where several platforms share the servers. */
  isolation?: string;
  /** Added to, or put in place of, what a service gets anyway. */
  environment?: Partial<Record<ServiceName | 'all', Readonly<Record<string, string>>>>;
  /** Its processes live for a test: what their starts leave behind stays, which saves each 0.3 s of CPU. */
  isBrief?: boolean;
  /** Starts crashed services again and says so; a test that kills services does that itself. */
  restartCrashed?: boolean;
  log?: Log;
  /** Other programs in place of the services, for tests of this file. */
  entryPoint?: (service: ServiceName) => string;
};

export type RunningServices = {
  /** The gateway's address. */
  readonly url: string;
  /** Each service's own address, past the gateway. */
  readonly urls: Readonly<Record<ServiceName, string>>;
  readonly metricsUrls: Readonly<Record<ServiceName, string>>;
  readonly superPassword: string;
  /** What a service reads from its environment: keys and addresses for those who speak to it directly. */
  environmentOf(service: ServiceName): Readonly<Record<string, string>>;
  /** Done when the gateway reports every service up; throws early when one of them ends. */
  ready(options?: { timeoutMs?: number }): Promise<void>;
  /** Sends a signal; SIGKILL is done when the process is gone. */
  kill(service: ServiceName, signal?: NodeJS.Signals): Promise<void>;
  /** Stops the service if it runs, starts it, and waits until it is ready. */
  restart(service: ServiceName): Promise<void>;
  /** The service's log so far, or its last lines. */
  logs(service: ServiceName, options?: { lines?: number }): string;
  pids(): Partial<Record<ServiceName, number>>;
  stop(): Promise<void>;
};

type Part = { process: ManagedProcess; startedAt: number; delay: (livedMs: number) => number };

const READY_MS = 90_000;
const POLL_MS = 150;
const GRACE_MS = 20_000;
const LOG_LIMIT = 20 * 2 ** 20;
/** A start fills the young generation up to its size: 16 MB a half are three times 16 resident. */
const SMALL_YOUNG_GENERATION = '--max-semi-space-size=8';
/** What it leaves behind is given back once it is done (`libs/platform/src/service.ts`). */
const GIVE_BACK = '--expose-gc';
const ALL_LINES = 100_000;

/** A port of the gateway's that is taken, with what to do about it. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
  constructor(port: number) {
    const who = whoListensOn(port);
    super(
      `Port ${port} is taken${who ? ` by ${who}` : ''}. Free it, or choose another one: GATEWAY_PORT=${port + 1} npm start`,
    );
  }
}

/** Starts the services and returns at once; `ready()` waits for them. */
export async function startServices(options: ServicesOptions): Promise<RunningServices> {
  const { stackDir, names = SERVICES, log = () => undefined } = options;
  if (options.gatewayPort && !(await isPortFree(options.gatewayPort)))
    throw new PortTaken(options.gatewayPort);
  const chosen = await choosePorts(SERVICE_PORTS, readState(stackDir).ports);
  const ports = { ...chosen, ...(options.gatewayPort ? { gateway: options.gatewayPort } : {}) };
  rememberState(stackDir, { ports });
  const secrets = stackSecrets(stackDir, [...SECRETS, 'SUPER_PASSWORD']);
  const platform: LocalPlatform = {
    ports,
    secrets,
    mongodbUri: options.infrastructure.mongodbUri,
    amqpUrl: options.infrastructure.amqpUrl,
    redisUrl: options.infrastructure.redisUrl,
    superPassword: options.superPassword ?? secrets.SUPER_PASSWORD,
    logLevel: options.logLevel ?? 'info',
    ...(options.isolation ? { isolation: options.isolation } : {}),
  };
  const parts = new Map<ServiceName, Part>();
  const url = `http://127.0.0.1:${ports.gateway}`;
  const urls = byService((name) => `http://127.0.0.1:${ports[name]}`);
  let phase: 'starting' | 'running' | 'stopping' = 'starting';

  const entryPoint = options.entryPoint ?? ((name: ServiceName) => join('services', name, 'src/main.ts'));
  const logFile = (name: ServiceName): string => join(stackDir, 'logs', `${name}.log`);
  const environmentOf = (name: ServiceName): Record<string, string> => ({
    ...serviceEnvironment(name, platform),
    ...options.environment?.all,
    ...options.environment?.[name],
  });

  async function begin(name: ServiceName): Promise<void> {
    keepLogSmall(logFile(name));
    const started = await launch({
      name,
      command: process.execPath,
      args: [SMALL_YOUNG_GENERATION, ...(options.isBrief ? [] : [GIVE_BACK]), entryPoint(name)],
      cwd: PROJECT_DIR,
      env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE_DIR, ...environmentOf(name) },
      logFile: logFile(name),
      stackDir,
    });
    const delay = parts.get(name)?.delay ?? createRestartDelay();
    parts.set(name, { process: started, startedAt: Date.now(), delay });
    writeJson(join(stackDir, 'service-pids.json'), pids());
    if (options.restartCrashed) void restartWhenCrashed(name, started);
  }

  async function restartWhenCrashed(name: ServiceName, started: ManagedProcess): Promise<void> {
    const { code, signal } = await started.exited;
    const part = parts.get(name);
    if (phase !== 'running' || part?.process !== started) return;
    const wait = part.delay(Date.now() - part.startedAt);
    log(
      `${name} ended (${signal ?? `exit code ${code}`}); starting it again in ${wait / 1000} s. Log: ${logFile(name)}`,
    );
    await sleep(wait);
    if (phase === 'running' && parts.get(name)?.process === started) await begin(name);
  }

  function assertNoneEnded(): void {
    for (const [name, part] of parts) {
      if (!part.process.hasExited()) continue;
      const log = tailOf(logFile(name), { lines: 30, from: part.process.logStart });
      throw new Error(`${name} ended while starting. Its log (${logFile(name)}) ends:\n${log}`);
    }
  }

  async function waitFor(
    address: string,
    { timeoutMs, what }: { timeoutMs: number; what: string },
  ): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    let last = 'no answer';
    while (Date.now() < deadline) {
      if (phase === 'stopping') throw new Error('stopped while starting');
      if (phase === 'starting') assertNoneEnded();
      try {
        const response = await fetch(address, { signal: AbortSignal.timeout(2_000) });
        const body = await response.text();
        if (response.status === 200 && !reportsTrouble(body)) return;
        last = `${response.status} ${body.slice(0, 500)}`;
      } catch (error) {
        last = (error as Error).message;
      }
      await sleep(POLL_MS);
    }
    throw new Error(
      `${what} is not ready after ${timeoutMs / 1000} s: ${address} says ${last}. Logs: ${join(stackDir, 'logs')}`,
    );
  }

  const pids = (): Partial<Record<ServiceName, number>> =>
    Object.fromEntries(
      [...parts]
        .filter(([, { process: each }]) => !each.hasExited())
        .map(([name, part]) => [name, part.process.pid]),
    );

  const stop = async (): Promise<void> => {
    phase = 'stopping';
    await Promise.all([...parts.values()].map((part) => part.process.stop({ graceMs: GRACE_MS })));
  };

  try {
    for (const name of names) await begin(name);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    urls,
    metricsUrls: byService((name) => `http://127.0.0.1:${ports[`${name}-metrics`]}/metrics`),
    superPassword: platform.superPassword,
    environmentOf,
    async ready({ timeoutMs = READY_MS } = {}) {
      if (names.includes('gateway')) {
        await waitFor(`${url}/api/v1/health/`, { timeoutMs, what: 'The platform' });
      } else {
        for (const name of names) await waitFor(`${urls[name]}/readyz`, { timeoutMs, what: name });
      }
      phase = 'running';
    },
    async kill(name, signal = 'SIGKILL') {
      const part = parts.get(name);
      part?.process.kill(signal);
      if (signal === 'SIGKILL') await part?.process.exited;
    },
    async restart(name) {
      const before = parts.get(name);
      if (before) parts.set(name, { ...before, process: await stopped(before.process) });
      await begin(name);
      await waitFor(`${urls[name]}/readyz`, { timeoutMs: READY_MS, what: name });
    },
    logs: (name, { lines = ALL_LINES } = {}) => tailOf(logFile(name), { lines, bytes: LOG_LIMIT }),
    pids,
    stop,
  };
}

async function stopped(running: ManagedProcess): Promise<ManagedProcess> {
  await running.stop({ graceMs: GRACE_MS });
  return running;
}

/** Health answers 200 also when it is degraded; a start is done only when everything is up. */
export function reportsTrouble(body: string): boolean {
  try {
    const health = JSON.parse(body) as {
      status?: string;
      services?: Record<string, { status?: string } | string>;
    };
    const states = Object.values(health.services ?? {}).map((each) =>
      typeof each === 'string' ? each : each.status,
    );
    return health.status === 'degraded' || health.status === 'down' || states.includes('down');
  } catch {
    return false;
  }
}

function byService<Value>(of: (name: ServiceName) => Value): Record<ServiceName, Value> {
  return Object.fromEntries(SERVICES.map((name) => [name, of(name)])) as Record<ServiceName, Value>;
}

/** One earlier log is kept, so that a stack that runs for weeks does not fill the disk. */
function keepLogSmall(file: string): void {
  mkdirSync(join(file, '..'), { recursive: true });
  if (existsSync(file) && statSync(file).size > LOG_LIMIT) renameSync(file, `${file}.1`);
}
