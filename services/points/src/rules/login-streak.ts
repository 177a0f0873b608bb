/** Days in a row on which a member logged in, as its tenant counts days. Pure. */
import { plusDays } from '@membership/platform/calendar';
import type { Profile } from '../ledger/profile.ts';

export type Streak = Pick<Profile, 'consecutiveLoginDays' | 'lastLoginDate' | 'earlierStreak'>;

/**
 * The streak after a login on a day. Another on the same day adds nothing. One that is told late fills the gap before the
 * streak and joins the one that ended there, so that the order of the telling does not matter.
 */
export function loggedIn(
  { consecutiveLoginDays: days, lastLoginDate: last, earlierStreak: earlier = null }: Streak,
  day: string,
): Streak {
  if (last === null) return { consecutiveLoginDays: 1, lastLoginDate: day, earlierStreak: null };
  if (day > last)
    return plusDays(last, 1) === day
      ? { consecutiveLoginDays: days + 1, lastLoginDate: day, earlierStreak: earlier }
      : { consecutiveLoginDays: 1, lastLoginDate: day, earlierStreak: { lastDay: last, days } };
  if (day !== plusDays(last, -days))
    return { consecutiveLoginDays: days, lastLoginDate: last, earlierStreak: earlier };
  const joined = earlier && plusDays(earlier.lastDay, 1) === day ? earlier : null;
  return {
    consecutiveLoginDays: days + 1 + (joined?.days ?? 0),
    lastLoginDate: last,
    earlierStreak: joined ? null : earlier,
  };
}
