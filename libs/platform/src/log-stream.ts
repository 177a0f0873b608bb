/**
 * Reads the log: every event there was, in order, each counted once. How far it got is stored in the transaction of what it
 * counted, so a crash repeats nothing and misses nothing.
 */
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { ClientSession, Connection } from 'mongoose';
import { collectionOf } from './mongo/bounded-reads.ts';
import type { Envelope } from '@membership/contracts/event';
import type { Bus } from './bus.ts';
import { readEnvelope } from './bus/delivery.ts';
import { isStoreAway } from './store-outage.ts';
import { backoff, pause } from './wake.ts';
import { holdLease } from './lease.ts';
import { declareBase } from './topology.ts';
import type { Transactions, UnitOfWork } from './transaction.ts';

export const STREAM_OFFSETS = 'stream_offsets';
/** `messageId` tells whether the entry at `offset` is still the one that was counted. */
export type StreamOffset = {
  readonly _id: string;
  readonly offset: number;
  readonly messageId: string | null;
  readonly time: string | null;
};

export type LogBatch = {
  readonly session: ClientSession;
  readonly unit: UnitOfWork;
  /** Of each event, where it stands in the log. */
  readonly offsets: readonly number[];
};

export type LogReaderOptions = {
  readonly bus: Bus;
  readonly connection: Connection;
  readonly transactions: Transactions;
  /** Key of the stored offset; another name reads from the start. */
  readonly name: string;
  /** Counts events in the transaction that also stores the offset. Runs again after a failure or a write conflict. */
  readonly handle: (events: readonly Envelope[], batch: LogBatch) => Promise<void>;
  /** Entries that share a transaction at most. */
  readonly batch?: number;
  /**
   * Milliseconds from the begin of a transaction to the next, where few entries wait: one transaction an event would cost the
   * machine more than the event itself did. One that comes alone waits for nothing.
   */
  readonly gather?: number;
  /** Entries that the broker hands out ahead. */
  readonly prefetch?: number;
  readonly leaseTtl?: number;
  /** Milliseconds that the entry counted last may take to come again before the log counts as made anew. */
  readonly anchorTimeout?: number;
  readonly startTimeout?: number;
};

export type LogPosition = {
  /** Offset of the last entry counted, or null. */
  readonly offset: number | null;
  /** Time of the last event counted: the figures are true as of then. Null before the first. */
  readonly asOf: string | null;
  /** Nothing more is waiting in the log. Null where another replica reads it. */
  readonly caughtUp: boolean | null;
  /** Seconds between the last event counted and now while there is more to count, else 0. */
  readonly lagSeconds: number;
};

export type LogReader = {
  position(): Promise<LogPosition>;
  /** Whether this process is the one that reads. */
  isHolder(): boolean;
  stop(): Promise<void>;
};

type Entry = { readonly message: ConsumeMessage; readonly channel: ConfirmChannel; readonly offset: number };

/** The log gives nothing more for this long: what was delivered was all. */
const QUIET = 200;

/**
 * Starts reading, in one replica at a time. Resolves once the log stands or the broker is found away (it reads on when it is
 * back). Rejects with TopologyMismatch.
 */
