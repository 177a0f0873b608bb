/** Scheduled work: one replica at a time, in batches that are idempotent all the same, and by hand when asked. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from 'mongoose';
import { backoff, pause } from './wake.ts';
import { Failures } from './failures.ts';
import { Lease } from './lease.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';

export type JobOptions<Id extends number | string = number> = {
  readonly connection: Connection;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly name: string;
  /** Milliseconds between the starts of two runs, over all replicas. */
  readonly every: number;
  /** Milliseconds from now until this process first runs it by itself. */
  readonly startAfter?: number;
  /** Does one batch and returns how many items it dealt with, those that failed among them; called again until that is 0. */
  readonly run: (context: JobContext<Id>) => Promise<number>;
  /**
   * What waits to be dealt with, or some of it. While there is nothing, a run that is due counts as done: it would write twice,
   * for the lease, to find that.
   */
  readonly waiting?: () => Promise<readonly unknown[]>;
  /** Milliseconds after which a dead replica's run is taken over. */
  readonly leaseTtl?: number;
};

export type JobContext<Id extends number | string = number> = {
  /** Names the run, as a request id does. */
  readonly run: string;
  /** Ends when the process stops or another replica took over. */
  readonly signal: AbortSignal;
  /** Items that failed in this run, of which the rest is done all the same. A run with failures has failed. */
  readonly failures: Failures<Id>;
};

export type JobResult = { readonly outcome: 'done' | 'failed' | 'busy'; readonly items: number };

export type Job = {
  readonly name: string;
  /** Runs now, in this process. `busy`: it is running already, here or in another replica. Rejects with what went wrong. */
  runNow(): Promise<JobResult>;
  stop(): Promise<void>;
};

/** Runs a job every so often, in whichever replica is first. The first run is due at once, or after `startAfter`. */
export function scheduleJob<Id extends number | string = number>({
  connection,
  logger,
  metrics,
  name,
  every,
  startAfter = 0,
  run,
  waiting,
  leaseTtl = 30_000,
}: JobOptions<Id>): Job {
  const lease = new Lease(connection, `job:${name}`);
  const stopping = new AbortController();
  const runs = metrics.counter('membership_job_runs_total', 'Runs of scheduled jobs', ['job', 'outcome']);
  const items = metrics.counter('membership_job_items_total', 'Items that scheduled jobs did', ['job']);
  const succeeded = metrics.gauge(
    'membership_job_last_success_timestamp_seconds',
    'When a job last ended well in this replica',
    ['job'],
  );
  let running: Promise<JobResult> | undefined;

  async function isInVain(): Promise<boolean> {
    if (!waiting || (await waiting()).length > 0) return false;
    done();
    return true;
  }

  function done(): void {
    runs.inc({ job: name, outcome: 'done' });
    succeeded.set({ job: name }, Date.now() / 1_000);
  }

  /** A run that is not due is left alone. */
  const isDue = { $lte: [{ $ifNull: ['$dueAt', new Date(0)] }, '$$NOW'] };

  async function runHeld(): Promise<JobResult> {
    const ended = new AbortController();
    const signal = AbortSignal.any([stopping.signal, ended.signal]);
    const prolonging = prolong(ended);
    const id = `job:${name}:${new Date().toISOString()}`;
    const failures = new Failures<Id>(logger, id);
    let count = 0;
    try {
      for (let dealt = 1; dealt > 0 && !failures.areTooMany && !signal.aborted; ) {
        const failed = failures.count;
        dealt = await run({ run: id, signal, failures });
        count += dealt - (failures.count - failed);
      }
      if (failures.count > 0) throw new Error(`${failures.count} items failed`);
      done();
      if (count > 0) logger.info({ job: name, run: id, items: count }, 'job done');
      return { outcome: 'done', items: count };
    } catch (error) {
      runs.inc({ job: name, outcome: 'failed' });
      logger.error(
        { err: error, job: name, run: id, items: count },
        'job failed; it runs again when it is due',
      );
      throw error;
    } finally {
      items.inc({ job: name }, count);
      ended.abort();
      await prolonging;
      await lease
        .release({ dueAt: { $dateAdd: { startDate: '$startedAt', unit: 'millisecond', amount: every } } })
        .catch((error: unknown) =>
          logger.warn({ err: error, job: name }, 'could not release the lease; it ends by itself'),
        );
    }
  }

  /** Keeps the lease while the run lasts; ends the run when another replica has it. */
  async function prolong(ended: AbortController): Promise<void> {
    for (;;) {
      await pause(leaseTtl / 3, ended.signal);
      if (ended.signal.aborted) return;
      const isMine = await lease.claim({ ttl: leaseTtl }).catch(() => lease.isHeld());
      if (!isMine) {
        logger.warn({ job: name }, 'another replica took the job over');
        ended.abort();
        return;
      }
    }
  }

  let turn: Promise<unknown> = Promise.resolve();
  /** When this process last began a run, on its own clock: no earlier than on the database's. */
  let beganAt = Number.NEGATIVE_INFINITY;

  /** Claims one after the other, since the lease is free for its own owner; runs beside that. */
  async function attempt({ byHand }: { byHand: boolean }): Promise<JobResult> {
    const beginning = turn.then(async () => {
      if (running || stopping.signal.aborted) return null;
      const asked = performance.now();
      if (!byHand && (await isInVain())) {
        beganAt = asked;
        return null;
      }
      // When it is due again is set by its end: the run of a process that died is taken over with the lease.
      const set = { startedAt: '$$NOW' };
      if (!(await lease.claim(byHand ? { ttl: leaseTtl, set } : { ttl: leaseTtl, set, when: isDue })))
        return null;
      beganAt = performance.now();
      running = runHeld().finally(() => (running = undefined));
      return { running };
    });
    turn = beginning.catch(() => undefined);
    const begun = await beginning;
    return begun ? begun.running : { outcome: 'busy', items: 0 };
  }

  async function schedule(): Promise<void> {
    if (startAfter > 0) await pause(startAfter, stopping.signal);
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        await attempt({ byHand: false });
        failures = 0;
      } catch (error) {
        if (failures++ === 0) logger.debug({ err: error, job: name }, 'a scheduled run failed');
      }
      // What this process has run itself is not due before its time: nobody asks until then.
      const untilDue = Math.max(every / 4, beganAt + every - performance.now());
      await pause(
        failures > 0 ? backoff(failures, { first: 1_000, most: every }) : Math.min(untilDue, 60_000),
        stopping.signal,
      );
    }
  }
  const scheduling = schedule();

  let stopped: Promise<void> | undefined;
  return {
    name,
    runNow: () => attempt({ byHand: true }),
    stop: () =>
      (stopped ??= (async () => {
        stopping.abort();
        await scheduling;
        await Promise.race([running?.catch(() => undefined), delay(10_000, undefined, { ref: false })]);
      })()),
  };
}
