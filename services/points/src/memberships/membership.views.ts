/** What the member system shows of a member. */
import type { getMemberProfile } from '@membership/contracts/endpoints/points/index';
import type { ItemOf } from '@membership/contracts/endpoint';
import type { Member } from '@membership/platform/directory';
import type { Profile } from '../ledger/profile.ts';
import { memberLevelOf, nextMemberLevel, type MemberLevel } from '../member-levels/member-level.ts';
import { benefitsView } from '../member-levels/member-levels.routes.ts';
import { standardPreferences, type MemberDetails } from './preferences.ts';

type Around = {
  readonly member: Member;
  readonly details: MemberDetails | null;
  /** What the soonest ending day takes. */
  readonly ending: { readonly points: number; readonly day: string | null };
  readonly levels: readonly MemberLevel[];
  readonly dayOf: (at: Date) => string;
};

export function membershipView(
  profile: Profile,
  { member, details, ending, levels, dayOf }: Around,
): ItemOf<typeof getMemberProfile> {
  const level = memberLevelOf(levels, profile);
  if (!level) throw new Error(`tenant ${profile.tenantId} has no member levels`);
  const spent = profile.moneySpent ?? 0;
  const next = nextMemberLevel(levels, level, spent);
  const seen = [details?.lastSeenAt, details?.updatedAt, new Date(member.joinedAt)].flatMap((at) =>
    at ? [at.getTime()] : [],
  );
  return {
    member_id: `M${profile._id}`,
    user_id: profile._id,
    nickname: details?.nickname ?? null,
    birthday: details?.birthday ?? null,
    preferences: { ...standardPreferences, ...details?.preferences },
    level: {
      level_id: level._id,
      level_name: level.name,
      level_code: level.code,
      discount_rate: level.payRate / 10_000,
      point_multiplier: level.pointMultiplier / 100,
    },
    points: {
      total_points: profile.total,
      available_points: profile.available,
      frozen_points: profile.frozen,
      expiring_points: ending.points,
      expiring_date: ending.day,
    },
    statistics: {
      total_spent: spent / 100,
      total_orders: profile.orderCount ?? 0,
      join_date: dayOf(new Date(member.joinedAt)),
      last_active: new Date(Math.max(...seen)).toISOString(),
    },
    benefits: benefitsView(level),
    next_level: next && {
      level_name: next.level.name,
      required_spent: next.level.requiredSpent / 100,
      remaining_spent: next.remaining / 100,
      progress_percentage: next.percentage,
    },
  };
}
