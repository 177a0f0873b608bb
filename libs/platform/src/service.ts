/** How a service runs: settings → connections → app → consumers → relay; the same backwards when it is told to stop. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import express from 'express';
import type { ServiceName } from '@membership/contracts/claims';
import type { Endpoint } from '@membership/contracts/endpoint';
import type { Connection } from 'mongoose';
import { connectBus, type Bus } from './bus.ts';
import {
  ConfigError,
  processEnvironment,
  readSettings,
  type Settings,
  type ServiceFields,
  type commonSettings,
} from './config.ts';
import { startConsumer, type Subscription } from './consumer.ts';
import { dueErasures, eraseDueTenants } from './erased-tenants.ts';
import { createDispatch, type Dispatch, type DispatchOptions } from './http/dispatch.ts';
import { deadLetterRoutes } from './http/dead-letter-routes.ts';
import type { Implementation } from './http/implement.ts';
import { createHttpServer, type ServerOptions } from './http/server.ts';
import { WaitingRoom } from './http/waiting-room.ts';
import { HeldSecret } from './held-secret.ts';
import { fingerprintKeyOf, type FingerprintKeys } from './idempotency.ts';
import { idsOf, type Ids } from './ids.ts';
import { scheduleJob, type JobOptions } from './job.ts';
import { createLogger, type Logger } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { migrate, type IndexName, type Migration } from './migrate.ts';
import { untilMigrated } from './migrated.ts';
import { connectMongo, type Mongo } from './mongo.ts';
import { readinessOf, takesRequests, type Phase, type Readiness } from './readiness.ts';
import { startRelay, type Relay } from './relay.ts';
import { transactionsOf, type Transactions } from './transaction.ts';

/** Paths that every process answers itself; the router compares them in any case. */
const PLATFORM_PATH = /^\/(healthz|readyz|internal)\b/i;

/** What a service is built from. */
export type ServiceContext<F extends ServiceFields> = {
  readonly service: ServiceName;
  readonly settings: Settings<F>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly connection: Connection;
  readonly transactions: Transactions;
  readonly ids: Ids;
  /** How this process is, as its /readyz says. */
  readonly readiness: () => Promise<Readiness>;
  /** A secret that is changed while the process runs: one of the settings' `overlappingSecret`s. */
  readonly secret: (name: keyof F & string) => HeldSecret;
  /** For the fingerprints of requests that a service keeps itself. */
  readonly fingerprintKeys: FingerprintKeys;
};

/** What a service consists of. */
export type ServiceParts = {
  readonly implementations: readonly Implementation[];
  readonly authenticate: DispatchOptions['authenticate'];
  readonly subscriptions?: readonly Subscription[];
  readonly migrations?: readonly Migration[];
  /** Indexes that versions before had and nothing needs any more: each start drops those that are there. */
  readonly retiredIndexes?: readonly IndexName[];
  /** In front of the contracts' routes: the gateway's proxies and pages. */
  readonly handle?: (dispatch: Dispatch) => (request: IncomingMessage, response: ServerResponse) => void;
  /** Hears of requests that could not be read, which `handle` never sees. */
  readonly onUnreadable?: ServerOptions['onUnreadable'];
  /** The process's port is open to the world (the gateway): nothing under /internal/ is served there. */
  readonly isPublic?: boolean;
  readonly dialectOf?: DispatchOptions['dialectOf'];
  /** Further checks of readiness, by name; a failing one makes /readyz 503. */
  readonly readiness?: Readonly<Record<string, () => boolean | Promise<boolean>>>;
  /**
   * After connections and migrations, before requests: scheduled jobs, log readers. Returns how to stop them, which is
   * done while the last requests are answered.
   */
  readonly start?: (bus: Bus) => Promise<() => Promise<void>>;
  /** Removes what of an erased tenant's lies under other names than `tenantId`. May run again. */
  readonly eraseTenant?: (tenantId: number) => Promise<void>;
  /** After requests, jobs and consumers have ended: group commits, pools, what requests need. */
  readonly stop?: () => Promise<void>;
};

