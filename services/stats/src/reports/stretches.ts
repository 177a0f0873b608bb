/** A period cut into hours, days, weeks or months of its zone. */
import type { Interval } from '@membership/contracts/endpoints/stats/index';
import { hoursOf, plusDays, startOfDay, type Day } from '@membership/platform/calendar';
import { daysIn, type Period } from './period.ts';

/** From its start up to its end, which is not included; `day` is its first. */
export type Stretch = { readonly day: Day; readonly from: Date; readonly until: Date };

const noon = (day: Day): Date => new Date(`${day}T12:00:00Z`);

const begins: Readonly<Record<Exclude<Interval, 'hour'>, (day: Day) => boolean>> = {
  day: () => true,
  week: (day) => noon(day).getUTCDay() === 1,
  month: (day) => day.endsWith('-01'),
};

/** The stretches of a period, in order and without a gap; a week or month that reaches beyond it is cut at its ends. */
export function stretchesOf(period: Period, interval: Interval): Stretch[] {
  const days = Array.from({ length: daysIn(period) }, (_, index) => plusDays(period.first, index));
  const starts =
    interval === 'hour'
      ? days.flatMap((day) => hoursOf(period.zone, day).map((from) => ({ day, from })))
      : days
          .filter((day, index) => index === 0 || begins[interval](day))
          .map((day) => ({ day, from: startOfDay(period.zone, day) }));
  const within = starts.filter(({ from }) => from < period.until);
  return within.map((start, index) => ({ ...start, until: within[index + 1]?.from ?? period.until }));
}
