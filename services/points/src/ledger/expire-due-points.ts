/** Ends holds and lots that are due in profiles that nobody writes to: by a job, or by hand in one tenant. */
import type { GroupCommit } from '@membership/platform/group-commit';
import { Failures } from '@membership/platform/failures';
import type { JobContext } from '@membership/platform/job';
import type { Logger } from '@membership/platform/log';
import { scopeOfJob, type TenantScope } from '@membership/platform/scope';
import type { Models } from '../models.ts';
import type { Command } from './command.ts';
import type { Outcome } from './outcome.ts';

const BATCH = 200;
/** How long somebody waits for an expiry by hand; the job does the rest. */
const BY_HAND_MS = 5_000;

type Stores = { readonly models: Models; readonly group: GroupCommit<Command, Outcome> };

/** `$type` says what the partial index holds: without it the planner does not see that the index has all that is asked for. */
export const dueBy = (at: Date) => ({ nextExpiryAt: { $lte: at, $type: 'date' } }) as const;

/** Expires a batch of profiles that are due; returns how many it looked at. Done twice, it does nothing the second time. */
export async function expireDuePoints(
  { models, group }: Stores,
  { run, failures }: Pick<JobContext, 'run' | 'failures'>,
  now: Date,
): Promise<number> {
  const due = await models.profiles
    .acrossTenants('scheduler: finds due profiles of every tenant by their due date')
    .find(
      { ...dueBy(now), ...failures.others },
      { projection: { _id: 1, tenantId: 1 }, sort: { nextExpiryAt: 1 }, limit: BATCH },
    )
    .toArray();
  await Promise.all(
    due.map(({ _id, tenantId }) =>
      failures.attempt(_id, { tenantId, profileId: _id }, () =>
        group.submit({
          scope: scopeOfJob(tenantId, 'points', run),
          command: { kind: 'expire', memberId: _id },
        }),
      ),
    ),
  );
  return due.length;
}

/** Expires what is due in one tenant, for some seconds at most. */
export async function expireByHand(
  { models, group, logger }: Stores & { readonly logger: Logger },
  scope: TenantScope,
): Promise<{ profiles: number; isComplete: boolean }> {
  const started = new Date();
  const failures = new Failures(logger, scope.requestId);
  const profiles = new Set<number>();
  const sofar = (isComplete: boolean) => ({ profiles: profiles.size - failures.count, isComplete });
  for (;;) {
    const due = await models.profiles.find(
      scope,
      { ...dueBy(started), ...failures.others },
      { projection: { _id: 1 }, sort: { nextExpiryAt: 1 }, limit: BATCH },
    );
    await Promise.all(
      due.map(({ _id }) =>
        failures.attempt(_id, { tenantId: scope.tenantId, profileId: _id }, () =>
          group.submit({ scope, command: { kind: 'expire', memberId: _id } }),
        ),
      ),
    );
    // One of very many lots is due again until all of them have ended.
    for (const { _id } of due) profiles.add(_id);
    if (due.length === 0) return sofar(failures.count === 0);
    if (Date.now() - started.getTime() > BY_HAND_MS) return sofar(false);
  }
}