export type ServiceDefinition<F extends ServiceFields> = {
  readonly name: ServiceName;
  readonly version?: string;
  readonly settings: F;
  readonly secrets: readonly (keyof F & string)[];
  /** The secret that its fingerprints of requests are made with; INTERNAL_KEY unless said. */
  readonly fingerprintSecret?: keyof F & string;
  /** What its settings must be together: throws ConfigError, before anything is connected or listened to. */
  readonly checkSettings?: (settings: Settings<F>) => void;
  /** The contracts that this service must answer, each exactly once. */
  readonly endpoints: readonly Endpoint[];
  /** Wires the service; declares its models (indexes are built from them afterwards). */
  readonly build: (context: ServiceContext<F>) => Promise<ServiceParts> | ServiceParts;
};

export type RunningService = {
  readonly port: number;
  readonly metricsPort: number;
  readonly bus: Bus;
  readonly connection: Connection;
  readonly logger: Logger;
  /** Whether events reach it: its queue stands and the broker knows it. A start does not wait for that for ever. True where it hears none. */
  isHearing(): boolean;
  /** Ends it in order; with `isAnnounced` it goes on taking requests for a moment, so that those who send them learn of it. */
  stop(options?: { isAnnounced?: boolean }): Promise<void>;
};

/** How often is looked for tenants that were erased. */
const ERASE_MILLISECONDS = 60_000;
/** Requests that may wait for a process that starts, and for how many milliseconds. */
const WAITING_ROOM = { places: 1_000, milliseconds: 8_000 };
/**
 * Milliseconds in which a process that was told to stop goes on as before, while `/readyz` says that it stops, and those that
 * its end may take once its requests have ended. With SHUTDOWN_SECONDS in between (and what the orchestrator waits before it
 * tells) they must fit into the orchestrator's grace period.
 */
const LINGER_MILLISECONDS = 2_000;
const END_MILLISECONDS = 8_000;
/** Milliseconds for which idle connections are kept after that: as long as an answer may need to tell of the end. */
const IDLE_MILLISECONDS = 500;
/** What an announced stop may take. */
export const stopMilliseconds = (shutdownSeconds: number): number =>
  LINGER_MILLISECONDS + shutdownSeconds * 1_000 + END_MILLISECONDS;

/** Every contract has one implementation, and every implementation a contract; else the start ends here. */
export function requireEveryEndpoint(
  endpoints: readonly Endpoint[],
  implementations: readonly Implementation[],
): void {
  const answered = implementations.map(({ endpoint }) => endpoint);
  const missing = endpoints.filter((endpoint) => !answered.includes(endpoint)).map(({ name }) => name);
  const unknown = answered.filter((endpoint) => !endpoints.includes(endpoint)).map(({ name }) => name);
  const twice = answered
    .filter((endpoint, index) => answered.indexOf(endpoint) !== index)
    .map(({ name }) => name);
  const problems = [
    ...missing.map((name) => `${name} has no implementation`),
    ...unknown.map((name) => `${name} is in no contract of this service`),
    ...twice.map((name) => `${name} is implemented twice`),
  ];
  if (problems.length > 0) throw new Error(`Contracts and implementations differ: ${problems.join('; ')}`);
}

type Secrets<F extends ServiceFields> = {
  readonly secret: ServiceContext<F>['secret'];
  readonly fingerprintKeys: FingerprintKeys;
  start(): void;
  stop(): void;
};
/**
 * The secrets of a process that are changed while it runs. Fingerprints are made with one that is no service's but its own and,
 * where it is INTERNAL_KEY, the gateway's.
 */
