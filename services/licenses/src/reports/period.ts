/** The days that a report is about. */
import { plusDays, type Day } from '@membership/platform/calendar';
import { invalid } from '@membership/contracts/errors';

export type Period = { readonly from: Day; readonly to: Day };
const DEFAULT_DAYS = 30;
const LONGEST_DAYS = 366;

/** The days asked for, both ends included; the last 30 unless said. Refuses (400) an end before the start, and over 366 days. */
export function periodOf(
  { date_from: from, date_to: to }: { date_from?: Day | undefined; date_to?: Day | undefined },
  today: Day,
): Period {
  const last = to ?? (from !== undefined && from > today ? from : today);
  const first = from ?? plusDays(last, 1 - DEFAULT_DAYS);
  if (first > last) throw invalid({ date_from: { zh: '不能晚于 date_to', en: 'Must not be after date_to' } });
  if (plusDays(first, LONGEST_DAYS) <= last)
    throw invalid({
      date_from: { zh: `时间范围不能超过 ${LONGEST_DAYS} 天`, en: `At most ${LONGEST_DAYS} days` },
    });
  return { from: first, to: last };
}

/** Every day of a period. */
export function daysOf({ from, to }: Period): Day[] {
  const days: Day[] = [];
  for (let day = from; day <= to; day = plusDays(day, 1)) days.push(day);
  return days;
}
