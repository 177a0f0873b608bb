/** Takes a stretch of the log: archives what is new in it and counts that, each event once. */
import type { ClientSession } from 'mongoose';
import type { Envelope } from '@membership/contracts/event';
import type { ArchiveRepository } from './archive-repository.ts';
import type { CountersRepository } from './counters-repository.ts';
import type { Generations } from './generations.ts';
import { keysOf, tally } from './tally.ts';

export type Counting = {
  /** Events that were new. */
  readonly fresh: number;
  /** Events that stand in the log again: they are counted already. */
  readonly repeated: number;
  /** New ones whose data its own schema refuses: archived, not counted. */
  readonly unreadable: readonly Envelope[];
  /** Of the fresh ones: whether they are counted now, or have to be from the archive. */
  readonly isCounted: boolean;
};

/**
 * Archives a batch of the log, in the transaction that also moves the reader's offset, and counts it into the generation
 * of this version's rules that holds everything before. One that does not yet, and those of other versions, are counted
 * from the archive. Runs again from the start after a write conflict. A handful of database calls, however many events.
 */
export async function countEvents(
  {
    archive,
    counters,
    generations,
  }: { archive: ArchiveRepository; counters: CountersRepository; generations: Generations },
  events: readonly Envelope[],
  offsets: readonly number[],
  session: ClientSession,
): Promise<Counting> {
  const distinct = new Map<string, { readonly event: Envelope; readonly offset: number }>();
  for (const [index, event] of events.entries())
    if (!distinct.has(event.id)) distinct.set(event.id, { event, offset: offsets[index] as number });
  const archived = await archive.findArchived([...distinct.keys()], session);
  const entries = [...distinct.values()].filter(({ event }) => !archived.has(event.id));
  const fresh = entries.map(({ event }) => event);
  const repeated = events.length - fresh.length;
  if (fresh.length === 0) return { fresh: 0, repeated, unreadable: [], isCounted: true };
  const place = await archive.append(entries, session);
  const { countable, unreadable } = generations.rules.read(fresh);
  const about = { events: fresh.length, asOf: newestOf(fresh) };
  const generation = await generations.takeAlong(place, about, session);
  if (generation !== null) {
    const known = await counters.findKnown(generation, keysOf(countable), session);
    await counters.add(generation, tally(countable, known), session);
  }
  return { fresh: fresh.length, repeated, unreadable, isCounted: generation !== null };
}

/** The newest time among events. A producer whose clock runs ahead does not put it into the future. */
export function newestOf(events: readonly Envelope[]): Date {
  const newest = Math.max(...events.map(({ time }) => Date.parse(time)));
  return new Date(Math.min(newest, Date.now()));
}
