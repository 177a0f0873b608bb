/** Days as a tenant's zone counts them: when each begins, and which one a moment belongs to. */

/** A calendar day, `YYYY-MM-DD`. Days compare as text. */
export type Day = string;

const PARTS: Intl.DateTimeFormatOptions = {
  ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
  ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
};
const formats = new Map<string, Intl.DateTimeFormat>();

/** An unknown zone counts as UTC. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, ...PARTS });
  } catch {
    format = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', ...PARTS });
  }
  formats.set(zone, format);
  return format;
}

/** What the clocks of a zone show at a moment, written as if it were UTC. */
function wallClock(zone: string, moment: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(moment)) parts[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

const dayText = (moment: number): Day => new Date(moment).toISOString().split('T', 1)[0] as Day;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The day that a moment belongs to in a zone. */
export const dayOf = (zone: string, moment: Date): Day => dayText(wallClock(zone, moment.getTime()));

/** The day so many days later (or earlier). */
export const plusDays = (day: Day, days: number): Day => dayText(Date.parse(`${day}T00:00:00Z`) + days * DAY);

/**
 * The moment at which a day begins in a zone. Not always midnight: where clocks go forward at midnight it is later, and a
 * day that a zone left out begins when the next one does.
 */
export function startOfDay(zone: string, day: Day): Date {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const offsetAt = (moment: number): number => wallClock(zone, moment) - moment;
  // The offset at midnight is the one before or after a change of clocks nearby; the earlier moment that fits is the start.
  const candidates = [midnight - offsetAt(midnight - DAY), midnight - offsetAt(midnight + DAY)].sort(
    (left, right) => left - right,
  );
  const start = candidates.find((moment) => dayOf(zone, new Date(moment)) >= day);
  return new Date(start ?? (candidates[1] as number));
}

/** The last millisecond of a day in a zone. */
export const endOfDay = (zone: string, day: Day): Date =>
  new Date(startOfDay(zone, plusDays(day, 1)).getTime() - 1);

const QUARTER = 15 * MINUTE;
const HOUR = 60 * MINUTE;

/** The moments at which the hours of a day begin in a zone: 23 or 25 of them where clocks change by an hour. */
export function hoursOf(zone: string, day: Day): Date[] {
  const until = startOfDay(zone, plusDays(day, 1)).getTime();
  const hours: Date[] = [];
  let shown = Number.NaN;
  for (let moment = startOfDay(zone, day).getTime(); moment < until; moment += QUARTER) {
    const clock = wallClock(zone, moment);
    // An hour that is shown twice begins twice.
    if (Math.floor(clock / HOUR) !== shown || clock % HOUR === 0) hours.push(new Date(moment));
    shown = Math.floor(clock / HOUR);
  }
  return hours;
}
