/** Activities: what members may take part in, joining, and their administration. */
import * as contracts from '@membership/contracts/endpoints/points/index';
import type { ItemOf, RequestOf } from '@membership/contracts/endpoint';
import type { Order } from '@membership/contracts/schemas';
import { given } from '@membership/platform/given';
import { implement, implementWrite, type Implementation } from '@membership/platform/http/implement';
import { requireMember, requireMemberId } from '@membership/platform/scope';
import { sortOf } from '@membership/platform/sorting';
import type { Ledger } from '../ledger/ledger.ts';
import type { ProfileOpening } from '../ledger/profile-opening.ts';
import type { ProfileRepository } from '../ledger/profile-repository.ts';
import { admits, memberLevelOf } from '../domain/member-level.ts';
import type { Activities, ActivityChanges } from './activities.ts';
import type { Activity } from '../domain/activity.ts';
import { joinActivity } from './join-activity.ts';

const shown = (activity: Activity) => ({
  activity_id: `ACT${activity._id}`,
  title: activity.title,
  description: activity.description,
  category: activity.category,
  required_level: activity.requiredLevelId,
  start_time: activity.startsAt.toISOString(),
  end_time: activity.endsAt.toISOString(),
  participation_count: activity.participants,
  max_participants: activity.maxParticipants,
});
const wholeView = (activity: Activity): ItemOf<typeof contracts.getActivity> => ({
  ...shown(activity),
  benefits: activity.benefits,
  next_action: activity.nextAction,
  is_active: activity.isActive,
  created_at: activity.createdAt.toISOString(),
  updated_at: activity.updatedAt.toISOString(),
});
const changesOf = (body: RequestOf<typeof contracts.updateActivity>['body']): ActivityChanges =>
  given({
    title: body.title,
    description: body.description,
    category: body.category,
    requiredLevelId: body.required_level,
    startsAt: body.start_time,
    endsAt: body.end_time,
    maxParticipants: body.max_participants,
    benefits: body.benefits,
    nextAction: body.next_action,
    isActive: body.is_active,
  });

type Wiring = {
  readonly ledger: Ledger;
  readonly opening: ProfileOpening;
  readonly profiles: ProfileRepository;
  readonly activities: Activities;
};

export function activityRoutes({ ledger, opening, profiles, activities }: Wiring): Implementation[] {
  return [
    implement(contracts.listActivities, async ({ scope, query, http }) => {
      const memberId = requireMemberId(scope);
      await opening.ensure(scope, memberId);
      const profile = await profiles.find(scope, memberId);
      const { memberLevels } = await ledger.definitions.of(scope);
      const level = profile ? memberLevelOf(memberLevels, profile) : undefined;
      const page = await activities.listOpen(
        scope,
        { status: query.status, category: query.category === 'all' ? undefined : query.category },
        http.now,
        { page: query.page, size: query.limit },
      );
      const joined = await activities.joinedBy(
        scope,
        memberId,
        page.items.map(({ _id }) => _id),
      );
      return {
        ...page,
        items: page.items.map((activity) => ({
          ...shown(activity),
          is_eligible: admits(activity, level, memberLevels),
          is_participated: joined.has(activity._id),
        })),
      };
    }),
    implementWrite(
      contracts.joinActivity,
      async ({ scope, params, body, unit }) => {
        const { activity, participation } = await joinActivity(
          { ledger, opening },
          scope,
          {
            memberId: requireMember(scope),
            activityId: params.activity_id,
            data: body.participation_data ?? null,
          },
          unit,
        );
        return {
          participation_id: `PAR${participation.participationId}`,
          activity_title: activity.title,
          joined_at: participation.createdAt.toISOString(),
          benefits_activated: activity.benefits,
          next_action: activity.nextAction,
        };
      },
      { inTurn: ({ params }) => `activity:${params.activity_id}` },
    ),
    implement(contracts.pageActivities, async ({ scope, query }) => {
      const sort = sortOf(query.ordering as Order[], { start_time: 'startsAt' });
      const page = await activities.list(scope, { page: query.page, size: query.limit, sort });
      return { ...page, items: page.items.map(wholeView) };
    }),
    implement(contracts.getActivity, async ({ scope, params }) =>
      wholeView(await activities.get(scope, params.activity_id)),
    ),
    implementWrite(contracts.createActivity, async ({ scope, body, unit }) => {
      const given = changesOf(body) as Parameters<typeof activities.announce>[1];
      return wholeView(await activities.announce(scope, given, unit));
    }),
    implementWrite(contracts.updateActivity, async ({ scope, params, body, unit }) =>
      wholeView(await activities.change(scope, params.activity_id, changesOf(body), unit)),
    ),
    implementWrite(contracts.deleteActivity, async ({ scope, params, unit }) => {
      await activities.remove(scope, params.activity_id, unit);
      return { activity_id: `ACT${params.activity_id}` };
    }),
  ];
}
