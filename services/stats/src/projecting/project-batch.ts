/** Counts the next archived events into one part of a generation: its figures and its position in one transaction. */
import type { ClientSession } from 'mongoose';
import type { Envelope } from '@membership/contracts/event';
import type { Transactions } from '@membership/platform/transaction';
import type { ArchiveRepository } from '../archive/archive-repository.ts';
import type { Generations } from './generations.ts';
import type { Position } from './models.ts';
import type { Projector } from './projector.ts';

/** A projector with its countings. */
export type Follower = { readonly projector: Projector; readonly generations: Generations };
export type ProjectingParts = {
  readonly archive: ArchiveRepository;
  readonly transactions: Transactions;
};

export type Projected = {
  /** How far the part is now. */
  readonly position: Position;
  readonly events: number;
  readonly unreadable: readonly Envelope[];
  /** Nothing more was archived. */
  readonly isAll: boolean;
};

/**
 * A process that was killed has done all of a batch or nothing of it, and of two at once one finds the batch done. Null where
 * there is no such part any more. `end`: where the archive ends, as far as this process knows.
 */
export function projectBatch(
  { archive, transactions }: ProjectingParts,
  { projector, generations }: Follower,
  partId: string,
  size: number,
  end = Number.POSITIVE_INFINITY,
): Promise<Projected | null> {
  return transactions.run(async ({ session }) => {
    const before = await generations.findPosition(partId, session);
    if (!before) return null;
    const { entries, to, isAll } = await archive.nextAfter(before, { limit: size, end });
    const events = entries.map(({ event }) => event);
    const unreadable = await project(projector, before.generation, events, session);
    const isNowWhole = isAll && !before.isWhole;
    const asOf = newestOf(events);
    if (to !== before.countedTo || isNowWhole)
      await generations.counted(before, { to, events: events.length, asOf, isWhole: isNowWhole }, session);
    return {
      position: { ...before, countedTo: to, asOf: asOf ?? before.asOf },
      events: events.length,
      unreadable,
      isAll,
    };
  });
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
  { projector, generations }: Follower,
  generation: number,
): Promise<boolean> {
  return transactions.run(async ({ session }) => {
    const parts = await generations.listPositions([generation], session);
    if (parts.length === 0) return false;
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
