/**
 * Follows the archive: every projector by itself, so that one that fails or is slow holds up no other, nor the log's reader;
 * and what is made anew beside what serves, which never waits for it, and for which it makes room.
 */
import type { Envelope } from '@membership/contracts/event';
import { InTurn } from '@membership/platform/in-turn';
import { backoff, Wake } from '@membership/platform/wake';
import type { Logger } from '@membership/platform/log';
import type { Metrics } from '@membership/platform/metrics';
import { isStoreAway } from '@membership/platform/store-outage';
import { DeadlinePassed } from '@membership/platform/transaction-failures';
import { BatchSize, MADE, SERVED } from './batch-size.ts';
import { makeRoom } from './make-room.ts';
import type { Position } from './models.ts';
import { projectNext, type Follower, type ProjectingParts } from './project-batch.ts';
import type { Shares } from './shares.ts';

/** In milliseconds. */
export const PACE = {
  /** From the begin of one batch to the next, where few events wait: one that comes alone waits for nothing. */
  gather: 150,
  /** The same where many do: they touch each document once. As soon as a whole batch waits, it begins. */
  gatherMany: 400,
  many: 75,
  /** How often is looked whether something was archived of which nobody told. */
  look: 3_000,
  /** How often is looked for generations that another process began. */
  list: 10_000,
};
export type FollowingOptions = ProjectingParts & {
  readonly followers: readonly Follower[];
  readonly shares: Pick<Shares, 'isMine'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly pace?: typeof PACE;
  /** Leaves generations that are being made alone, unless nothing else serves. */
  readonly leavesRecounts?: boolean;
};
export type Following = {
  /** Events were archived up to a position; by another process, which does not say up to where. */
  archived(position?: number): void;
  /** There may be other parts than before. */
  changed(): void;
  stop(): Promise<void>;
};

type Part = {
  position: Position;
  readonly size: BatchSize;
  failures: number;
  retryAt: number;
  /** When it was known last to hold everything, by this process's time of day. */
  caughtUpAt: number;
};

/** Begins; the projectors go on until it is stopped. */
export function followArchive(options: FollowingOptions): Following {
  const { archive, followers, logger, metrics, pace = PACE } = options;
  const counted = metrics.counter(
    'membership_stats_projected_total',
    'Events of the archive by projector and what became of them',
    ['projector', 'outcome'],
  );
  let end = 0;
  let isStopping = false;
  const loopOptions = { ...options, pace, end: () => end, counted, finished: () => listAllAnew() };
  const serving = followers.map((follower) => new Loop(follower, loopOptions));
  const isInTheWay = () => serving.some((loop) => loop.behind() >= SERVED.most);
  const recount: Recount = { isInTheWay, turns: new InTurn() };
  const making = options.leavesRecounts
    ? []
    : followers.map((follower) => new Loop(follower, { ...loopOptions, recount }));
  const loops = [...serving, ...making];
  const listAllAnew = () => loops.forEach((loop) => loop.listAnew());
  metrics.gauge(
    'membership_stats_projector_lag_seconds',
    'How far the figures of a projector are behind the archive',
    ['projector'],
    (gauge) => {
      for (const loop of serving) gauge.set({ projector: loop.name }, loop.lagSeconds());
    },
  );
  const wakeAll = () => loops.forEach((loop) => loop.wake());
  const watching = new Wake();
  /** What this process has archived need not be asked for. */
  let told: number | undefined;
  let begun = Number.NEGATIVE_INFINITY;
  /** How long those that wait are still to gather. Positions are those of the log: so many wait, but for what stands in it again. */
  const left = () => {
    const waiting = told === undefined ? 0 : told - end;
    if (waiting >= SERVED.most) return 0;
    return begun + (waiting < pace.many ? pace.gather : pace.gatherMany) - performance.now();
  };
  const watch = (async () => {
    while (!isStopping) {
      try {
        const found = told ?? (await archive.end());
        told = undefined;
        if (found !== end) {
          end = found;
          begun = performance.now();
          wakeAll();
        }
      } catch (error) {
        logger.debug({ err: error }, 'could not look at the archive; trying on');
      }
      await watching.wait(pace.look);
      for (let rest = left(); rest > 0 && !isStopping; rest = left()) await watching.wait(rest);
    }
  })();

  return {
    archived(position) {
      told = position;
      watching.raise();
    },
    changed: listAllAnew,
    async stop() {
      isStopping = true;
      watching.raise();
      await Promise.all([watch, ...loops.map((loop) => loop.stop())]);
    },
  };
}

