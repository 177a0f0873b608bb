/** What the member system shows of a member. */
import type { getMemberProfile, getMembership } from '@membership/contracts/endpoints/points/index';
import type { ItemOf } from '@membership/contracts/endpoint';
import type { Member } from '@membership/platform/directory';
import type { Profile } from '../domain/profile.ts';
import type { LevelOperation } from '../domain/level-operation.ts';
import { memberLevelOf, nextMemberLevel, type MemberLevel } from '../domain/member-level.ts';
import { benefitsView } from '../member-levels/member-levels.routes.ts';
import { standardPreferences, type MemberDetails } from '../domain/preferences.ts';

type Around = {
  readonly member: Member;
  readonly details: MemberDetails | null;
  /** What the soonest ending day takes. */
  readonly ending: { readonly points: number; readonly day: string | null };
  readonly levels: readonly MemberLevel[];
  readonly dayOf: (at: Date) => string;
};

/** Where a member stands on the ladder by spending. */
function standing(profile: Profile, levels: readonly MemberLevel[]) {
  const level = memberLevelOf(levels, profile);
  if (!level) throw new Error(`tenant ${profile.tenantId} has no member levels`);
  const next = nextMemberLevel(levels, level, profile.moneySpent ?? 0);
  return {
    level: {
      level_id: level._id,
      level_name: level.name,
      level_code: level.code,
      discount_rate: level.payRate / 10_000,
      point_multiplier: level.pointMultiplier / 100,
    },
    spending: { total_spent: (profile.moneySpent ?? 0) / 100, total_orders: profile.orderCount ?? 0 },
    benefits: benefitsView(level),
    next_level: next && {
      level_name: next.level.name,
      required_spent: next.level.requiredSpent / 100,
      remaining_spent: next.remaining / 100,
      progress_percentage: next.percentage,
    },
  };
}

export function profileView(
  profile: Profile,
  { member, details, ending, levels, dayOf }: Around,
): ItemOf<typeof getMemberProfile> {
  const { level, spending, benefits, next_level } = standing(profile, levels);
  const seen = [details?.lastSeenAt, details?.updatedAt, new Date(member.joinedAt)].flatMap((at) =>
    at ? [at.getTime()] : [],
  );
  return {
    member_id: `M${profile._id}`,
    user_id: profile._id,
    nickname: details?.nickname ?? null,
    birthday: details?.birthday ?? null,
    preferences: { ...standardPreferences, ...details?.preferences },
    level,
    points: {
      total_points: profile.total,
      available_points: profile.available,
      frozen_points: profile.frozen,
      expiring_points: ending.points,
      expiring_date: ending.day,
    },
    statistics: {
      ...spending,
      join_date: dayOf(new Date(member.joinedAt)),
      last_active: new Date(Math.max(...seen)).toISOString(),
    },
    benefits,
    next_level,
  };
}

/** As administrators see it: with the last time that a level was set by hand, where it still is the floor. */
export function membershipView(
  profile: Profile,
  levels: readonly MemberLevel[],
  operation: LevelOperation | null,
): ItemOf<typeof getMembership> {
  const { level, spending, benefits, next_level } = standing(profile, levels);
  const floor = levels.find(({ _id }) => _id === profile.memberLevelFloorId);
  const [kind, id] = operation?.actor.split(':') ?? [];
  return {
    user_id: profile._id,
    level,
    level_set_by_hand:
      floor && operation
        ? {
            operation_id: `OP${operation._id}`,
            level_id: floor._id,
            level_name: floor.name,
            reason: operation.reason,
            operator: operation.operator,
            operator_id: kind === 'user' ? Number(id) : null,
            set_at: operation.createdAt.toISOString(),
          }
        : null,
    level_review_at: profile.memberLevelReviewAt?.toISOString() ?? null,
    statistics: spending,
    benefits,
    next_level,
  };
}
