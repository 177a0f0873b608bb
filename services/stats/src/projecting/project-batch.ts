/** Counts the next archived events into one part of a generation: its figures and its position in one transaction. */
import type { ClientSession } from 'mongoose';
import type { Envelope } from '@membership/contracts/event';
import { isStoreAway } from '@membership/platform/store-outage';
import type { Transactions } from '@membership/platform/transaction';
import type { ArchiveRepository } from '../archive/archive-repository.ts';
import type { Stretch } from '../archive/stretches.ts';
import type { Bases } from './bases.ts';
import { BatchSize } from './batch-size.ts';
import type { Generations } from './generations.ts';
import type { Position } from './models.ts';
import type { Projector } from './projector.ts';

/** What is counted into generations by a projector. */
type Counting = { readonly projector: Projector; readonly generations: Generations };
/** A projector with its countings. */
export type Follower = Counting & { readonly bases: Bases };
export type ProjectingParts = {
  readonly archive: ArchiveRepository;
  readonly transactions: Transactions;
};

export type Projected = {
  /** How far the part is now. */
  readonly position: Position;
  readonly events: number;
  readonly unreadable: readonly Envelope[];
  /** Nothing more was archived, or it is as far as it is to be. */
  readonly isAll: boolean;
};
export type Limits = {
  /** Where the archive ends, as far as this process knows. */
  readonly end?: number;
  /** Of base figures: how far they are to be counted. */
  readonly until?: number | undefined;
};

/**
 * Milliseconds in which a batch is counted, tried again after conflicts or not: about as long as the server lets a transaction
 * live (`deploy/mongodb`). One that it ends would not be quicker the next time; fewer events are.
 */
const IN_TIME = 10_000;

/** A part that is not, or no more, where it was believed to be. */
class Elsewhere extends Error {}

/** Counts the next batch of a part (`projectBatch`) in a size that learns from how long it took. Throws what it could not be counted for. */
export async function projectNext(
  parts: ProjectingParts,
  counting: Counting,
  before: Position,
  { size, ...limits }: Limits & { readonly size: BatchSize },
): Promise<Projected | null> {
  const begun = performance.now();
  try {
    const done = await projectBatch(parts, counting, before, size.value, limits);
    if (done) size.counted(done.events, performance.now() - begun);
    return done;
  } catch (error) {
    if (!isStoreAway(error)) size.failed(performance.now() - begun);
    throw error;
  }
}

/**
 * A process that was killed has done all of a batch or nothing of it, and of two at once one finds the batch done. What is
 * read of the archive is read before the transaction, which proves with its last write that the part is still there. Null
 * where it is not: it was counted on or parted anew, is gone, or is to stand still.
 */
export async function projectBatch(
  { archive, transactions }: ProjectingParts,
  { projector, generations }: Counting,
  before: Position,
  size: number,
  { until, end = until ?? Number.POSITIVE_INFINITY }: Limits = {},
): Promise<Projected | null> {
  const { entries, to, isAll } = upTo(until, await archive.nextAfter(before, { limit: size, end }));
  const events = entries.map(({ event }) => event);
  const isNowWhole = until === undefined && isAll && !before.isWhole;
  const asOf = newestOf(events);
  const position: Position = {
    ...before,
    ...{ countedTo: to, events: before.events + events.length, asOf: asOf ?? before.asOf },
    ...(isNowWhole ? { isWhole: true } : {}),
  };
  if (to === before.countedTo && !isNowWhole) return { position, events: 0, unreadable: [], isAll };
  try {
    return await transactions.run(
      async ({ session }) => {
        const unreadable = await project(projector, before.generation, events, session);
        const progress = { to, events: events.length, asOf, isWhole: isNowWhole };
        if (!(await generations.counted(before, progress, session))) throw new Elsewhere(before._id);
        return { position, events: events.length, unreadable, isAll };
      },
      { deadline: performance.now() + IN_TIME },
    );
  } catch (error) {
    if (error instanceof Elsewhere) return null;
    throw error;
  }
}

/** What of a stretch is not behind a position. Where nothing more was archived it reaches there, though no event has that position. */
function upTo(until: number | undefined, stretch: Stretch): Stretch {
  if (until === undefined || (stretch.to < until && !stretch.isAll)) return stretch;
  return { entries: stretch.entries.filter(({ position }) => position <= until), to: until, isAll: true };
}

async function project(
  projector: Projector,
  generation: number,
  events: readonly Envelope[],
  session: ClientSession,
): Promise<readonly Envelope[]> {
  if (events.length === 0) return [];
  return (await projector.project(events, { generation, session })).unreadable;
}

/** The newest time among events. A producer whose clock runs ahead does not put it into the future. */
function newestOf(events: readonly Envelope[]): Date | null {
  if (events.length === 0) return null;
  const newest = events.reduce((latest, { time }) => Math.max(latest, Date.parse(time)), 0);
  return new Date(Math.min(newest, Date.now()));
}

/**
 * Parts a generation's tenants anew, by the number that this process is told: brings the parts before up to the first of
 * them, replaces them in a transaction that brings up what came meanwhile, a batch at most. False where that is more: later.
 */
export async function partAnew(
  parts: ProjectingParts,
  counting: Counting,
  generation: number,
  size = new BatchSize(),
): Promise<boolean> {
  const { archive, transactions } = parts;
  const { projector, generations } = counting;
  await bringUp(parts, counting, generation, size);
  return transactions.run(
    async ({ session }) => {
      const before = await generations.listPositions([generation], session);
      if (before.length === 0 || before.some(({ heldFor }) => heldFor !== undefined)) return false;
      const to = firstOf(before);
      const brought: Position[] = [];
      let room = size.value;
      for (const part of before) {
        const events = await archive.listUntil(part, { limit: room + 1, until: to }, session);
        if (events.length > room) return false;
        room -= events.length;
        await project(projector, generation, events, session);
        brought.push({ ...part, events: part.events + events.length, asOf: newestOf(events) ?? part.asOf });
      }
      await generations.partAnew(generation, brought, to, session);
      return true;
    },
    { deadline: performance.now() + IN_TIME },
  );
}

/** How far the first of some parts is. */
const firstOf = (parts: readonly Position[]): number => Math.max(...parts.map(({ countedTo }) => countedTo));

/** Counts the parts of a generation up to the first of them, batch by batch; one that another process counts is left to it. */
async function bringUp(
  parts: ProjectingParts,
  counting: Counting,
  generation: number,
  size: BatchSize,
): Promise<void> {
  const positions = await counting.generations.listPositions([generation]);
  const until = firstOf(positions);
  for (const position of positions)
    for (let at: Position | undefined = position; at && at.countedTo < until; )
      at = (await projectNext(parts, counting, at, { size, until }))?.position;
}
