/** Counts the whole archive into a new generation, while the old one serves and the log goes on; then lets the new one serve. */
import type { Transactions } from '@membership/platform/transaction';
import type { ArchiveRepository } from './archive-repository.ts';
import type { CountersRepository } from './counters-repository.ts';
import { COUNTING, type Generations } from './generations.ts';
import { keysOf, readCountable, tally } from './tally.ts';

export type Recounting = {
  readonly archive: ArchiveRepository;
  readonly counters: CountersRepository;
  readonly generations: Generations;
  readonly transactions: Transactions;
};

const BATCH = 500;
/** Answers that began with the old generation have ended by then. */
const KEPT_MILLISECONDS = 60_000;

/** Begins a recount, or finds the one under way. Returns the number of the generation that is being made. */
export const beginRecount = ({ generations, transactions }: Recounting): Promise<number> =>
  transactions.run(({ session }) => generations.begin(session));

/**
 * Counts the next archived events, in the order of their ids: which order makes no difference. What came after the
 * beginning is counted by the log's own reader. Returns how many there were; with the last of them, the new generation
 * serves. Several processes may do it at once: a transaction that was overtaken runs again.
 */
export async function recountBatch(
  { archive, counters, generations, transactions }: Recounting,
  size = BATCH,
): Promise<number> {
  return transactions.run(async ({ session }) => {
    const found = await generations.findMaking(session);
    if (!found) return 0;
    const { serving, making } = found;
    const place = { after: making.recountedTo ?? '', limit: size };
    const events = await archive.listBefore(making._id, place, session);
    const last = events.at(-1);
    if (!last) {
      await generations.replace(serving, making, session);
      return 0;
    }
    const { countable } = readCountable(events);
    const known = await counters.findKnown(making._id, keysOf(countable), session);
    await counters.add(making._id, tally(countable, known), session);
    await generations.recounted(making._id, { to: last.id, events: events.length }, session);
    return events.length;
  });
}

/** What the recount's job does at a time: begins one when this version counts otherwise, and clears away what was replaced. */
export async function recountWhenDue(recounting: Recounting): Promise<number> {
  const { counters, generations } = recounting;
  const { counting = 1, successor = null } = await generations.serving();
  if (counting < COUNTING && successor === null) await beginRecount(recounting);
  for (const replaced of await generations.listReplaced(new Date(Date.now() - KEPT_MILLISECONDS))) {
    await counters.clear(replaced);
    await generations.forget(replaced);
  }
  return recountBatch(recounting);
}
