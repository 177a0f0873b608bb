/** The days that a statistic is asked for. */
import { invalid } from '@membership/contracts/errors';
import { dayOf, plusDays, startOfDay, type Day } from '@membership/platform/calendar';

export type Asked = { readonly date_from?: Day | undefined; readonly date_to?: Day | undefined };
/** From the first day's start up to the last day's end, which is not included. */
export type Period = {
  readonly zone: string;
  readonly first: Day;
  readonly last: Day;
  readonly from: Date;
  readonly until: Date;
};

const DEFAULT_DAYS = 30;
/** The last moment that is written with a year of four figures; days west of Greenwich end later. */
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * The period asked for, both ends included: the last 30 days unless given. Refuses (400) an end before its start.
 */
export function periodOf({ date_from, date_to }: Asked, zone: string, now: Date): Period {
  const last = date_to ?? dayOf(zone, now);
  const first = date_from ?? plusDays(last, 1 - DEFAULT_DAYS);
  if (first > last) {
    const text = {
      zh: `开始日期（${first}）不能晚于结束日期（${last}）`,
      en: `The first day (${first}) must not be after the last (${last})`,
    };
    throw invalid({ [date_from === undefined ? 'date_to' : 'date_from']: text });
  }
  const end = startOfDay(zone, plusDays(last, 1));
  const until = new Date(Math.min(end.getTime(), LATEST));
  return { zone, first, last, from: startOfDay(zone, first), until };
}

const DAY_MS = 86_400_000;
const OLDEST: Day = '1000-01-01';
const noon = (day: Day): number => Date.parse(`${day}T12:00:00Z`);

/** How many days a period has, both ends included. */
export const daysIn = ({ first, last }: Pick<Period, 'first' | 'last'>): number =>
  Math.round((noon(last) - noon(first)) / DAY_MS) + 1;

/** Refuses (400) a period of more days than are answered at once. */
export function requireAtMost(longest: number, period: Period, asked: Asked, by?: string): void {
  if (daysIn(period) <= longest) return;
  const text = by
    ? { zh: `按 ${by} 最多 ${longest} 天`, en: `At most ${longest} days by ${by}` }
    : { zh: `最多 ${longest} 天`, en: `At most ${longest} days` };
  throw invalid({ [asked.date_from === undefined ? 'date_to' : 'date_from']: text });
}

/** As many days, up to the day before. Refuses (400) one that would begin before any calendar that can be written. */
export function periodBefore(period: Period): Period {
  const days = daysIn(period);
  if (noon(period.first) - days * DAY_MS < noon(OLDEST))
    throw invalid({
      compare: {
        zh: `之前的同长期间（${days} 天）会早于 ${OLDEST}`,
        en: `As many days before (${days}) would begin before ${OLDEST}`,
      },
    });
  const first = plusDays(period.first, -days);
  return {
    zone: period.zone,
    first,
    last: plusDays(period.first, -1),
    from: startOfDay(period.zone, first),
    until: period.from,
  };
}