type LoopOptions = Omit<FollowingOptions, 'pace'> & {
  readonly pace: typeof PACE;
  /** Position of the last archived event, as far as this process knows. */
  readonly end: () => number;
  readonly counted: { inc(labels: { projector: string; outcome: string }, value?: number): void };
  /** A generation serves from now on. */
  readonly finished: () => void;
  /** What is made anew while another generation serves, instead of what serves. */
  readonly recount?: Recount;
};
type Recount = {
  /** Whether what serves has more to do than it can. */
  readonly isInTheWay: () => boolean;
  /** Batches are large: of all projectors one at a time is in memory. */
  readonly turns: InTurn;
};

/** One projector, and of it what serves or what is made anew: the parts in turn. */
class Loop {
  readonly name: string;
  readonly #follower: Follower;
  readonly #options: LoopOptions;
  readonly #wake = new Wake();
  readonly #running: Promise<void>;
  #parts = new Map<string, Part>();
  #listedAt = Number.NEGATIVE_INFINITY;
  #isStopping = false;

  constructor(follower: Follower, options: LoopOptions) {
    this.name = follower.projector.name;
    this.#follower = follower;
    this.#options = options;
    this.#running = this.#run();
  }

  wake(): void {
    this.#wake.raise();
  }

  listAnew(): void {
    this.#listedAt = Number.NEGATIVE_INFINITY;
    this.wake();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.wake();
    await this.#running;
  }

  /** How many positions of the archive are not counted yet, of what this process counts in this loop. */
  behind(): number {
    const counted = this.#mine().map(({ position }) => position.countedTo);
    return counted.length === 0 ? 0 : this.#options.end() - Math.min(...counted);
  }

