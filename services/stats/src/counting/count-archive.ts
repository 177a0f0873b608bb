/** Counts the archive into generations that do not hold all of it yet, while the log's reader goes on. */
import type { Transactions } from '@membership/platform/transaction';
import type { ArchiveRepository } from './archive-repository.ts';
import { newestOf } from './count-events.ts';
import type { CountersRepository } from './counters-repository.ts';
import type { Generations } from './generations.ts';
import type { Generation } from './models.ts';
import { keysOf, tally } from './tally.ts';

export type CountingParts = {
  readonly archive: ArchiveRepository;
  readonly counters: CountersRepository;
  readonly generations: Generations;
  readonly transactions: Transactions;
};

const BATCH = 500;

/** Has a generation of this version's rules, before the log is read: the first events are counted with their archiving. */
export async function ensureGeneration({ archive, generations, transactions }: CountingParts): Promise<void> {
  await transactions.run(async ({ session }) => {
    if ((await generations.listOwn(session)).length > 0) return;
    const _id = await generations.begin(session);
    const begun = await generations.findOwn(_id, session);
    if (begun && (await archive.end(session)) === begun.countedTo) await generations.finish(begun, session);
  });
}

/** Begins to count everything again, or finds what was begun. Returns the number of the generation that is being made. */
export const beginRecount = ({ generations, transactions }: CountingParts): Promise<number> =>
  transactions.run(async ({ session }) => {
    const making = (await generations.listOwn(session)).find(({ wholeAt }) => wholeAt === undefined);
    return making?._id ?? generations.begin(session);
  });

/**
 * Counts the next archived events into a generation, by position. It writes nothing that the log's reader writes, but for
 * the last few (`isLast`): they are counted while the reader waits, so that from there on it takes the generation along.
 */
async function countBatch(
  { archive, counters, generations, transactions }: CountingParts,
  _id: number,
  { size, isLast }: { readonly size: number; readonly isLast: boolean },
): Promise<number> {
  return transactions.run(async ({ session }) => {
    const end = isLast ? await archive.hold(session) : null;
    const generation = await generations.findOwn(_id, session);
    if (!generation) return 0;
    const found = await archive.listAfter(generation.countedTo as number, size, session);
    const isWhole = end !== null && found.length < size;
    const to = isWhole ? end : (found.at(-1)?.position ?? (generation.countedTo as number));
    const events = found.map(({ envelope }) => envelope);
    if (events.length > 0) {
      const { countable } = generations.rules.read(events);
      const known = await counters.findKnown(_id, keysOf(countable), session);
      await counters.add(_id, tally(countable, known), session);
    }
    const asOf = events.length > 0 ? newestOf(events) : null;
    if (to !== generation.countedTo)
      await generations.counted(generation, { to, events: events.length, asOf }, session);
    if (isWhole && !generation.wholeAt) await generations.finish(generation, session);
    return events.length;
  });
}

/** Whether a generation holds the whole archive, as it is now, and serves. */
const isWhole = ({ countedTo, wholeAt }: Generation, end: number): boolean =>
  countedTo === end && wholeAt !== undefined;

/**
 * Counts on, a batch at a time, into this version's generations: returns how many events there were, 0 once they hold
 * everything. Doing it twice at once does it once: a transaction that was overtaken runs again.
 */
export async function countArchive(parts: CountingParts, size = BATCH): Promise<number> {
  const { archive, generations } = parts;
  for (const generation of await generations.listOwn()) {
    if (isWhole(generation, await archive.end())) continue;
    const did = await countBatch(parts, generation._id, { size, isLast: false });
    if (did === size) return did;
    // What came meanwhile: few, so the reader waits a moment only.
    const last = await countBatch(parts, generation._id, { size, isLast: true });
    if (did + last > 0) return did + last;
  }
  return 0;
}

/** What the job does at a time: gives late entries their position, counts on, and clears away what nobody needs. */
export async function countWhenDue(parts: CountingParts, now = new Date()): Promise<number> {
  const { archive, counters, generations, transactions } = parts;
  await generations.seen(now);
  await generations.retireOutlived(now);
  for (const replaced of await generations.listReplaced(now)) {
    await counters.clear(replaced);
    await generations.forget(replaced);
  }
  await ensureGeneration(parts);
  const placed = await transactions.run(({ session }) => archive.placeNext(BATCH, session));
  return placed + (await countArchive(parts));
}
