/** Moves the kept sums of records on, in every tenant: a job, so that asking for them has little left to add up. */
import type { Directory } from '@membership/platform/directory';
import type { RecordSumsRepository } from './record-sums-repository.ts';

/** A step for each tenant that has one to do; returns how many. Done twice, or by two, it ends the same. */
export async function moveSumsOn(
  { directory, sums }: { directory: Directory; sums: RecordSumsRepository },
  run: string,
  signal: AbortSignal,
): Promise<number> {
  let steps = 0;
  for (const tenantId of await directory.tenantIds()) {
    if (signal.aborted) break;
    if (await sums.moveOnTenant(tenantId, run)) steps += 1;
  }
  return steps;
}