export async function startLogReader({
  bus,
  connection,
  transactions,
  name,
  handle,
  batch = 500,
  gather = 50,
  prefetch = 1_000,
  leaseTtl = 5_000,
  // A busy broker must not be taken for a log made anew: that would count everything twice.
  anchorTimeout = 30_000,
  startTimeout = 3_000,
}: LogReaderOptions): Promise<LogReader> {
  const { logger, metrics, names } = bus;
  const offsets = collectionOf<StreamOffset>(connection, STREAM_OFFSETS);
  const stopping = new AbortController();
  const arrived: Entry[] = [];
  let stored: StreamOffset | null = null;
  let live: ConfirmChannel | undefined;
  /** The entry counted last must come first, to prove that this is the log it was counted in. */
  let anchor: StreamOffset | null = null;
  let anchorTimer: NodeJS.Timeout | undefined;
  let lastActivity = 0;
  let begun = Number.NEGATIVE_INFINITY;
  let working: Promise<void> | undefined;

  const skipped = metrics.counter(
    'membership_stream_unreadable_total',
    'Entries of the log that are no event',
  );
  const counted = metrics.counter('membership_stream_events_total', 'Entries of the log that were counted');
  metrics.gauge('membership_stream_offset', 'Offset of the last entry counted', [], (gauge) =>
    gauge.set(lease.isHeld() ? (stored?.offset ?? -1) : -1),
  );
  metrics.gauge('membership_stream_lag_seconds', 'How far the figures are behind the log', [], (gauge) =>
    gauge.set(lease.isHeld() ? ownPosition().lagSeconds : 0),
  );

  const lease = holdLease({
    connection,
    name: `stream:${name}`,
    ttl: leaseTtl,
    logger,
    onHeld: () => channel.renew(),
    onLost: () => channel.renew(),
  });

  const channel = bus.keepChannel({
    purpose: 'consume',
    name: 'log reader',
    async open(fresh) {
      await declareBase(fresh, names);
      live = fresh;
      arrived.length = 0;
      clearTimeout(anchorTimer);
      await working;
      if (!lease.isHeld() || stopping.signal.aborted) return;
      stored = await offsets.findOne({ _id: name }, { readConcern: { level: 'majority' } });
      anchor = stored;
      lastActivity = performance.now();
      await fresh.prefetch(prefetch);
      const from = stored ? stored.offset : 'first';
      await fresh.consume(names.log, (message) => (message ? take(fresh, message) : channel.renew()), {
        noAck: false,
        arguments: { 'x-stream-offset': from },
      });
      if (anchor)
        anchorTimer = setTimeout(
          () => void startOver('the log ends before the entry counted last'),
          anchorTimeout,
        ).unref();
    },
  });

  function take(from: ConfirmChannel, message: ConsumeMessage): void {
    // Of a log that is about to be read from elsewhere.
    if (from !== live) return;
    const offset = Number(message.properties.headers?.['x-stream-offset']);
    lastActivity = performance.now();
    if (anchor && !isAnchored(from, message, offset)) return;
    arrived.push({ message, channel: from, offset });
    working ??= work().finally(() => (working = undefined));
  }

  /** Deals with what comes before the first entry to count; true once that is reached. */
  function isAnchored(from: ConfirmChannel, message: ConsumeMessage, offset: number): boolean {
    const last = anchor as StreamOffset;
    if (offset < last.offset) {
      from.ack(message);
      return false;
    }
    clearTimeout(anchorTimer);
    anchor = null;
    if (offset > last.offset) {
      logger.error(
        { counted: last.offset, found: offset },
        'the log no longer holds what comes after the entry counted last: events in between are missing',
      );
      return true;
    }
    if ((message.properties.messageId ?? null) === last.messageId) from.ack(message);
    else void startOver('another entry stands where the last one was counted');
    return false;
  }

  /** The log was made anew: everything in it is new, and what was counted before comes from elsewhere or is archived. */
  async function startOver(reason: string): Promise<void> {
    if (stopping.signal.aborted) return;
    logger.error({ reason, offset: stored?.offset }, 'the log was made anew; reading it from its start');
    // What comes until then comes again: counted now, it would leave out what stands before it.
    live = undefined;
    await offsets
      .deleteOne({ _id: name, offset: stored?.offset ?? -1 })
      .catch((error: unknown) => logger.warn({ err: error }, 'could not forget the offset; trying on'));
    channel.renew();
  }

  async function work(): Promise<void> {
    await Promise.resolve();
    for (let failures = 0; arrived.length > 0 && !stopping.signal.aborted; ) {
      const left = begun + gather - performance.now();
      if (arrived.length < batch && left > 0) await pause(left, stopping.signal);
      begun = performance.now();
      const entries = arrived.slice(0, batch);
      // A channel that was lost meanwhile has emptied the list.
      if (entries.length === 0) return;
      const from = entries[0]?.channel;
      try {
        await count(entries.filter(({ offset }) => stored === null || offset > stored.offset));
        failures = 0;
        acknowledge(entries.at(-1) as Entry);
        lastActivity = performance.now();
        // A fresh channel has emptied the list, and delivers what follows the offset that is stored now.
        if (from !== live) return;
        arrived.splice(0, entries.length);
      } catch (error) {
        if (error instanceof Overtaken) {
          logger.warn({ err: error }, 'another reader went on; looking again where to start');
          channel.renew();
          return;
        }
        failures++;
        const about = { err: error, offset: entries[0]?.offset, failures };
        if (isStoreAway(error)) logger.warn(about, 'the database is away; the log waits');
        else logger.error(about, 'entries of the log could not be counted; trying on');
        await pause(backoff(failures), stopping.signal);
        if (from !== live) return;
      }
    }
  }

  async function count(entries: readonly Entry[]): Promise<void> {
    const last = entries.at(-1);
    if (!last) return;
    const events: Envelope[] = [];
    const offsetsOfEvents: number[] = [];
    let unreadable = 0;
    for (const { message, offset } of entries) {
      try {
        events.push(readEnvelope(message.content));
        offsetsOfEvents.push(offset);
      } catch (error) {
        unreadable++;
        logger.error({ err: error, offset }, 'an entry of the log is no event; skipped');
      }
    }
    const before = stored;
    const after: StreamOffset = {
      _id: name,
      offset: last.offset,
      messageId: last.message.properties.messageId ?? null,
      time: events.at(-1)?.time ?? before?.time ?? null,
    };
    await transactions.run(async (unit) => {
      await advance(before, after, unit.session);
      if (events.length > 0) await handle(events, { session: unit.session, unit, offsets: offsetsOfEvents });
    });
    stored = after;
    counted.inc(events.length);
    skipped.inc(unreadable);
  }

  /** Moves the offset on from where this reader believes it is; a reader that was overtaken changes nothing. */
  async function advance(
    before: StreamOffset | null,
    after: StreamOffset,
    session: ClientSession,
  ): Promise<void> {
    if (before) {
      const { matchedCount } = await offsets.replaceOne({ _id: name, offset: before.offset }, after, {
        session,
      });
      if (matchedCount === 0) throw new Overtaken(name);
      return;
    }
    if (await offsets.findOne({ _id: name }, { session })) throw new Overtaken(name);
    await offsets.insertOne(after, { session });
  }

  function acknowledge({ channel: on, message }: Entry): void {
    try {
      on.ack(message, true);
    } catch (error) {
      logger.debug({ err: error }, 'the channel went before the acknowledgement; the offset is stored');
    }
  }

  /** What this process knows of the log it reads. */
  function ownPosition(): LogPosition {
    const isQuiet = performance.now() - lastActivity > QUIET;
    const age = ageOf(stored);
    const caughtUp = channel.current() !== null && !anchor && arrived.length === 0 && (isQuiet || age < 1);
    return {
      offset: stored?.offset ?? null,
      asOf: stored?.time ?? null,
      caughtUp,
      lagSeconds: caughtUp ? 0 : age,
    };
  }

  async function position(): Promise<LogPosition> {
    if (lease.isHeld()) return ownPosition();
    const row = await offsets.findOne({ _id: name });
    return { offset: row?.offset ?? null, asOf: row?.time ?? null, caughtUp: null, lagSeconds: ageOf(row) };
  }

  let stopped: Promise<void> | undefined;
  const stop = () =>
    (stopped ??= (async () => {
      stopping.abort();
      clearTimeout(anchorTimer);
      await working;
      await channel.close();
      await lease.release();
    })());
  try {
    await channel.opened(startTimeout);
  } catch (error) {
    await stop();
    throw error;
  }
  return { position, isHolder: () => lease.isHeld(), stop };
}

/** Seconds since the last event counted. */
const ageOf = (row: StreamOffset | null): number =>
  row?.time ? Math.max(0, (Date.now() - Date.parse(row.time)) / 1_000) : 0;

/** Another reader stored an offset in between. */
class Overtaken extends Error {
  constructor(name: string) {
    super(`the offset of "${name}" was moved by another reader`);
    this.name = 'Overtaken';
  }
}
