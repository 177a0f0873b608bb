/** Which days a statistic is about, and in which zone they are counted. */
import { z } from 'zod';
import { both } from '../../text.ts';
import { timeZone } from '../../time-zone.ts';

const WRONG_DAY = both('日期格式不正确（应为 YYYY-MM-DD）', 'Must be a date: YYYY-MM-DD');
const FIRST_DAY = '1970-01-01';

export const zone = timeZone.meta({
  type: 'string',
  description: both(
    '按哪个 IANA 时区计算日期；省略则为租户的时区',
    'IANA zone in which days are counted; the tenant’s unless given',
  ),
});

/** A day without a time, from `FIRST_DAY`. */
export const calendarDay = z.iso.date({ error: WRONG_DAY, abort: true }).refine((text) => text >= FIRST_DAY, {
  error: both(`日期不能早于 ${FIRST_DAY}`, `Must not be before ${FIRST_DAY}`),
});

/** `date_from`, `date_to` (both ends included, the last 30 days unless given) and `tz`. */
export const periodFields = {
  date_from: calendarDay.optional().meta({
    description: both(
      '首日；省略则为 `date_to` 之前29天',
      'First day; 29 days before `date_to` unless given',
    ),
  }),
  date_to: calendarDay
    .optional()
    .meta({ description: both('末日，包含在内；省略则为今天', 'Last day, included; today unless given') }),
  tz: zone.optional(),
};

export const intervals = ['hour', 'day', 'week', 'month'] as const;
export type Interval = (typeof intervals)[number];

/** The most days that a series may span: an answer stays within a thousand rows or so. */
export const longestDays: Readonly<Record<Interval, number>> = {
  hour: 31,
  day: 366,
  week: 1_098,
  month: 1_098,
};

/** What a field of a statistic may be, for who gave something else. */
export const oneOf = (names: readonly string[]) =>
  both(`可选：${names.join('、')}`, `Must be one of ${names.join(', ')}`);

export const interval = z
  .enum(intervals, { error: oneOf(intervals) })
  .default('day')
  .meta({
    description: both(
      `每行的时长；周从周一开始。期间最长：hour ${longestDays.hour} 天，day ${longestDays.day} 天，week 和 month ${longestDays.week} 天`,
      `How long a row is; weeks begin on Monday. The period may have ${longestDays.hour} days by hour, ${longestDays.day} by day, ${longestDays.week} by week or month`,
    ),
  });

const comparisons = ['previous'] as const;
export const compare = z
  .enum(comparisons, { error: oneOf(comparisons) })
  .optional()
  .meta({
    description: both(
      '`previous`：同时给出紧接在前、天数相同的期间',
      '`previous`: also the period of as many days just before',
    ),
  });

/** What came in or went out in a time: below 0 where more of an earlier time was undone in it. */
export const flow = z.int().meta({
  description: both(
    '期间内冲正了较早的积分时，可能低于0',
    'Below 0 where more of an earlier time was undone in this one',
  ),
});

/** How far the log was counted when an answer was made. */
export const asOf = z.iso
  .datetime({ offset: true })
  .nullable()
  .meta({
    description: both(
      '已计入的最新事件的时间；尚无事件时为 null',
      'Time of the newest event that is counted; null before the first',
    ),
  });
