/** A points profile and what may happen to it. Pure: no clock, no storage. */
import { refuse, type Refusal } from '@membership/contracts/errors';
import type { DayCounts } from './day-totals.ts';
import type { Debt } from './debt.ts';
import type { LotHome } from './lots.ts';
import type { Counter } from './record.ts';

/** Days in a row on which a member logged in, until a day. */
export type LoginRun = { readonly lastDay: string; readonly days: number };

export type Profile = {
  /** The member's id. */
  readonly _id: number;
  readonly tenantId: number;
  /** total = available + frozen = earned − spent − expired: what the ledger adds up to. */
  total: number;
  available: number;
  frozen: number;
  earnedTotal: number;
  spentTotal: number;
  expiredTotal: number;
  /** What of `earnedTotal` came from other members: no level counts it. Absent: nothing. */
  receivedTotal?: number;
  levelId: number | null;
  levelUpdatedAt: Date | null;
  /** A level that was set by hand: it holds whatever the points say. Absent: none. */
  levelFloor?: {
    readonly levelId: number;
    readonly reason: string;
    readonly operatorId: number | null;
    readonly setAt: Date;
  } | null;
  /** When a profile below its level is looked at again (downgrade by one step). Absent: never. */
  levelReviewAt?: Date | null;
  lastPointsUpdate: Date | null;
  lastLevelCheck: Date | null;
  consecutiveLoginDays: number;
  lastLoginDate: string | null;
  /** The runs of days before the present streak, newest first, for logins that are told late. Absent: `earlierStreak` alone. */
  earlierStreaks?: readonly LoginRun[];
  /** As a version before kept it: one run. */
  earlierStreak?: LoginRun | null;
  /** In hundredths: 120 is "1.20". */
  multiplier: number;
  isEnabled: boolean;
  /** No lot, hold or level review of this profile is due before this time; may be earlier than the soonest, never later. */
  nextExpiryAt: Date | null;
  /** What reversals could not take back: taken from what comes in next. Absent: nothing. */
  debts?: Debt[];
  /** The newest day with a movement. Never an earlier one than before, also when the tenant's zone changes. Absent: none yet. */
  today?: DayCounts;
  /** How often days of it were filed or, once filed, changed: who keeps them knows by it. Absent: never. */
  filedDays?: number;
  /** Absent: lots are documents of their own. */
  lotsIn?: LotHome;
  /** Whether its facts tell what movements change of lots: those of before were told at once. Absent: not yet. */
  lotsTold?: true;
  /** Records of this profile so far: their chain has no gap. */
  recordCount: number;
  /** Events of this profile so far. */
  sequence: number;
  /** The level by money spent, and the one that an administrator set at least. Absent: the first of the ladder. */
  memberLevelId?: number;
  memberLevelFloorId?: number;
  /** Money of completed orders less refunds, in hundredths, and how many orders. Absent: none. */
  moneySpent?: number;
  orderCount?: number;
  /** When a member below the level that its spending gives is looked at again. Absent: never. */
  memberLevelReviewAt?: Date | null;
  /** Copied from the member, for lists. */
  username: string;
  email: string;
  isMemberActive: boolean;
  /** Copied as well: may manage points. Absent: no. */
  isMemberAdmin?: boolean;
  readonly createdAt: Date;
  updatedAt: Date;
};

/** Whether a member's role lets it manage points. */
export const managesPoints = ({ role }: { readonly role?: string }): boolean => role === 'admin';

/** A profile as it begins: enabled, multiplier 1.00, no points. */
export function newProfile(
  memberId: number,
  tenantId: number,
  levelId: number | null,
  member: { username: string; email: string; isActive: boolean; role?: string },
  now: Date,
): Profile {
  return {
    _id: memberId,
    tenantId,
    total: 0,
    available: 0,
    frozen: 0,
    earnedTotal: 0,
    spentTotal: 0,
    expiredTotal: 0,
    levelId,
    levelUpdatedAt: null,
    lastPointsUpdate: null,
    lastLevelCheck: null,
    consecutiveLoginDays: 0,
    lastLoginDate: null,
    multiplier: 100,
    isEnabled: true,
    nextExpiryAt: null,
    recordCount: 0,
    sequence: 0,
    username: member.username,
    email: member.email,
    isMemberActive: member.isActive,
    ...(managesPoints(member) ? { isMemberAdmin: true } : {}),
    createdAt: now,
    updatedAt: now,
  };
}

/** points × multipliers (hundredths), rounded half up once. Integers only: 1.005 has no exact float. */
export function multiplied(points: number, ...multipliers: readonly number[]): number {
  const others = multipliers.filter((multiplier) => multiplier !== 100);
  const unit = 100n ** BigInt(others.length);
  const product = others.reduce((so, multiplier) => so * BigInt(multiplier), BigInt(points));
  return Number((2n * product + unit) / (2n * unit));
}

/** What an order of so much money (in hundredths) is worth at a rate, in millionths of points a unit of currency. */
export type OrderWorth = { readonly amount: number; readonly rate: number };

/** Points of an order × multipliers (hundredths), rounded half up once. */
export function worthOf({ amount, rate }: OrderWorth, ...multipliers: readonly number[]): number {
  const unit = 100n * 1_000_000n * 100n ** BigInt(multipliers.length);
  const product = multipliers.reduce(
    (so, multiplier) => so * BigInt(multiplier),
    BigInt(amount) * BigInt(rate),
  );
  return Number((2n * product + unit) / (2n * unit));
}

/** The share of a whole that a part of a total has, half up. Parts are best taken as differences of what they add up to. */
export function proRata(whole: number, part: number, total: number): number {
  if (part >= total) return whole;
  const divisor = BigInt(total);
  return Number((2n * BigInt(whole) * BigInt(part) + divisor) / (2n * divisor));
}

/** "1.20" from 120. */
export const multiplierText = (multiplier: number): string => (multiplier / 100).toFixed(2);

/** Refuses while points are disabled. */
export function whyDisabled(profile: Profile): Refusal | undefined {
  return profile.isEnabled ? undefined : refuse('POINTS_DISABLED');
}

/** Refuses to take more than is available. */
export function whyInsufficient(profile: Profile, points: number): Refusal | undefined {
  if (points <= profile.available) return undefined;
  return refuse('INSUFFICIENT_POINTS', {
    details: {
      required_points: points,
      available_points: profile.available,
      shortage: points - profile.available,
    },
  });
}

/**
 * Moves a profile's balances by signed points, counted in one of its totals: a reversal moves the total that it undoes the
 * other way. Changes the profile in place.
 */
export function move(
  profile: Profile,
  counter: Counter,
  points: number,
  now: Date,
): { balanceBefore: number; balanceAfter: number; ordinal: number } {
  const balanceBefore = profile.total;
  profile.total += points;
  profile.available += points;
  if (counter === 'earned') profile.earnedTotal += points;
  else if (counter === 'spent') profile.spentTotal -= points;
  else profile.expiredTotal -= points;
  if (profile.available < 0 || profile.total < 0)
    throw new Error(`profile ${profile._id} would fall below zero`);
  profile.recordCount += 1;
  profile.lastPointsUpdate = now;
  profile.updatedAt = now;
  return { balanceBefore, balanceAfter: profile.total, ordinal: profile.recordCount };
}

/** Sets available points aside, or (negative) gives them back; the total stays. Changes the profile in place. */
export function freeze(profile: Profile, points: number, now: Date): void {
  if (profile.available < points || profile.frozen < -points)
    throw new Error(`profile ${profile._id} would fall below zero`);
  profile.available -= points;
  profile.frozen += points;
  profile.updatedAt = now;
}
