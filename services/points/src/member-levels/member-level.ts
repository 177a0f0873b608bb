/** Member levels: the ladder by money spent. Pure. Money is in hundredths, so are multipliers. */
import type { Profile } from '../ledger/profile.ts';

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
  readonly createdAt: Date;
  updatedAt: Date;
};
export type Standing = Pick<Profile, 'memberLevelId' | 'memberLevelFloorId' | 'moneySpent'>;

const byAmount = (left: MemberLevel, right: MemberLevel): number => left.requiredSpent - right.requiredSpent;

/** The highest level that so much money reaches. Undefined for an empty ladder. */
export const levelForSpending = (levels: readonly MemberLevel[], spent: number): MemberLevel | undefined =>
  levels
    .filter(({ requiredSpent }) => requiredSpent <= spent)
    .sort(byAmount)
    .at(-1) ?? [...levels].sort(byAmount)[0];

/** The level that a member has: the first of the ladder until it gets another one. */
export const memberLevelOf = (levels: readonly MemberLevel[], standing: Standing): MemberLevel | undefined =>
  levels.find(({ _id }) => _id === standing.memberLevelId) ?? [...levels].sort(byAmount)[0];

/**
 * The level that a member should have after spending: what the money reaches, what an administrator set at least, and
 * never below what it has (the default policy).
 */
export function levelAfterSpending(
  levels: readonly MemberLevel[],
  standing: Standing,
): MemberLevel | undefined {
  const candidates = [
    memberLevelOf(levels, standing),
    levelForSpending(levels, standing.moneySpent ?? 0),
    levels.find(({ _id }) => _id === standing.memberLevelFloorId),
  ].filter((level) => level !== undefined);
  return candidates.sort(byAmount).at(-1);
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
