/** The days on which a member was active: of each month a set of bits, the first day the lowest. Pure. */
import type { CohortInterval } from '@membership/contracts/endpoints/stats/index';
import { plusDays, type Day } from '@membership/platform/calendar';
import { mondayOf } from '../boards/boards.ts';

export type ActiveDays = Readonly<Record<string, number>>;

const bitOf = (day: Day): number => 1 << (Number(day.slice(8)) - 1);
export const isActiveOn = (days: ActiveDays, day: Day): boolean =>
  ((days[day.slice(0, 7)] ?? 0) & bitOf(day)) !== 0;

/** Whether the member was active in the week or month of a day. */
export const isActiveIn: Readonly<Record<CohortInterval, (days: ActiveDays, day: Day) => boolean>> = {
  month: (days, day) => (days[day.slice(0, 7)] ?? 0) !== 0,
  week(days, day) {
    const monday = mondayOf(day);
    return [0, 1, 2, 3, 4, 5, 6].some((after) => isActiveOn(days, plusDays(monday, after)));
  },
};

export const withDay = (days: ActiveDays, day: Day): ActiveDays => ({
  ...days,
  [day.slice(0, 7)]: (days[day.slice(0, 7)] ?? 0) | bitOf(day),
});

/** All of them, in order. */
export const listDays = (days: ActiveDays): Day[] =>
  Object.keys(days)
    .sort()
    .flatMap((month) =>
      Array.from({ length: 31 }, (_, index) => `${month}-${String(index + 1).padStart(2, '0')}`).filter(
        (day) => isActiveOn(days, day),
      ),
    );
