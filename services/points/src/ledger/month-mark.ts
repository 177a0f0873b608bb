/**
 * A moment that stands for another: in the same month as it in every time zone, and of few different ones. So what is told
 * by such moments adds up by month wherever the tenant's days begin, also when its zone is changed later. Pure.
 */
const QUARTER_HOUR = 15 * 60_000;
const HOUR = 3_600_000;
/** A month begins nowhere earlier than in UTC+14, and nowhere later than in UTC−12. */
const FIRST_BEGINS = -14 * HOUR;
const LAST_BEGINS = 12 * HOUR;

/** The quarter hour of a moment close to where months meet, else the middle of its month. */
export function monthMark(at: Date): Date {
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  const time = at.getTime();
  const isSure =
    time >= Date.UTC(year, month, 1) + LAST_BEGINS && time < Date.UTC(year, month + 1, 1) + FIRST_BEGINS;
  return new Date(isSure ? Date.UTC(year, month, 15) : Math.floor(time / QUARTER_HOUR) * QUARTER_HOUR);
}
