/**
 * Gives everybody the level that new rules of the game give: after a change of a tenant's ladder or level policy, a job looks
 * at each of its profiles. (Movements look at their own anyway.) It goes on where it was when its process ended.
 */
import type { GroupCommit } from '@membership/platform/group-commit';
import { scopeOfJob, type TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { isLevelDue } from '../ledger/follow-level.ts';
import type { Command, Outcome } from '../ledger/movement.ts';
import type { Profile } from '../ledger/profile.ts';
import type { Models } from '../models.ts';
import { DEFINITIONS_AGE_MS, type TenantDefinitions } from '../tenants/tenant-definitions.ts';

const TOGETHER = 500;

type Stores = {
  readonly models: Models;
  readonly group: GroupCommit<Command, Outcome>;
  readonly definitions: TenantDefinitions;
};

/** Asks, inside the transaction of a change, that every profile be looked at. */
export async function askToFollowLevels(
  { settings }: Pick<Models, 'settings'>,
  scope: TenantScope,
  { session }: UnitOfWork,
): Promise<void> {
  const levelsToFollow = { since: new Date(), after: 0 };
  await settings.updateOne(scope, { _id: scope.tenantId }, { $set: { levelsToFollow } }, { session });
}

/** Looks at the next profiles of a tenant that asks for it; returns how many, 0 when none asks. Done twice, it changes nothing more. */
export async function followLevels(
  { models, group, definitions }: Stores,
  run: string,
  now: Date,
): Promise<number> {
  // By then every process decides by the new definitions.
  const settled = new Date(now.getTime() - 2 * DEFINITIONS_AGE_MS);
  const asking = await models.settings
    .acrossTenants('scheduler: finds tenants whose ladder or level policy has changed')
    .findOne({ 'levelsToFollow.since': { $lte: settled } });
  if (!asking?.levelsToFollow) return 0;
  const { tenantId, levelsToFollow } = asking;
  const scope = scopeOfJob(tenantId, 'points', run);
  const profiles = await models.profiles.find(
    scope,
    { _id: { $gt: levelsToFollow.after } },
    { sort: { _id: 1 }, limit: TOGETHER, projection: LOOKED_AT },
  );
  const house = await definitions.of(scope);
  await Promise.all(
    profiles
      .filter((profile) => isLevelDue(house, profile, now))
      .map(({ _id }) => group.submit({ scope, command: { kind: 'check_level', memberId: _id } })),
  );
  const last = profiles.at(-1);
  const isDone = !last || profiles.length < TOGETHER;
  // A change meanwhile asks anew.
  await models.settings.updateOne(
    scope,
    { _id: tenantId, 'levelsToFollow.since': levelsToFollow.since },
    isDone ? { $unset: { levelsToFollow: 1 } } : { $set: { 'levelsToFollow.after': last._id } },
  );
  return Math.max(1, profiles.length);
}

const LOOKED_AT = {
  ...{ total: 1, earnedTotal: 1, levelId: 1, levelFloor: 1, levelReviewAt: 1 },
} as const satisfies Partial<Record<keyof Profile, 1>>;
