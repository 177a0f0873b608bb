/** What the member system shows of a member. */
import type { getMemberProfile } from '@membership/contracts/endpoints/points/index';
import type { ItemOf } from '@membership/contracts/endpoint';
import type { Member } from '@membership/platform/directory';
import type { Lot } from '../ledger/lots.ts';
import type { Profile } from '../ledger/profile.ts';
import { memberLevelOf, nextMemberLevel, type MemberLevel } from '../member-levels/member-level.ts';
import { benefitsView } from '../member-levels/member-levels.routes.ts';
import { standardPreferences, type MemberDetails } from './preferences.ts';

type Around = {
  readonly member: Member;
  readonly details: MemberDetails | null;
  /** Lots that have an end, soonest first. */
  readonly lots: readonly Lot[];
  readonly levels: readonly MemberLevel[];
  readonly dayOf: (at: Date) => string;
};

/** The points that the soonest ending day takes. */
export function expiring(
  lots: readonly Pick<Lot, 'remaining' | 'held' | 'endsAt'>[],
  dayOf: (at: Date) => string,
): { points: number; day: string | null } {
  // What is held lasts as long as its hold.
  const ending = lots.filter(({ remaining, held }) => remaining > held);
  const [first] = ending;
  if (!first) return { points: 0, day: null };
  const day = dayOf(first.endsAt);
  const points = ending
    .filter(({ endsAt }) => dayOf(endsAt) === day)
    .reduce((sum, { remaining, held }) => sum + remaining - held, 0);
  return { points, day };
}

export function membershipView(
  profile: Profile,
  { member, details, lots, levels, dayOf }: Around,
): ItemOf<typeof getMemberProfile> {
  const level = memberLevelOf(levels, profile);
  if (!level) throw new Error(`tenant ${profile.tenantId} has no member levels`);
  const spent = profile.moneySpent ?? 0;
  const next = nextMemberLevel(levels, level, spent);
  const { points, day } = expiring(lots, dayOf);
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
      expiring_points: points,
      expiring_date: day,
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
