/**
 * A process's connections to the broker. They come back by themselves; what hangs on them (channels, declarations,
 * consumers) is set up again each time by whoever owns it. The broker being away never ends a process or a request.
 */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type ConfirmChannel, type RecoveringChannelModel } from 'amqplib';
import type { ServiceName } from '@membership/contracts/claims';
import { backoff, Wake } from './wake.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import { TopologyMismatch, topologyNames, type TopologyNames } from './topology.ts';

/**
 * Publishing and consuming have a connection each: a broker short of disk or memory stops reading from those that
 * publish, and must go on reading the acknowledgements of those that consume.
 */
export type Purpose = 'publish' | 'consume';

export type BusOptions = {
  readonly url: string;
  readonly service: ServiceName;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Put before every name at the broker. */
  readonly prefix?: string | undefined;
  /** What the service needs stands at the broker already; it is looked for, not declared. */
  readonly isTopologyGiven?: boolean | undefined;
  /** Milliseconds before each redelivery of a failed event. */
  readonly retryDelays?: readonly number[] | undefined;
  /** What the broker shows for the connection; the service's name and pid unless said. */
  readonly name?: string | undefined;
};

export type Bus = {
  readonly service: ServiceName;
  readonly names: TopologyNames;
  readonly logger: Logger;
  readonly metrics: Metrics;
  isConnected(): boolean;
  /** The broker is short of disk or memory and takes no messages for now. */
  isBlocked(): boolean;
  /** Resolves when connected; rejects after `milliseconds` and says why the last attempt failed. */
  connected(milliseconds: number): Promise<void>;
  /** A channel that is opened again, and prepared by `open` again, whenever it was lost. */
  keepChannel(options: ChannelOptions): KeptChannel;
  /** A channel for one piece of work; who opens it closes it. Waits for the broker. */
  openChannel(purpose: Purpose): Promise<ConfirmChannel>;
  close(): Promise<void>;
};

export type ChannelOptions = {
  readonly purpose: Purpose;
  /** For the log. */
  readonly name: string;
  /** Prepares a fresh channel: declares, consumes. A rejection closes the channel; it is tried again. */
  readonly open: (channel: ConfirmChannel) => Promise<void>;
};

export type KeptChannel = {
  /** The channel while it is open and prepared, else null. */
  current(): ConfirmChannel | null;
  /**
   * Settles with the first opening: rejects with TopologyMismatch, and then no further attempt is made. Resolves with
   * false when the broker is not reachable within `milliseconds`; the channel opens later then.
   */
  opened(milliseconds: number): Promise<boolean>;
  /** Resolves once the channel is open, or after `milliseconds`. */
  wait(milliseconds: number): Promise<ConfirmChannel | null>;
  /** Closes the channel that is open now; a fresh one follows. */
  renew(): void;
  close(): Promise<void>;
};

const HEARTBEAT_SECONDS = 10;
const CONNECT_TIMEOUT = 10_000;

/** Connects in the background: returns at once, whether or not the broker is there. */
export function connectBus({
  url,
  service,
  logger,
  metrics,
  prefix,
  isTopologyGiven = false,
  retryDelays,
  name = `${service} ${process.pid}`,
}: BusOptions): Bus {
  const names = topologyNames(service, prefix, retryDelays, { isGiven: isTopologyGiven });
  const links: Record<Purpose, Link> = {
    publish: openLink({ url, name, purpose: 'publish', logger }),
    consume: openLink({ url, name, purpose: 'consume', logger }),
  };
  const all = Object.values(links);
  const kept = new Set<KeptChannel>();
  metrics.gauge(
    'membership_broker_connected',
    '1 while both connections to the broker are open',
    [],
    (gauge) => gauge.set(all.every((link) => link.isUp()) ? 1 : 0),
  );
  metrics.gauge(
    'membership_broker_blocked',
    '1 while the broker takes no messages (short of disk or memory)',
    [],
    (gauge) => gauge.set(all.some((link) => link.isBlocked()) ? 1 : 0),
  );
  let closing: Promise<void> | undefined;
  return {
    service,
    names,
    logger,
    metrics,
    isConnected: () => all.every((link) => link.isUp()),
    isBlocked: () => all.some((link) => link.isBlocked()),
    connected: async (milliseconds) => void (await Promise.all(all.map((link) => link.up(milliseconds)))),
    keepChannel(options) {
      const channel = keepChannel(links[options.purpose], options, logger);
      kept.add(channel);
      return channel;
    },
    async openChannel(purpose) {
      const channel = await links[purpose].createChannel();
      // What is wrong with it rejects the call that finds out; without a listener the process would end.
      channel.on('error', (error) => logger.debug({ err: error }, 'channel error'));
      return channel;
    },
    close: () =>
      (closing ??= (async () => {
        await Promise.all([...kept].map((channel) => channel.close()));
        await Promise.all(all.map((link) => link.close()));
      })()),
  };
}

type Link = {
  isUp(): boolean;
  isBlocked(): boolean;
  up(milliseconds: number): Promise<void>;
  createChannel(): Promise<ConfirmChannel>;
  close(): Promise<void>;
};

function withHeartbeat(url: string): string {
  const parsed = new URL(url);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
  return parsed.href;
}

