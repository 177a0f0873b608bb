/**
 * The relay: takes facts out of the outbox, in order per aggregate, and deletes what a transaction announced once the broker
 * has confirmed all of it (that is the mark: the outbox stays small, the archive of the statistics is the trail). A crash
 * between the two publishes facts twice, which consumers bear.
 */
import type { Connection } from 'mongoose';
import type { ServiceName } from '@membership/contracts/claims';
import { EVENT_CONTENT_TYPE } from '@membership/contracts/event';
import type { Bus } from './bus.ts';
import { openCalls } from './bus/calls.ts';
import { Lanes, type LaneFact } from './bus/lanes.ts';
import { outboxReport } from './bus/outbox-report.ts';
import { createPublisher, type Outcome } from './bus/publisher.ts';
import { UnfinishedEntries } from './bus/unfinished-entries.ts';
import { backoff, pause, Wake } from './wake.ts';
import { holdLease } from './lease.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import { Outbox, type OutboxEntry } from './outbox.ts';
import { declareBase } from './topology.ts';
import type { Transactions } from './transaction.ts';

export type RelaySettings = {
  /** Facts that may be under way when more are read. */
  readonly batch: number;
  /** Milliseconds between looks for facts of which no call told. */
  readonly poll: number;
  /** Milliseconds after which another replica takes over from a dead one. */
  readonly leaseTtl: number;
  /** Milliseconds after which a fact is reported instead of sent: consumers forget what they handled after 30 days. */
  readonly tooOld: number;
  /** Milliseconds that a flush at the end may take. */
  readonly flushTimeout: number;
};
const DEFAULTS: RelaySettings = {
  batch: 500,
  poll: 5_000,
  leaseTtl: 6_000,
  tooOld: 30 * 24 * 3_600_000,
  flushTimeout: 5_000,
};

/** Milliseconds for which a look waits for a channel before it counts as hindered. */
const OPEN_MILLISECONDS = 100;

/** Entries of the outbox that are read at a time. */
const READ_AT_ONCE = 100;

export type RelayOptions = {
  readonly connection: Connection;
  readonly bus: Bus;
  readonly transactions: Transactions;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly service: ServiceName;
  readonly settings?: Partial<RelaySettings>;
};

export type Relay = {
  /** Resolves when the exchange and the log stand; rejects with TopologyMismatch; false: the broker is away, later then. */
  opened(milliseconds: number): Promise<boolean>;
  /** Whether it could publish: the broker is there, and the exchange and the log stand. */
  isOpen(): boolean;
  /** Whether this process is the one that publishes. */
  isHolder(): boolean;
  /** Looks at the outbox now. Commits of this process do that by themselves. */
  wake(): void;
  /** Stops; with `flush` it first publishes what is there, if the broker takes it in time. What stays goes with the next start. */
  stop(options?: { flush?: boolean }): Promise<void>;
};

