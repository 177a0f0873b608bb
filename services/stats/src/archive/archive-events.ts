/** Takes a stretch of the log into the archive: what is new in it, each event once. */
import type { ClientSession } from 'mongoose';
import type { Envelope } from '@membership/contracts/event';
import type { ArchiveRepository } from './archive-repository.ts';

export type Archived = {
  /** Events that were new. */
  readonly archived: number;
  /** Events that stand in the log again. */
  readonly repeated: number;
  /** Says that the transaction has committed; returns the position of the last new one, null where none was new. */
  readonly committed: () => number | null;
};

/**
 * Archives a batch of the log, in the transaction that also moves the reader's offset: projectors count it from there. Runs
 * again from the start after a write conflict. Three database calls, however many events.
 */
export async function archiveEvents(
  archive: ArchiveRepository,
  events: readonly Envelope[],
  offsets: readonly number[],
  session: ClientSession,
): Promise<Archived> {
  const distinct = new Map<string, { readonly event: Envelope; readonly offset: number }>();
  for (const [index, event] of events.entries())
    if (!distinct.has(event.id)) distinct.set(event.id, { event, offset: offsets[index] as number });
  const known = await archive.findArchived([...distinct.keys()], session);
  const entries = [...distinct.values()].filter(({ event }) => !known.has(event.id));
  const appended = entries.length > 0 ? await archive.append(entries, session) : null;
  return {
    archived: entries.length,
    repeated: events.length - entries.length,
    committed: () => {
      if (appended) archive.hold(appended);
      return appended?.entries.at(-1)?.position ?? null;
    },
  };
}