function secretsOf<F extends ServiceFields>(
  { fingerprintSecret = 'INTERNAL_KEY', secrets }: ServiceDefinition<F>,
  settings: Settings<F>,
  environment: Readonly<Record<string, string | undefined>>,
  logger: Logger,
): Secrets<F> {
  const held = new Map<string, HeldSecret>();
  const valuesOf = (name: keyof F & string) =>
    held.get(name)?.values ?? [settings[name] ?? []].flat().map(String);
  const secret: Secrets<F>['secret'] = (name) => {
    const known = held.get(name);
    if (known) return known;
    const values: unknown = settings[name];
    if (!Array.isArray(values)) throw new Error(`${name} is no secret that is changed while a process runs`);
    const one = new HeldSecret({
      ...{ name, values, environment, logger },
      file: environment[`${name}_FILE`],
      others: () => secrets.filter((other) => other !== name).map((other) => [other, valuesOf(other)]),
      settleMilliseconds: (settings as Settings<typeof commonSettings>).SECRET_SETTLE_SECONDS * 1_000,
    });
    held.set(name, one);
    return one;
  };
  return {
    secret,
    fingerprintKeys: secret(fingerprintSecret).of(fingerprintKeyOf),
    start: () => held.forEach((one) => one.start()),
    stop: () => held.forEach((one) => one.stop()),
  };
}

