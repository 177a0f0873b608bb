/** A member takes part in an activity: once, while it runs, within its capacity. */
import { notFound, refuse } from '@membership/contracts/errors';
import { activityJoined } from '@membership/contracts/events/member-system';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Ledger } from '../ledger/ledger.ts';
import type { ProfileOpening } from '../ledger/profile-opening.ts';
import { admits, memberLevelOf } from '../domain/member-level.ts';
import { whyFull, whyJoined, whyNotNow, type Activity, type Participation } from '../domain/activity.ts';

type Joining = {
  readonly memberId: number;
  readonly activityId: number;
  readonly data: Readonly<Record<string, unknown>> | null;
};

/** Refusals: unknown activity (BIZ_001), a level that is too low (PERM_001), not begun, over, joined already, full (CONFLICT). */
export async function joinActivity(
  { ledger, opening }: { readonly ledger: Ledger; readonly opening: ProfileOpening },
  scope: TenantScope,
  { memberId, activityId, data }: Joining,
  unit: UnitOfWork,
): Promise<{ activity: Activity; participation: Participation }> {
  const { models, ids, definitions } = ledger;
  const { session } = unit;
  const profile = await opening.existingWithin(scope, memberId, unit);
  const found = await models.activities.findOne(scope, { _id: activityId, isActive: true }, { session });
  if (!found) throw notFound();
  const { memberLevels } = await definitions.within(scope, unit);
  if (!admits(found, memberLevelOf(memberLevels, profile), memberLevels))
    throw refuse('PERM_001', {
      text: { zh: '当前会员等级不能参与该活动', en: 'The activity is for higher levels' },
    });
  const now = new Date();
  const refusal = whyNotNow(found, now);
  if (refusal) throw refusal;
  const _id = `${activityId}:${memberId}`;
  if (await models.participations.findOne(scope, { _id }, { session })) throw whyJoined();
  // Everybody who joins writes the count: two at once meet here, and the later one sees the earlier.
  const activity = await models.activities.change(
    scope,
    { _id: activityId },
    { $inc: { participants: 1 } },
    { session },
  );
  if (!activity) throw notFound();
  if (activity.maxParticipants !== null && activity.participants > activity.maxParticipants)
    throw whyFull(activity);
  const participationId = await ids.next('participations');
  const participation: Participation = {
    ...{ _id, tenantId: scope.tenantId, participationId, activityId, memberId, data, createdAt: now },
  };
  await models.participations.insert(scope, [participation], { session });
  unit.announce(scope, activityJoined, {
    subject: participationId,
    sequence: 1,
    data: {
      participationId,
      activityId,
      activityTitle: activity.title,
      memberId,
      benefits: activity.benefits,
    },
  });
  return { activity, participation };
}
