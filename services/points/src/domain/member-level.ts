/** Member levels: the ladder by money spent. Pure. Money is in hundredths, so are multipliers. */
import { invalid } from '@membership/contracts/errors';
import type { Profile } from './profile.ts';
import type { Rung } from './level.ts';
import { decideLevel, levelDue, type Decision } from './level-policy.ts';
import type { LevelPolicy } from './points-settings.ts';

export type MemberLevel = {
  readonly _id: number;
  readonly tenantId: number;
  name: string;
  code: string;
  requiredSpent: number;
  /** The part that is paid, in ten-thousandths: 9000 is 10 % off. */
  payRate: number;
  pointMultiplier: number;
  benefits: {
    freeShipping: boolean;
    birthdayGift: boolean;
    priorityService: boolean;
    exclusiveEvents: boolean;
  };
  /** Counts the facts about its definition. Absent: made by a version that told none. */
  readonly sequence?: number;
  readonly createdAt: Date;
  updatedAt: Date;
};
export type Standing = Pick<
  Profile,
  'memberLevelId' | 'memberLevelFloorId' | 'memberLevelReviewAt' | 'moneySpent'
>;

const byAmount = (left: MemberLevel, right: MemberLevel): number => left.requiredSpent - right.requiredSpent;

/** The level that a member has: the first of the ladder until it gets another one. */
export const memberLevelOf = (levels: readonly MemberLevel[], standing: Standing): MemberLevel | undefined =>
  levels.find(({ _id }) => _id === standing.memberLevelId) ?? [...levels].sort(byAmount)[0];

/** What is for the members of a level and of those above it; null: for everybody. */
type ForLevel = { readonly requiredLevelId: number | null };

/** Whether a member of this level has it. A required level that was removed admits nobody. */
export function admits(
  { requiredLevelId }: ForLevel,
  level: MemberLevel | undefined,
  levels: readonly MemberLevel[],
): boolean {
  if (requiredLevelId === null) return true;
  const required = levels.find(({ _id }) => _id === requiredLevelId);
  return required !== undefined && level !== undefined && level.requiredSpent >= required.requiredSpent;
}

/** Refuses (VALIDATION_ERROR) to require a level that is not of the ladder. */
export function checkRequiredLevel(
  { requiredLevelId = null }: Partial<ForLevel>,
  levels: readonly MemberLevel[],
): void {
  if (requiredLevelId !== null && !levels.some(({ _id }) => _id === requiredLevelId))
    throw invalid({ required_level: { zh: '无效的会员等级ID', en: 'Unknown member level' } });
}

/** A level as the policy of levels looks at it: this ladder counts money. */
type MoneyRung = Rung & { readonly level: MemberLevel };
const rungOf = (level: MemberLevel): MoneyRung => ({
  _id: level._id,
  minPoints: level.requiredSpent,
  order: 0,
  isActive: true,
  isDefault: level.requiredSpent === 0,
  level,
});

/**
 * The level that a member should have by now: what its money reaches and what an administrator set at least; from a higher
 * one it falls as the tenant's policy says.
 */
export function decideMemberLevel(
  levels: readonly MemberLevel[],
  standing: Standing,
  policy: LevelPolicy,
  now: Date,
): Omit<Decision<Rung>, 'level'> & { readonly level: MemberLevel | undefined } {
  const current = memberLevelOf(levels, standing);
  const floor = levels.find(({ _id }) => _id === standing.memberLevelFloorId);
  const decision = decideLevel(
    levels.map(rungOf),
    {
      current: current && rungOf(current),
      points: standing.moneySpent ?? 0,
      floor: floor && rungOf(floor),
      reviewAt: standing.memberLevelReviewAt ?? null,
    },
    policy,
    now,
  );
  return { ...decision, level: decision.level?.level };
}

/** The level that a member has at once when an administrator sets one at least: the higher of it and what its money reaches. */
export function memberLevelWithFloor(
  levels: readonly MemberLevel[],
  { moneySpent = 0 }: Standing,
  floor: MemberLevel,
): MemberLevel {
  return levelDue(levels.map(rungOf), { points: moneySpent, floor: rungOf(floor) })?.level ?? floor;
}

/** What is missing to the level after this one; null at the top. Progress is spent / required, in percent. */
export function nextMemberLevel(
  levels: readonly MemberLevel[],
  current: MemberLevel | undefined,
  spent: number,
): { level: MemberLevel; remaining: number; percentage: number } | null {
  const level = levels
    .filter(({ requiredSpent }) => requiredSpent > (current?.requiredSpent ?? -1))
    .sort(byAmount)[0];
  if (!level) return null;
  return {
    level,
    remaining: Math.max(0, level.requiredSpent - spent),
    percentage: Math.min(100, Math.round((spent * 10_000) / level.requiredSpent) / 100),
  };
}

/** What an event says of a level's definition. */
export const memberLevelFact = (level: MemberLevel) => ({
  levelId: level._id,
  levelName: level.name,
  levelCode: level.code,
  requiredSpent: level.requiredSpent,
});

/** What the event of a member's changed level tells. */
export const memberLevelChange = ({
  memberId,
  previous,
  current,
  reason,
}: {
  readonly memberId: number;
  readonly previous: MemberLevel | undefined;
  readonly current: MemberLevel;
  readonly reason: 'spending' | 'manual' | 'review' | 'check';
}) => ({
  profileId: memberId,
  previousLevelId: previous?._id ?? null,
  previousLevelName: previous?.name ?? null,
  levelId: current._id,
  levelName: current.name,
  levelCode: current.code,
  isUpgrade: current.requiredSpent > (previous?.requiredSpent ?? -1),
  reason,
});
