/** Which days a statistic is about, and in which zone they are counted. */
import { z } from 'zod';
import { both } from '../../text.ts';

/** The name of a zone as the platform's own tables spell it, or undefined for what is none. Plain offsets are none. */
export function zoneName(text: string): string | undefined {
  if (!/^[A-Za-z][\w+/-]{0,63}$/.test(text)) return undefined;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

const UNKNOWN_ZONE = both(
  '未知的时区，应为 IANA 时区名，例如 Asia/Shanghai',
  'Unknown zone; name it as IANA does, such as Asia/Shanghai',
);
const WRONG_DAY = both('日期格式不正确（应为 YYYY-MM-DD）', 'Must be a date: YYYY-MM-DD');
const FIRST_DAY = '1970-01-01';

export const zone = z
  .string()
  .transform((text, context) => {
    const name = zoneName(text);
    if (name === undefined) context.addIssue({ code: 'custom', message: UNKNOWN_ZONE });
    return name ?? z.NEVER;
  })
  .meta({ description: 'IANA zone in which days are counted; the tenant’s unless given' });

/** A day without a time; the oldest that can be asked for is 1970-01-01. */
const calendarDay = z.iso.date({ error: WRONG_DAY, abort: true }).refine((text) => text >= FIRST_DAY, {
  error: both('日期不能早于 1970-01-01', 'Must not be before 1970-01-01'),
});

/** `date_from`, `date_to` (both ends included, the last 30 days unless given) and `tz`. */
export const periodFields = {
  date_from: calendarDay.optional().meta({ description: 'First day; 29 days before `date_to` unless given' }),
  date_to: calendarDay.optional().meta({ description: 'Last day, included; today unless given' }),
  tz: zone.optional(),
};

export const intervals = ['hour', 'day', 'week', 'month'] as const;
export type Interval = (typeof intervals)[number];

/** How far the log was counted when an answer was made. */
export const asOf = z.iso
  .datetime({ offset: true })
  .nullable()
  .meta({ description: 'Time of the newest event that is counted; null before the first' });
