/** Finds whose profiles a text is in: by the keys of an index on names, which are short, not by the profiles themselves. */
import type { TenantScope } from '@membership/platform/scope';
import { inTime, literally } from '@membership/platform/search';
import type { Models } from '../models.ts';

/** Beyond, the text says so little that any page of profiles holds some: they are met by walking in the list's own order. */
const FEW = 1_000;
/** The keys of a million members take about two seconds. */
const SEARCH_MILLISECONDS = 5_000;

/** What a profile must hold for a text to find it. */
export const namedLike = (text: string): Record<string, unknown> => ({
  $or: [{ username: literally(text) }, { email: literally(text) }],
});

/** Ids of the profiles that a text finds; null: there are many. Refuses (SYS_002) what takes too long. */
export async function findIdsNamedLike(
  { profiles }: Models,
  scope: TenantScope,
  text: string,
): Promise<number[] | null> {
  const found = await inTime(
    profiles.find(scope, namedLike(text), {
      projection: { _id: 1 },
      limit: FEW + 1,
      hint: { tenantId: 1, username: 1, email: 1 },
      maxTimeMS: SEARCH_MILLISECONDS,
    }),
  );
  return found.length > FEW ? null : found.map(({ _id }) => _id);
}