/** Starts the relay of a service. One replica publishes at a time; the others take over when it ends or dies. */
export function startRelay({
  connection,
  bus,
  transactions,
  logger,
  metrics,
  service,
  settings,
}: RelayOptions): Relay {
  const { batch, poll, leaseTtl, tooOld, flushTimeout } = { ...DEFAULTS, ...settings };
  const outbox = new Outbox(connection, tooOld);
  const published = metrics.counter(
    'membership_events_published_total',
    'Facts handed to the broker, by what came of it',
    ['type', 'outcome'],
  );
  const publisher = createPublisher(bus, 'relay', (channel) => declareBase(channel, bus.names));
  const wake = new Wake();
  const entries = new UnfinishedEntries(outbox, logger);
  const lease = holdLease({ connection, name: 'relay', ttl: leaseTtl, logger, onHeld: () => wake.raise() });
  const report = outboxReport(outbox, { tooOld, logger, metrics });
  metrics.gauge('membership_relay_holder', '1 in the replica that publishes', [], (gauge) =>
    gauge.set(lease.isHeld() ? 1 : 0),
  );
  const calls = openCalls(bus, 'relay', () => wake.raise());

  const stopping = new AbortController();
  let troubles = 0;

  const publish = async (fact: LaneFact): Promise<Outcome> => {
    const outcome = await publisher.publish({
      exchange: bus.names.exchange,
      routingKey: fact.type,
      content: Buffer.from(fact.content),
      messageId: fact.id,
      contentType: EVENT_CONTENT_TYPE,
    });
    published.inc({ type: fact.type, outcome });
    if (outcome === 'confirmed') entries.confirmed(fact);
    // Trouble is dealt with at once, also when there is nothing new to publish.
    else wake.raise();
    return outcome;
  };
  const lanes = new Lanes({ send: publish, mayGoOn: () => lease.isHeld() });
  const atOnce = Math.min(batch, READ_AT_ONCE);
  /** Entries that were handed over while the outbox is read, which may bring them once more. */
  const meanwhile = new Set<string>();

  /**
   * Sends off what this process has just committed, without reading it back. Not where something of the same aggregates may
   * wait in the outbox before it, or anything stands in the way: then the next look finds it.
   */
  function handOver(committed: readonly OutboxEntry[]): boolean {
    const facts = committed.flatMap((entry) => entry.facts);
    const isFree =
      !stopping.signal.aborted && lease.isHeld() && publisher.channel.current() !== null && !lanes.trouble;
    if (!isFree || facts.length === 0 || lanes.size + facts.length > batch || !lanes.follow(facts))
      return false;
    for (const { _id } of committed) meanwhile.add(_id);
    lanes.add(committed.flatMap((entry) => entries.toSend(entry)));
    return true;
  }

  // Who writes wakes whoever publishes. Those who wait for the commit come first: their answers are written by then.
  transactions.onAnnounced((committed) =>
    setImmediate(() => {
      if (!lease.isHeld()) calls.call();
      else if (!handOver(committed)) wake.raise();
    }),
  );

  /** Reads what the outbox has beyond what is on its way already, and sends it off. Returns whether there may be more. */
  async function look(): Promise<boolean> {
    meanwhile.clear();
    const read = await outbox.read(atOnce, [...new Set([...lanes.entryIds(), ...entries.done()])]);
    const found = read.filter(({ _id }) => !meanwhile.has(_id));
    if (read.length === 0 && lanes.size === 0) entries.forget();
    // Trouble meanwhile: what was refused goes before what follows it.
    if (!lanes.trouble)
      lanes.add(
        found.flatMap((entry) => entries.toSend(entry)).sort((left, right) => left.sequence - right.sequence),
      );
    return read.length === atOnce;
  }

  /** Sends off all that waits, without waiting for its confirms. False when something stood in the way. */
  async function drain(ending: AbortSignal): Promise<boolean> {
    while (!ending.aborted && lease.isHeld()) {
      if (!publisher.channel.current() && !(await publisher.channel.wait(OPEN_MILLISECONDS))) return false;
      if (lanes.trouble) return recover(ending);
      const mayHaveMore = await look();
      if (lanes.trouble) return recover(ending);
      // All that waited was seen. What has been committed meanwhile raised the wake, or is found by the next look.
      if (!mayHaveMore) return true;
      await atMost(batch, ending);
    }
    return true;
  }

  /** A broker that takes nothing confirms nothing, for as long as it likes: no end waits for that. */
  const atMost = (most: number, ending: AbortSignal): Promise<unknown> => {
    const settled = new AbortController();
    return Promise.race([lanes.atMost(most), untilAborted(ending, settled.signal)]).finally(() =>
      settled.abort(),
    );
  };

  /** After trouble: once all that is under way has come to its end, the outbox says what has to be sent again. */
  async function recover(ending: AbortSignal): Promise<false> {
    await atMost(0, ending);
    if (ending.aborted) return false;
    if (lanes.trouble === 'unroutable') {
      logger.error({ log: bus.names.log }, 'a fact is unroutable: the log is not bound; declaring it again');
      publisher.channel.renew();
    }
    lanes.forgive();
    return false;
  }

  async function relay(): Promise<void> {
    while (!stopping.signal.aborted) {
      let isHindered = true;
      try {
        if (lease.isHeld()) await report.whenDue();
        isHindered = !(await drain(stopping.signal));
        if (isHindered) troubles++;
        else if (lanes.size === 0) troubles = 0;
      } catch (error) {
        if (troubles++ === 0) logger.warn({ err: error }, 'the outbox could not be published; trying on');
      }
      if (stopping.signal.aborted) break;
      // Trouble is waited out in full: a commit must not turn it into a busy loop.
      if (isHindered)
        await pause(backoff(troubles, { first: Math.min(poll, 50), most: 1_000 }), stopping.signal);
      else await wake.wait(poll);
    }
  }

  const relaying = relay();
  let stopped: Promise<void> | undefined;
  return {
    opened: (milliseconds) => publisher.channel.opened(milliseconds),
    isOpen: () => publisher.channel.current() !== null,
    isHolder: () => lease.isHeld(),
    wake: () => wake.raise(),
    stop: ({ flush = true } = {}) =>
      (stopped ??= (async () => {
        stopping.abort();
        wake.raise();
        await relaying;
        const late = AbortSignal.timeout(flushTimeout);
        if (flush)
          await drain(late).catch((error: unknown) =>
            logger.warn({ err: error }, 'the outbox was not flushed; the next start sends it'),
          );
        await atMost(0, late);
        await entries.finish();
        await lease.release();
        await Promise.all([publisher.close(), calls.close()]);
        logger.debug({ service }, 'relay stopped');
      })()),
  };
}

/** Resolves when the signal ends; the second one lets go of it. */
const untilAborted = (signal: AbortSignal, done: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true, signal: done });
  });
