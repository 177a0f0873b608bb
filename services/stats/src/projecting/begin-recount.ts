/** Begins to make the figures of a projector anew, beside those that serve. */
import type { Follower, ProjectingParts } from './project-batch.ts';

/**
 * From its base figures where there are any, or from the first event, which gives those up, too; or finds what was begun.
 * Returns the number of the generation that is being made. Throws where it is to be from the first event and another is being made.
 */
export function beginRecount(
  { transactions }: Pick<ProjectingParts, 'transactions'>,
  { generations, bases }: Follower,
  { isFromStart = false }: { readonly isFromStart?: boolean } = {},
): Promise<number> {
  return transactions.run(async ({ session }) => {
    const begun = (await generations.findMaking(session)) ?? (await bases.findCopy(session));
    if (isFromStart && (begun?.base ?? begun?.basedOn) !== undefined)
      throw new Error('A recount from base figures is under way: count from the start once it serves.');
    if (begun) return begun._id;
    if (isFromStart) await bases.giveUp(session);
    const copy = isFromStart ? null : await bases.beginCopy(session);
    return copy ?? (await generations.begin(session));
  });
}