  /** Of what this process counts in this loop. */
  lagSeconds(): number {
    const behind = this.#mine()
      .filter(({ position }) => position.countedTo < this.#options.end())
      .map(({ position, caughtUpAt }) => Date.now() - Math.max(position.asOf?.getTime() ?? 0, caughtUpAt));
    return Math.max(0, ...behind) / 1_000;
  }

  #mine(): Part[] {
    const { shares } = this.#options;
    const { own } = this.#follower.generations;
    return [...this.#parts.values()].filter(({ position }) => shares.isMine(own, position));
  }

  async #run(): Promise<void> {
    const { logger, pace } = this.#options;
    for (let failures = 0; !this.#isStopping; ) {
      let rest = pace.list;
      try {
        rest = await this.#round();
        failures = 0;
      } catch (error) {
        failures++;
        rest = backoff(failures);
        logger.warn(
          { err: error, projector: this.name },
          'could not look for what is to be counted; trying on',
        );
      }
      if (rest > 0 && !this.#isStopping) await this.#wake.wait(rest);
    }
  }

  /** One batch of each part that is behind; returns how long there is nothing to do unless woken. */
  async #round(): Promise<number> {
    const { pace } = this.#options;
    if (performance.now() - this.#listedAt >= pace.list) await this.#list();
    let rest = pace.list;
    for (const part of this.#mine()) {
      if (this.#isStopping) return 0;
      rest = Math.min(rest, await this.#takeTurn(part));
    }
    return Math.max(0, rest);
  }

  /** The next batch of a part; of a recount in its turn, which ends once it has made room for what serves. */
  async #takeTurn(part: Part): Promise<number> {
    const { recount } = this.#options;
    if (!recount) return this.#advance(part);
    return recount.turns.run('recount', async () => {
      const begun = performance.now();
      const rest = this.#isStopping ? 0 : await this.#advance(part);
      await makeRoom(performance.now() - begun, () => recount.isInTheWay() && !this.#isStopping);
      return rest;
    });
  }

  async #list(): Promise<void> {
    const { generations } = this.#follower;
    const isMaking = this.#options.recount !== undefined;
    this.#listedAt = performance.now();
    const own = await generations.listOwn();
    const hasWhole = own.some(({ wholeAt }) => wholeAt !== undefined);
    const kept = own.filter(({ wholeAt }) => (hasWhole && wholeAt === undefined) === isMaking);
    const positions = await generations.listPositions(kept.map(({ _id }) => _id));
    // Its parts came to their end in two processes at once, or one ended before it could say so.
    for (const { _id } of kept.filter(({ wholeAt }) => !wholeAt))
      if (positions.every(({ generation, isWhole }) => generation !== _id || isWhole))
        await this.#finish(_id);
    this.#parts = new Map(
      positions.map((position) => {
        const size = new BatchSize(isMaking ? MADE : SERVED);
        const known = this.#parts.get(position._id) ?? { size, failures: 0, retryAt: 0, caughtUpAt: 0 };
        return [position._id, { ...known, position }];
      }),
    );
  }

  /** Counts the next batch of a part where there is one; returns how long there is nothing more to do. */
  async #advance(part: Part): Promise<number> {
    const { pace, end, counted } = this.#options;
    const { position } = part;
    const begun = performance.now();
    if (begun < part.retryAt) return part.retryAt - begun;
    if (position.isWhole && position.countedTo >= end()) {
      part.caughtUpAt = Date.now();
      return pace.list;
    }
    try {
      const { size } = part;
      const done = await projectNext(this.#options, this.#follower, position, { size, end: end() });
      if (!done) {
        this.listAnew();
        return 0;
      }
      const { events, unreadable, isAll } = done;
      Object.assign(part, { position: done.position, failures: 0, retryAt: 0 });
      counted.inc({ projector: this.name, outcome: 'counted' }, events - unreadable.length);
      counted.inc({ projector: this.name, outcome: 'unreadable' }, unreadable.length);
      this.#tell(unreadable);
      if (!isAll) return 0;
      part.caughtUpAt = Date.now();
      if (!position.isWhole) await this.#finish(position.generation);
      return pace.list;
    } catch (error) {
      return this.#failed(part, error);
    }
  }

  #tell(unreadable: readonly Envelope[]): void {
    for (const { id, type, tenantid } of unreadable)
      this.#options.logger.error(
        { eventId: id, type, tenantId: tenantid, projector: this.name },
        'the data of an event is not what its type says: archived, not counted',
      );
  }

  /** A generation all of whose parts hold everything serves from now on. */
  async #finish(generation: number): Promise<void> {
    const { transactions, finished } = this.#options;
    const { generations } = this.#follower;
    if (await transactions.run(({ session }) => generations.finish(generation, session))) finished();
  }

  /**
   * The figures stand still where an event cannot be counted: to leave it out would be wrong for ever. The batch is smaller each
   * time until it is the one, so that everything before is counted and the log names it.
   */
  #failed(part: Part, error: unknown): number {
    const { logger, counted } = this.#options;
    part.failures++;
    const rest = backoff(part.failures, { most: 30_000 });
    part.retryAt = performance.now() + rest;
    const { _id, countedTo } = part.position;
    const about = { err: error, projector: this.name, part: _id, countedTo, next: part.size.value };
    if (isStoreAway(error)) logger.warn(about, 'the database is away; the projector waits');
    else if (error instanceof DeadlinePassed) {
      counted.inc({ projector: this.name, outcome: 'late' });
      logger.warn(about, 'a batch was not counted in time; going on with fewer events');
    } else {
      counted.inc({ projector: this.name, outcome: 'failed' });
      logger.error(about, 'events of the archive could not be counted; trying on');
    }
    return rest;
  }
}