/** One recovering connection. */
function openLink({
  url,
  name,
  purpose,
  logger,
}: {
  url: string;
  name: string;
  purpose: Purpose;
  logger: Logger;
}): Link {
  let isUp = false;
  let isBlocked = false;
  let isClosed = false;
  let lastFailure: Error | undefined;
  const waiting = new Set<() => void>();
  const log = logger.child({ connection: purpose });
  // Without noDelay a lone confirm can wait 40 ms for a delayed acknowledgement of TCP.
  const connecting: Promise<RecoveringChannelModel> = connect(withHeartbeat(url), {
    noDelay: true,
    keepAlive: true,
    timeout: CONNECT_TIMEOUT,
    clientProperties: { connection_name: `${name} ${purpose}` },
    recovery: { initialDelay: 100, maxDelay: 5_000, waitForConnect: false },
  }).then((model) => {
    model.on('connect', () => {
      isUp = true;
      isBlocked = false;
      lastFailure = undefined;
      log.info('connected to the broker');
      for (const resume of waiting) resume();
    });
    model.on('disconnect', (error) => {
      isUp = false;
      isBlocked = false;
      if (!isClosed) log.warn({ err: error }, 'lost the broker; connecting again');
    });
    model.on('connect-failed', (error) => {
      if (!lastFailure) log.warn({ err: error }, 'the broker does not answer; trying on');
      lastFailure = error;
    });
    model.on('blocked', (reason: string) => {
      isBlocked = true;
      log.error({ reason }, 'the broker takes no messages: it is short of disk or memory');
    });
    model.on('unblocked', () => {
      isBlocked = false;
      log.info('the broker takes messages again');
    });
    // 'disconnect' follows and says the same; without a listener the process would end.
    model.on('error', (error) => log.debug({ err: error }, 'connection error'));
    model.on('handler-error', (error: Error) =>
      log.error({ err: error }, 'a listener of the connection threw'),
    );
    return model;
  });
  return {
    isUp: () => isUp,
    isBlocked: () => isBlocked,
    up: (milliseconds) =>
      new Promise((done, failed) => {
        const finish = () => {
          clearTimeout(timer);
          waiting.delete(finish);
          done();
        };
        const timer = setTimeout(() => {
          waiting.delete(finish);
          failed(
            new Error(`No RabbitMQ at ${addressOf(url)}: ${lastFailure?.message ?? 'it does not answer'}`, {
              cause: lastFailure,
            }),
          );
        }, milliseconds);
        if (isUp) finish();
        else waiting.add(finish);
      }),
    createChannel: async () => (await connecting).createConfirmChannel(),
    async close() {
      isClosed = true;
      isUp = false;
      await Promise.race([(await connecting).close(), soon()]);
    },
  };
}

/** A URL for people: without the password. */
function addressOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

function keepChannel(link: Link, { name, open }: ChannelOptions, logger: Logger): KeptChannel {
  let current: ConfirmChannel | null = null;
  let preparing: ConfirmChannel | null = null;
  let isClosed = false;
  let mismatch: TopologyMismatch | undefined;
  let hasOpened = false;
  let isStale = false;
  const changes = new Set<() => void>();
  const closing = new Wake();
  const changed = () => {
    for (const listener of [...changes]) listener();
  };

  /** Opens a channel and resolves when it is gone again. */
  async function openUntilLost(): Promise<void> {
    const channel = await link.createChannel();
    preparing = channel;
    isStale = false;
    const lost = new Promise<void>((done) => channel.once('close', done));
    channel.on('error', (error) => logger.debug({ err: error, channel: name }, 'channel error'));
    channel.on('handler-error', (error) =>
      logger.error({ err: error, channel: name }, 'a listener of the channel threw'),
    );
    try {
      await open(channel);
    } catch (error) {
      await closeQuietly(channel);
      throw error;
    } finally {
      preparing = null;
    }
    current = channel;
    hasOpened = true;
    changed();
    // Both may have been asked for while it opened.
    if (isStale || isClosed) void closeQuietly(channel);
    await lost;
    current = null;
  }

  async function keep(): Promise<void> {
    for (let failures = 0; !isClosed; ) {
      try {
        await openUntilLost();
        failures = 0;
      } catch (error) {
        if (isClosed) break;
        failures++;
        if (error instanceof TopologyMismatch) {
          logger.error({ channel: name, subject: error.subject }, error.message);
          if (!hasOpened) {
            mismatch = error;
            changed();
            break;
          }
        } else if (link.isUp())
          logger.warn({ err: error, channel: name }, 'a channel did not open; trying on');
        await closing.wait(backoff(failures));
      }
    }
  }
  const keeping = keep();

  /** Resolves when `isDone`, or after a while. */
  const until = (isDone: () => boolean, milliseconds: number) =>
    new Promise<void>((done) => {
      const finish = () => {
        clearTimeout(timer);
        changes.delete(check);
        done();
      };
      const check = () => {
        if (isDone()) finish();
      };
      const timer = setTimeout(finish, milliseconds);
      changes.add(check);
      check();
    });

  return {
    current: () => current,
    async opened(milliseconds) {
      await until(() => hasOpened || mismatch !== undefined || isClosed, milliseconds);
      if (mismatch) throw mismatch;
      return hasOpened;
    },
    async wait(milliseconds) {
      await until(() => current !== null || isClosed, milliseconds);
      return current;
    },
    renew() {
      if (current) void closeQuietly(current);
      else isStale = true;
    },
    async close() {
      isClosed = true;
      closing.raise();
      changed();
      const channel = current ?? preparing;
      if (channel) await closeQuietly(channel);
      // While the broker is away `keeping` waits for a connection; closing the link ends that.
      if (link.isUp()) await Promise.race([keeping, soon()]);
    },
  };
}

/** A broker that is short of disk or memory reads nothing more from a connection, not even that it closes. */
const CLOSE_TIMEOUT = 1_000;
const soon = () => delay(CLOSE_TIMEOUT, undefined, { ref: false });

/** Closes a channel that may already be gone, or whose connection may go before the broker answers. */
async function closeQuietly(channel: ConfirmChannel): Promise<void> {
  const closed = once(channel, 'close');
  await Promise.race([closed, channel.close(), soon()]).catch(() => undefined);
}
