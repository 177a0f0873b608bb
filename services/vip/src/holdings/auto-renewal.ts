/**
 * A holding that renews itself: bought again with the member's points shortly before it ends, once for each end. When that
 * fails, it goes the way of every other: into grace, then expired. Pure.
 */
import { invalidState } from '@membership/contracts/errors';
import type { Tag } from '../tags/tag.ts';
import {
  DAY,
  endAfter,
  isPrivileged,
  requireAllowed,
  requireGiveable,
  statusAt,
  stepped,
  UNTRIED,
  type Renewal,
  type Step,
  type UserTag,
} from './user-tag.ts';

type Limits = Pick<Tag, 'maxDays' | 'isRetired'>;
const isSame = (left: Date | null, right: Date | null): boolean => left?.getTime() === right?.getTime();

/**
 * When a holding is to renew itself: `leadMs` before its end, but not with more than half of the renewed time left (a tag of
 * one day is not renewed all day long), nor before the tag's limit lets it be so long. Null: not for this end.
 */
export function renewalTime(
  { autoRenew, renewal, status, expiresAt }: UserTag,
  { maxDays, isRetired }: Limits,
  leadMs: number,
): Date | null {
  if (!autoRenew || !renewal || !expiresAt || !isPrivileged(status) || isRetired) return null;
  if (isSame(renewal.triedFor, expiresAt)) return null;
  const length = renewal.days * DAY;
  const allowed = maxDays === null ? Number.POSITIVE_INFINITY : Math.max(0, maxDays * DAY - length);
  return new Date(expiresAt.getTime() - Math.min(leadMs, length / 2, allowed));
}

/** The holding with the time of its next renewal, as it follows from everything else. */
export const withRenewalTime = (userTag: UserTag, tag: Limits, leadMs: number): UserTag => ({
  ...userTag,
  renewal: userTag.renewal && {
    ...userTag.renewal,
    at: renewalTime(userTag, tag, leadMs),
    waitsFor: null,
  },
});

/** Whether it is time to renew. Not while it is suspended, nor once its grace is over. */
export const isRenewalDue = (userTag: UserTag, now: Date): boolean =>
  userTag.autoRenew &&
  userTag.renewal !== null &&
  userTag.renewal.at !== null &&
  userTag.renewal.at <= now &&
  isPrivileged(statusAt(userTag, now));

/** Whether a renewal that was started for an end is still wanted: nothing has happened to the holding that makes it needless. */
export const isStillWanted = (userTag: UserTag | null, end: Date, now: Date): userTag is UserTag =>
  userTag !== null &&
  userTag.autoRenew &&
  isSame(userTag.expiresAt, end) &&
  isPrivileged(statusAt(userTag, now));

/** Started for the end that it has now: not again, whatever becomes of it. */
export const tried = (userTag: UserTag): Renewal | null =>
  userTag.renewal && { ...userTag.renewal, at: null, triedFor: userTag.expiresAt, waitsFor: null };

type Switch = {
  readonly isOn: boolean;
  /** So many days each time; where it is switched on. */
  readonly days: number;
  readonly tag: Tag;
  readonly now: Date;
};

/**
 * Switches auto-renewal on or off, or changes its days; null when it stands so already. Switching on refuses what has ended
 * or has no end (INVALID_STATE), a tag that cannot be given (INVALID_STATE), and more days than it allows (VIP_DURATION_EXCEEDED).
 */
export function switchAutoRenewal(before: UserTag, { isOn, days, tag, now }: Switch): Step | null {
  if (!isOn) {
    if (!before.autoRenew) return null;
    const after = { ...before, autoRenew: false, ...stepped(before, null, now) };
    return { before, after, action: 'auto_renew_off' };
  }
  requireAllowed(before, 'auto-renew', now);
  if (before.expiresAt === null)
    throw invalidState('endless', [], {
      zh: '该标签没有到期时间，无需自动续期',
      en: 'The tag has no end: there is nothing to renew',
    });
  requireGiveable(tag);
  endAfter(now, { tag, days, now });
  if (before.autoRenew && before.renewal?.days === days) return null;
  const renewal = { ...(before.renewal ?? UNTRIED), days };
  return {
    before,
    after: { ...before, autoRenew: true, renewal, ...stepped(before, null, now) },
    action: 'auto_renew_on',
  };
}
