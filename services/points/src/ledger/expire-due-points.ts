/** Scheduled: ends holds and lots that are due in profiles that nobody writes to. */
import type { GroupCommit } from '@membership/platform/group-commit';
import { scopeOfJob } from '@membership/platform/scope';
import type { Models } from '../models.ts';
import type { Command, Outcome } from './movement.ts';

const BATCH = 200;

/** Expires a batch of profiles that are due; returns how many. Done twice, it does nothing the second time. */
export async function expireDuePoints(
  { models, group }: { models: Models; group: GroupCommit<Command, Outcome> },
  run: string,
  now: Date,
): Promise<number> {
  const due = await models.profiles
    .acrossTenants('scheduler: finds due profiles of every tenant by their due date')
    .find(
      { nextExpiryAt: { $lte: now } },
      { projection: { _id: 1, tenantId: 1 }, sort: { nextExpiryAt: 1 }, limit: BATCH },
    )
    .toArray();
  await Promise.all(
    due.map(({ _id, tenantId }) =>
      group.submit({
        scope: scopeOfJob(tenantId, 'points', run),
        command: { kind: 'expire', memberId: _id },
      }),
    ),
  );
  return due.length;
}