/** Starts a service in this process. Waits for its database; the broker may come later. */
export async function startService<F extends ServiceFields>(
  definition: ServiceDefinition<F>,
  environment: Readonly<Record<string, string | undefined>>,
  { signal }: { signal?: AbortSignal } = {},
): Promise<RunningService> {
  const { name } = definition;
  const settings = settingsOf(definition, environment);
  const common = settings as unknown as Settings<typeof commonSettings>;
  const logger = createLogger({ service: name, level: common.LOG_LEVEL });
  const secrets = secretsOf(definition, settings, environment, logger);
  const { secret, fingerprintKeys } = secrets;
  const metrics = createMetrics(name);
  const stops: [string, () => Promise<unknown>][] = [];
  /** What takes or does work: it ends together, before what it works with. */
  const busy: typeof stops = [];
  let phase: Phase = 'starting';
  const waitingRoom = new WaitingRoom(WAITING_ROOM);
  let parts: ServiceParts | undefined;
  let mongo: Mongo | undefined;
  let relay: Relay | undefined;
  let handle: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  let isHearing = () => true;
  let [lingerMilliseconds, idleMilliseconds] = [0, 0];
  let stopping: Promise<void> | undefined;
  /** What is busy first, then the rest, the last of it first. */
  const stop: RunningService['stop'] = ({ isAnnounced = false } = {}) =>
    (stopping ??= (async () => {
      phase = 'stopping';
      waitingRoom.close();
      if (isAnnounced) [lingerMilliseconds, idleMilliseconds] = [LINGER_MILLISECONDS, IDLE_MILLISECONDS];
      const end = async ([what, how]: (typeof stops)[number]) =>
        how().catch((error: unknown) => logger.error({ err: error, what }, 'did not stop cleanly'));
      await Promise.all(busy.map(end));
      for (const one of stops.reverse()) await end(one);
    })());
  try {
    const router = express.Router();
    router.get('/healthz', (_request, response) =>
      answerJson(response, 200, { status: 'ok', service: name }),
    );
    router.get('/readyz', async (_request, response) => {
      const { status, checks } = await readiness();
      answerJson(response, takesRequests({ status, checks }) ? 200 : 503, { status, service: name, checks });
    });
    const http = createHttpServer(
      (request, response) => {
        // A router's walk costs as much as a proxied request's headers: only what may be the platform's goes through it.
        if (handle && !PLATFORM_PATH.test(request.url ?? '')) {
          handle(request, response);
          return;
        }
        (
          router as unknown as (
            request: IncomingMessage,
            response: ServerResponse,
            next: (error?: unknown) => void,
          ) => void
        )(request, response, (error) => {
          if (error) answerJson(response, 400, { status: 'bad request' });
          else if (handle) handle(request, response);
          else
            waitingRoom.enter(response, {
              go: () => handle?.(request, response),
              turnAway: () => answerJson(response, 503, { status: phase }, { 'retry-after': '1' }),
            });
        });
      },
      {
        stallSeconds: common.WRITE_STALL_SECONDS,
        onUnreadable: (refused) => parts?.onUnreadable?.(refused),
      },
    );
    const bus = connectBus({
      url: common.AMQP_URL,
      logger,
      metrics,
      service: name,
      prefix: common.BUS_PREFIX,
      isTopologyGiven: common.BUS_TOPOLOGY === 'given',
    });
    stops.push(['bus', () => bus.close()]);
    const readiness = readinessOf({
      phase: () => phase,
      mongo: () => mongo,
      bus,
      hasEvents: () => relay?.isOpen() === true && isHearing(),
      further: () => parts?.readiness ?? {},
    });
    const metricsPort = await metrics.listen(common.METRICS_PORT, common.HOST);
    stops.push(['metrics', () => metrics.close()]);
    const port = await http.listen(common.PORT, common.HOST);
    busy.push([
      'requests',
      () =>
        http.close({
          ...{ lingerMilliseconds, idleMilliseconds },
          requestMilliseconds: common.SHUTDOWN_SECONDS * 1_000,
        }),
    ]);

    mongo = await connectMongo({ uri: common.MONGODB_URI, logger, metrics, ...(signal ? { signal } : {}) });
    const { connection } = mongo;
    stops.push(['mongo', () => connection.close()]);
    const transactions = transactionsOf(connection, name);
    const context: ServiceContext<F> = {
      service: name,
      settings,
      logger,
      metrics,
      connection,
      transactions,
      ids: idsOf(connection),
      readiness,
      secret,
      fingerprintKeys,
    };
    parts = await definition.build(context);
    secrets.start();
    stops.push(['secrets', async () => secrets.stop()]);
    requireEveryEndpoint(definition.endpoints, parts.implementations);
    const { migrations = [], retiredIndexes } = parts;
    await (common.MIGRATE_AT_START
      ? migrate(connection, migrations, logger, { retiredIndexes })
      : untilMigrated(connection, migrations, logger, signal));
    const relaying = startRelay({ connection, bus, transactions, logger, metrics, service: name });
    relay = relaying;
    stops.push(['relay', () => relaying.stop()]);
    if (parts.stop) stops.push(['parts', parts.stop]);
    if (parts.subscriptions && parts.subscriptions.length > 0) {
      const hearing = await startConsumer({
        service: name,
        bus,
        connection,
        transactions,
        subscriptions: parts.subscriptions,
        logger,
        metrics,
      });
      busy.push(['consumer', () => hearing.stop()]);
      isHearing = () => hearing.isConsuming();
    }
    const erasing = { connection, transactions, logger, metrics, name, also: parts.eraseTenant };
    busy.push(['erasures', scheduleErasures(erasing)]);
    if (parts.start) busy.push(['jobs', await parts.start(bus)]);
    if (!parts.isPublic)
      router.use(
        '/internal/dead-letters',
        deadLetterRoutes({ bus, service: name, authenticate: parts.authenticate }),
      );
    const dispatch = createDispatch({
      implementations: parts.implementations,
      authenticate: parts.authenticate,
      publicUrl: common.PUBLIC_URL,
      logger,
      metrics,
      connection,
      transactions,
      fingerprintKeys,
      writeDeadline: common.WRITE_DEADLINE_MS,
      ...(parts.dialectOf ? { dialectOf: parts.dialectOf } : {}),
    });
    handle = parts.handle?.(dispatch) ?? dispatch;
    giveBack();
    phase = 'running';
    waitingRoom.open();
    logger.info({ port, metricsPort }, 'ready');
    return { port, metricsPort, bus, connection, logger, isHearing, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Throws ConfigError where they are not usable, each by itself or together. */
function settingsOf<F extends ServiceFields>(
  { settings: fields, secrets, checkSettings }: ServiceDefinition<F>,
  environment: Readonly<Record<string, string | undefined>>,
): Settings<F> {
  const settings = readSettings(fields, environment, secrets);
  checkSettings?.(settings);
  return settings;
}

/** Returns how to stop it. */
function scheduleErasures({
  name,
  transactions,
  also,
  ...options
}: Pick<JobOptions, 'connection' | 'logger' | 'metrics'> & {
  readonly name: ServiceName;
  readonly transactions: Transactions;
  readonly also: ServiceParts['eraseTenant'];
}): () => Promise<void> {
  const { connection, logger } = options;
  const job = scheduleJob({
    ...options,
    name: `${name}-tenant-erasures`,
    every: ERASE_MILLISECONDS,
    waiting: () => dueErasures(connection, new Date()),
    run: ({ signal }) => eraseDueTenants(connection, { now: new Date(), transactions, signal, logger, also }),
  });
  return () => job.stop();
}

/**
 * What the start left behind, in one go and while nobody waits: V8 would keep the pages of its garbage until it needs them,
 * about 20 MB. Nothing is done without `--expose-gc`.
 */
function giveBack(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  further: OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...further,
  });
  response.end(JSON.stringify(body));
}

/**
 * The main of a service's process: starts it, stops it on SIGTERM or SIGINT, ends with 1 when it cannot start.
 * `node src/main.ts migrate` only brings the database up to date.
 */
export async function runService<F extends ServiceFields>(
  definition: ServiceDefinition<F>,
  environment: Readonly<Record<string, string | undefined>> = processEnvironment,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  const abort = new AbortController();
  try {
    if (args[0] === 'migrate') {
      await migrateOnly(definition, environment);
      return;
    }
    const started: { service?: RunningService } = {};
    const { SHUTDOWN_SECONDS: seconds } = settingsOf(definition, environment) as unknown as Settings<
      typeof commonSettings
    >;
    const end = (name: NodeJS.Signals) => {
      abort.abort();
      const { service } = started;
      if (!service) process.exit(0);
      setTimeout(() => {
        service.logger.error('the stop took too long; the rest is cut off');
        process.exit(1);
      }, stopMilliseconds(seconds)).unref();
      service.logger.info({ signal: name }, 'stopping');
      void service.stop({ isAnnounced: true }).then(() => {
        service.logger.info('stopped');
        process.exit(0);
      });
    };
    process.on('SIGTERM', end);
    process.on('SIGINT', end);
    started.service = await startService(definition, environment, { signal: abort.signal });
  } catch (error) {
    if (error instanceof ConfigError)
      process.stderr.write(`${definition.name} does not start. ${error.message}\n`);
    else process.stderr.write(`${definition.name} does not start: ${(error as Error).stack ?? error}\n`);
    process.exit(1);
  }
}

async function migrateOnly<F extends ServiceFields>(
  definition: ServiceDefinition<F>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const settings = settingsOf(definition, environment);
  const common = settings as unknown as Settings<typeof commonSettings>;
  const logger = createLogger({ service: definition.name, level: common.LOG_LEVEL });
  const metrics = createMetrics(definition.name);
  const { connection } = await connectMongo({ uri: common.MONGODB_URI, logger });
  try {
    const parts = await definition.build({
      service: definition.name,
      settings,
      logger,
      metrics,
      connection,
      transactions: transactionsOf(connection, definition.name),
      ids: idsOf(connection),
      readiness: async () => ({ status: 'starting', checks: {} }),
      ...secretsOf(definition, settings, environment, logger),
    });
    const { migrations = [], retiredIndexes } = parts;
    await migrate(connection, migrations, logger, { retiredIndexes });
    await parts.stop?.();
    logger.info('migrated');
  } finally {
    await connection.close();
  }
}
