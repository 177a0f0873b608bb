/** Keeps base figures: closes months, counts them, and starts recounts from what was counted. In the background, batch by batch. */
import type { Failures } from '@membership/platform/failures';
import type { Logger } from '@membership/platform/log';
import type { ClosedMonth } from '../archive/months.ts';
import type { MonthsRepository } from '../archive/months-repository.ts';
import { START } from '../archive/positions.ts';
import { BatchSize } from './batch-size.ts';
import { partAnew, projectNext, type Follower, type ProjectingParts } from './project-batch.ts';

type KeepingParts = ProjectingParts & {
  readonly months: Pick<MonthsRepository, 'close'>;
  readonly logger: Logger;
  /** Events that were counted into base figures of a projector. */
  readonly counted: { inc(labels: { projector: string }, events: number): void };
  /** How many events of each part share a transaction, as far as this process has tried. */
  readonly sizes: Map<string, BatchSize>;
};
/** Batches that are copied in one step. */
const COPIES = 10;

/** What is to be done, or some of it. */
export async function listBaseWork(
  { months }: Pick<KeepingParts, 'months'>,
  followers: readonly Follower[],
  now?: Date,
): Promise<readonly unknown[]> {
  const month = await months.close(now);
  const work: unknown[] = [];
  for (const { bases } of followers) {
    const positions = await bases.listPositions();
    if (month.to > START && positions.length === 0) work.push(month);
    work.push(...positions.filter(({ countedTo }) => countedTo < month.to));
    work.push(...(await bases.listUseless()), await bases.findCopy());
  }
  return work.filter(Boolean);
}

/**
 * One step of each projector: a recount that was begun gets more of its copy, or base figures count the next batch of the
 * closed months, or what is useless goes. Returns how much was done. Broken off, it goes on where it stopped; a projector
 * that fails holds up no other.
 */
export async function keepBases(
  parts: KeepingParts,
  followers: readonly Follower[],
  { failures, now }: { readonly failures: Failures<string>; readonly now?: Date | undefined },
): Promise<number> {
  const month = await parts.months.close(now);
  const failed = failures.others._id?.$nin ?? [];
  let done = 0;
  for (const follower of followers.filter(({ projector }) => !failed.includes(projector.name))) {
    const { name } = follower.projector;
    await failures.attempt(name, { projector: name }, async () => {
      const copied = await copySome(parts, follower);
      done += copied || (await extend(parts, follower, month)) || (await follower.bases.removeUseless());
    });
  }
  return done;
}

/** Copies some more of a recount that was begun; returns how many batches. */
async function copySome({ transactions }: KeepingParts, { bases }: Follower): Promise<number> {
  let batches = 0;
  while (batches < COPIES && (await bases.copyNext(transactions))) batches++;
  return batches;
}

/** Counts the next events up to a month's end; those who stand at one place share what they read. Returns how many. */
async function extend(
  parts: KeepingParts,
  { projector, bases }: Follower,
  { _id: month, to }: ClosedMonth,
): Promise<number> {
  if (to === START) return 0;
  const { generations } = bases;
  const own = await generations.listOwn();
  if (own.length === 0) await parts.transactions.run(({ session }) => generations.ensure(session));
  for (const one of own.filter((some) => generations.isPartedOtherwise(some)))
    await partAnew(parts, { projector, generations }, one._id);
  const positions = await bases.listPositions();
  let done = 0;
  for (const position of positions) {
    const { _id, countedTo, partition, heldFor } = position;
    if (countedTo >= to || heldFor !== undefined) continue;
    const size = parts.sizes.get(_id) ?? new BatchSize();
    parts.sizes.set(_id, size);
    const counted = await projectNext(parts, { projector, generations }, position, { size, until: to });
    if (!counted) continue;
    done += Math.max(1, counted.events);
    parts.counted.inc({ projector: projector.name }, counted.events);
    if (!counted.isAll) continue;
    const { events } = counted.position;
    const about = { projector: projector.name, month, partition, events, position: to };
    parts.logger.info(about, 'base figures hold a closed month: recounts start from there');
  }
  return done;
}
