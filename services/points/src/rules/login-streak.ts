/** Days in a row on which a member logged in, as its tenant counts days. Pure. */
import { plusDays } from '@membership/platform/calendar';
import type { LoginRun, Profile } from '../domain/profile.ts';

export type Streak = Pick<
  Profile,
  'consecutiveLoginDays' | 'lastLoginDate' | 'earlierStreak' | 'earlierStreaks'
>;

/** A login that is told later than this is not counted: what came before is not kept. */
const KEPT_DAYS = 60;

const firstDayOf = ({ lastDay, days }: LoginRun): string => plusDays(lastDay, 1 - days);

/**
 * The streak after a login on a day. Another on the same day adds nothing. The runs of days before the streak are kept for
 * two months, so that logins told late join what they belong to: the order of the telling does not matter.
 */
export function loggedIn(streak: Streak, day: string): Streak {
  const runs = added(runsOf(streak), day);
  const [newest = { lastDay: day, days: 1 }, ...earlier] = runs;
  const oldest = plusDays(newest.lastDay, -KEPT_DAYS);
  return {
    consecutiveLoginDays: newest.days,
    lastLoginDate: newest.lastDay,
    earlierStreak: null,
    earlierStreaks: earlier.filter(({ lastDay }) => lastDay >= oldest),
  };
}

/** The runs of days that are known, newest first. */
function runsOf({
  consecutiveLoginDays: days,
  lastLoginDate: lastDay,
  earlierStreak,
  earlierStreaks,
}: Streak): LoginRun[] {
  const earlier = earlierStreaks ?? (earlierStreak ? [earlierStreak] : []);
  return lastDay === null ? [] : [{ lastDay, days }, ...earlier];
}

/** The runs with one day more, which may join two. */
function added(runs: readonly LoginRun[], day: string): LoginRun[] {
  if (runs.some((run) => firstDayOf(run) <= day && day <= run.lastDay)) return [...runs];
  const after = runs.find((run) => plusDays(day, 1) === firstDayOf(run));
  const before = runs.find(({ lastDay }) => plusDays(lastDay, 1) === day);
  const joined = { lastDay: after?.lastDay ?? day, days: 1 + (after?.days ?? 0) + (before?.days ?? 0) };
  return [...runs.filter((run) => run !== after && run !== before), joined].sort((left, right) =>
    right.lastDay.localeCompare(left.lastDay),
  );
}
