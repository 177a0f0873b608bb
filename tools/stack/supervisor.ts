// Runs the whole platform for `npm start`: stores, services, demo data; stops it all again, in order.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildConsole } from './console-build.ts';
import { type ExclusiveLock, tryLock } from './exclusive-lock.mjs';
import { assertGivenStores } from './given-stores.ts';
import { endOrphans, type Infrastructure, startInfrastructure } from './infrastructure.ts';
import { isPortFree } from './ports.ts';
import { settlesWithin } from './processes.ts';
import { alreadyRunning, type Running, supervisorFile, supervisorLock } from './running-platform.ts';
import { publicUrlOf } from './service-environment.ts';
import { PortTaken, type RunningServices, type ServicesOptions, startServices } from './services.ts';
import { endStackProcesses, STACK_MARKER } from './stack-processes.ts';
import { writeJson } from './stack-state.ts';
import { guardStores, type StoreGuard } from './store-guard.ts';
import type { StartArguments } from './start-arguments.ts';
import type { Log } from './store.ts';
import { welcome } from './welcome.ts';

const STEPS = 5;
const ABANDON_MS = 60_000;

/** A platform that is up, or that is being brought up until `stop` is called. */
export class Supervisor {
  readonly #wanted: StartArguments;
  readonly #say: Log;
  readonly #stopRequested = new AbortController();
  #lock: ExclusiveLock | undefined;
  #infrastructure: Infrastructure | undefined;
  #finding: Promise<unknown> = Promise.resolve();
  #services: RunningServices | undefined;
  #guard: StoreGuard | undefined;

  readonly #standIns: Pick<ServicesOptions, 'entryPoint'>;

  constructor(wanted: StartArguments, say: Log, standIns: Pick<ServicesOptions, 'entryPoint'> = {}) {
    this.#wanted = wanted;
    this.#say = say;
    this.#standIns = standIns;
  }

  /** Returns when the platform is ready. On failure, or when stop was asked for, nothing is left running. */
  async start(): Promise<void> {
    const { stackDir, gatewayPort, demo, redis, demoPassword, logLevel } = this.#wanted;
    mkdirSync(join(stackDir, 'logs'), { recursive: true });
    const lock = tryLock(supervisorLock(stackDir));
    if (!lock) throw new Error(alreadyRunning(stackDir) ?? `Another npm start has just taken ${stackDir}.`);
    this.#lock = lock;
    try {
      writeJson(supervisorFile(stackDir), null);
      await endOrphans(stackDir, this.#say);
      if (!(await isPortFree(gatewayPort))) throw new PortTaken(gatewayPort);
      await this.#unlessStopped(assertGivenStores(process.env, { redis }));
      // Also what only helps (apt-get, pip) can then be found and ended.
      process.env[STACK_MARKER] = stackDir;

      this.#step(1, redis ? 'finding MongoDB, RabbitMQ and Redis' : 'finding MongoDB and RabbitMQ');
      const finding = startInfrastructure({
        stackDir,
        redis,
        log: (line) => this.#say(`      ${line}`),
      }).then((found) => {
        this.#infrastructure = found;
        return found;
      });
      this.#finding = finding;
      // Stand-ins have no console. What is wrong with it keeps nobody from the API.
      const building = this.#standIns.entryPoint
        ? Promise.resolve()
        : buildConsole({ log: (line) => this.#say(`      ${line}`) }).catch((error: Error) =>
            this.#say(error.message),
          );
      const infrastructure = await this.#unlessStopped(finding);
      await this.#unlessStopped(building);

      this.#step(2, 'starting the services');
      const services = await startServices({
        infrastructure,
        gatewayPort,
        stackDir,
        superPassword: demoPassword,
        logLevel,
        restartCrashed: true,
        // Beside its MongoDB a profile out of Redis costs more than the question that it spares (docs/performance.md).
        environment: { points: { BALANCES_CACHE_SECONDS: process.env['BALANCES_CACHE_SECONDS'] ?? '0' } },
        ...this.#standIns,
        log: (line) => this.#say(line),
      });
      this.#services = services;

      this.#step(3, 'waiting until every service is up');
      await this.#unlessStopped(services.ready());

      this.#step(4, demo ? 'loading the demo data' : 'no demo data (--no-demo)');
      if (demo) await this.#unlessStopped(this.#loadDemo(services.url));

      this.#guard = guardStores(infrastructure, this.#say);
      this.#step(5, 'ready');
      writeJson(supervisorFile(stackDir), {
        url: publicUrlOf(gatewayPort),
        startedAt: new Date().toISOString(),
      } satisfies Running);
      this.#say(welcome(this.#wanted));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  #step(number: number, what: string): void {
    this.#say(`${number}/${STEPS}   ${what}`);
  }

  async #loadDemo(gatewayUrl: string): Promise<void> {
    const { loadDemoData } = await import('../demo-data.ts');
    const { demoPassword } = this.#wanted;
    try {
      const { created } = await loadDemoData({
        gatewayUrl,
        superPassword: demoPassword,
        demoPassword,
        log: (line) => this.#say(`      ${line}`),
      });
      this.#say(`      ${created ? 'created' : 'already there'}`);
    } catch (error) {
      throw new Error(
        `The demo data could not be loaded: ${(error as Error).message}\nThey may be of an earlier version, or root was given another password at the first start (DEMO_PASSWORD): npm run reset clears them; npm start -- --no-demo starts without.`,
      );
    }
  }

  /** The promise's value, or an error as soon as stop is asked for. */
  #unlessStopped<Value>(promise: Promise<Value>): Promise<Value> {
    const { signal } = this.#stopRequested;
    return Promise.race([
      promise,
      new Promise<never>((_, fail) => {
        const end = (): void => fail(new StopRequested());
        if (signal.aborted) end();
        else signal.addEventListener('abort', end, { once: true });
      }),
    ]);
  }

  /** Asks a start that is under way to end; `start` then rejects with StopRequested. */
  requestStop(): void {
    this.#stopRequested.abort();
  }

  /** Services first, then the stores; returns when every process is gone. */
  async stop(): Promise<void> {
    const { stackDir } = this.#wanted;
    const guarding = this.#guard?.stop();
    await this.#services?.stop();
    await guarding;
    if (!this.#infrastructure) {
      // Still searching: what it has started so far is ended, which ends the search; Docker's calls run to their end.
      await endStackProcesses(stackDir, { graceMs: 2_000 });
      await settlesWithin(this.#finding, ABANDON_MS);
    }
    await this.#infrastructure?.stop();
    await endStackProcesses(stackDir, { graceMs: 2_000 });
    this.#lock?.release();
  }
}

/** Not a failure: somebody pressed Ctrl-C while the platform was starting. */
export class StopRequested extends Error {
  override readonly name = 'StopRequested';
}
