/** Takes a stretch of the log: archives what is new in it and counts that, each event once. */
import type { ClientSession } from 'mongoose';
import type { Envelope } from '@membership/contracts/event';
import type { ArchiveRepository } from './archive-repository.ts';
import type { CountersRepository } from './counters-repository.ts';
import type { Generations } from './generations.ts';
import { keysOf, readCountable, tally } from './tally.ts';

export type Counting = {
  /** Events that were new. */
  readonly fresh: number;
  /** Events that stand in the log again: they are counted already. */
  readonly repeated: number;
  /** New ones whose data its own schema refuses: archived, not counted. */
  readonly unreadable: readonly Envelope[];
};

/**
 * Archives and counts a batch of the log in the transaction that also moves the reader's offset. Runs again from the start
 * after a write conflict. A handful of database calls, however many events there are.
 */
export async function countEvents(
  {
    archive,
    counters,
    generations,
  }: { archive: ArchiveRepository; counters: CountersRepository; generations: Generations },
  events: readonly Envelope[],
  session: ClientSession,
): Promise<Counting> {
  const distinct = new Map(events.map((event) => [event.id, event]));
  const archived = await archive.findArchived([...distinct.keys()], session);
  const fresh = [...distinct.values()].filter(({ id }) => !archived.has(id));
  const repeated = events.length - fresh.length;
  if (fresh.length === 0) return { fresh: 0, repeated, unreadable: [] };
  const { serving, successor } = await generations.advance(fresh.length, newestOf(fresh), session);
  await archive.archive(fresh, successor, session);
  const { countable, unreadable } = readCountable(fresh);
  for (const generation of successor === null ? [serving] : [serving, successor]) {
    const known = await counters.findKnown(generation, keysOf(countable), session);
    await counters.add(generation, tally(countable, known), session);
  }
  return { fresh: fresh.length, repeated, unreadable };
}

/** The newest time among events. A producer whose clock runs ahead does not put it into the future. */
function newestOf(events: readonly Envelope[]): Date {
  const newest = Math.max(...events.map(({ time }) => Date.parse(time)));
  return new Date(Math.min(newest, Date.now()));
}
