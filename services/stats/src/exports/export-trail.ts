/** The audit trail as rows, the oldest first, up to where it stood when it was asked for. */
import type { TenantScope } from '@membership/platform/scope';
import type { TrailEntry, TrailFilter, TrailRepository } from '../trail/trail-repository.ts';
import { trailCursor, trailCursorFrom } from './cursors.ts';

export type ExportedEntry = { readonly entry: TrailEntry; readonly cursor: string };
const PAGE = 500;

/**
 * Pages of entries, each with the cursor that goes on behind it: what comes in the meantime is left out, also by who goes on
 * later. Refusals: VALIDATION_ERROR for what is no cursor.
 */
export async function exportTrail(
  trail: TrailRepository,
  scope: TenantScope,
  filter: TrailFilter,
  cursor: string | undefined,
): Promise<AsyncIterable<readonly ExportedEntry[]>> {
  const { until, after } =
    cursor === undefined ? { until: await trail.end(), after: 0 } : trailCursorFrom(cursor);
  return (async function* () {
    for (let last: number | undefined = after; last !== undefined; ) {
      const page: readonly TrailEntry[] = await trail.list(scope, filter, {
        ...{ after: last, until, size: PAGE, isNewestFirst: false },
      });
      yield page.map((entry) => ({ entry, cursor: trailCursor({ until, after: entry.position }) }));
      last = page.length < PAGE ? undefined : page.at(-1)?.position;
    }
  })();
}
