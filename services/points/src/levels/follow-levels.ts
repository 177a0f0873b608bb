/**
 * Gives everybody the level that new rules of the game give: after a change of a tenant's ladder or level policy, a job looks
 * at each of its profiles. (Movements look at their own anyway.) It goes on where it was when its process ended.
 */
import { Failures } from '@membership/platform/failures';
import type { GroupCommit } from '@membership/platform/group-commit';
import type { JobContext } from '@membership/platform/job';
import type { Logger } from '@membership/platform/log';
import { scopeOfJob, type TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { isLevelDue } from '../ledger/decide/follow-user-level.ts';
import type { Command } from '../ledger/command.ts';
import type { Outcome } from '../ledger/outcome.ts';
import type { Profile } from '../domain/profile.ts';
import type { Models } from '../models.ts';
import type { PointsSettings } from '../domain/points-settings.ts';
import { DEFINITIONS_AGE_MS } from '../tenants/known-definitions.ts';
import type { TenantDefinitions } from '../tenants/tenant-definitions.ts';

const TOGETHER = 500;

type Stores = {
  readonly models: Models;
  readonly group: GroupCommit<Command, Outcome>;
  readonly definitions: TenantDefinitions;
  readonly logger: Logger;
};

/** `$type` says what the partial index holds: without it all tenants' settings would be read. */
export const askedBy = (at: Date) => ({ 'levelsToFollow.since': { $lte: at, $type: 'date' } }) as const;

/** Asks, inside the transaction of a change, that every profile be looked at. */
export async function askToFollowLevels(
  { settings }: Pick<Models, 'settings'>,
  scope: TenantScope,
  { session }: UnitOfWork,
): Promise<void> {
  const levelsToFollow = { since: new Date(), after: 0 };
  await settings.updateOne(scope, { _id: scope.tenantId }, { $set: { levelsToFollow } }, { session });
}

/**
 * Looks at the profiles of a tenant that asks for it; returns how many tenants, 0 when none asks. Done twice, it changes
 * nothing more. A profile that fails holds up no other; the next run looks again from there.
 */
export async function followLevels(
  stores: Stores,
  { run, signal, failures }: JobContext,
  now: Date,
): Promise<number> {
  // By then every process decides by the new definitions.
  const settled = new Date(now.getTime() - 2 * DEFINITIONS_AGE_MS);
  const asking = await stores.models.settings
    .acrossTenants('scheduler: finds tenants whose ladder or level policy has changed')
    .findOne({ ...askedBy(settled), ...failures.others });
  if (!asking?.levelsToFollow) return 0;
  const { tenantId, levelsToFollow } = asking;
  await failures.attempt(tenantId, { tenantId }, () =>
    followTenant(stores, scopeOfJob(tenantId, 'points', run), levelsToFollow, { signal, now }),
  );
  return 1;
}

async function followTenant(
  { models, group, definitions, logger }: Stores,
  scope: TenantScope,
  { since, after: begun }: NonNullable<PointsSettings['levelsToFollow']>,
  { signal, now }: Pick<JobContext, 'signal'> & { readonly now: Date },
): Promise<void> {
  const failures = new Failures(logger, scope.requestId);
  for (let after = begun, isDone = false; !isDone && !failures.areTooMany && !signal.aborted; ) {
    const profiles = await models.profiles.find(
      scope,
      { _id: { $gt: after } },
      { sort: { _id: 1 }, limit: TOGETHER, projection: LOOKED_AT },
    );
    const house = await definitions.of(scope);
    await Promise.all(
      profiles
        .filter((profile) => isLevelDue(house, profile, now))
        .map(({ _id }) =>
          failures.attempt(_id, { tenantId: scope.tenantId, profileId: _id }, () =>
            group.submit({ scope, command: { kind: 'check_level', memberId: _id } }),
          ),
        ),
    );
    after = profiles.at(-1)?._id ?? after;
    isDone = profiles.length < TOGETHER;
    if (failures.count > 0) continue;
    // A change meanwhile asks anew.
    await models.settings.updateOne(
      scope,
      { _id: scope.tenantId, 'levelsToFollow.since': since },
      isDone ? { $unset: { levelsToFollow: 1 } } : { $set: { 'levelsToFollow.after': after } },
    );
  }
  if (failures.count > 0) throw new Error(`the levels of ${failures.count} profiles were not followed`);
}

const LOOKED_AT = {
  ...{ total: 1, earnedTotal: 1, receivedTotal: 1, levelId: 1, levelFloor: 1, levelReviewAt: 1 },
} as const satisfies Partial<Record<keyof Profile, 1>>;
