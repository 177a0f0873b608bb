/** Counts the next archived events into one part of a generation: its figures and its position in one transaction. */
import type { ClientSession } from 'mongoose';
import type { Envelope } from '@membership/contracts/event';
import type { Transactions } from '@membership/platform/transaction';
import type { ArchiveRepository } from '../archive/archive-repository.ts';
import type { Stretch } from '../archive/stretches.ts';
import type { Bases } from './bases.ts';
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
 * A process that was killed has done all of a batch or nothing of it, and of two at once one finds the batch done. Null where
 * there is no such part any more, or it is to stand still.
 */
export function projectBatch(
  { archive, transactions }: ProjectingParts,
  { projector, generations }: Counting,
  partId: string,
  size: number,
  { until, end = until ?? Number.POSITIVE_INFINITY }: Limits = {},
): Promise<Projected | null> {
  return transactions.run(async ({ session }) => {
    const before = await generations.findPosition(partId, session);
    if (!before || before.heldFor !== undefined) return null;
    const { entries, to, isAll } = upTo(until, await archive.nextAfter(before, { limit: size, end }));
    const events = entries.map(({ event }) => event);
    const unreadable = await project(projector, before.generation, events, session);
    const isNowWhole = until === undefined && isAll && !before.isWhole;
    const asOf = newestOf(events);
    if (to !== before.countedTo || isNowWhole)
      await generations.counted(before, { to, events: events.length, asOf, isWhole: isNowWhole }, session);
    return {
      position: {
        ...before,
        ...{ countedTo: to, events: before.events + events.length, asOf: asOf ?? before.asOf },
      },
      events: events.length,
      unreadable,
      isAll,
    };
  });
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

/** Parts that are further behind than this are not brought up in one transaction. */
const NEAR = 5_000;

/**
 * Parts a generation's tenants anew, by the number that this process is told: brings the parts before up to the first of
 * them and replaces them, in one transaction. False where one of them is too far behind: later.
 */
export function partAnew(
  { archive, transactions }: ProjectingParts,
  { projector, generations }: Counting,
  generation: number,
): Promise<boolean> {
  return transactions.run(async ({ session }) => {
    const parts = await generations.listPositions([generation], session);
    if (parts.length === 0 || parts.some(({ heldFor }) => heldFor !== undefined)) return false;
    const to = Math.max(...parts.map(({ countedTo }) => countedTo));
    const brought: Position[] = [];
    for (const part of parts) {
      const events = await archive.listUntil(part, { limit: NEAR, until: to }, session);
      if (events.length === NEAR) return false;
      await project(projector, generation, events, session);
      brought.push({ ...part, events: part.events + events.length, asOf: newestOf(events) ?? part.asOf });
    }
    await generations.partAnew(generation, brought, to, session);
    return true;
  });
}
