/** Days are the tenant's: daily limits, streaks and `by_day` are counted in its IANA zone. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** YYYY-MM-DD of a moment in a zone. An unknown zone counts as UTC. */
export function dayIn(zone: string, at: Date): string {
  let format = formats.get(zone);
  if (!format) {
    try {
      format = new Intl.DateTimeFormat('en-CA', {
        timeZone: zone,
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
      });
    } catch {
      format = new Intl.DateTimeFormat('en-CA', {
        timeZone: 'UTC',
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
      });
    }
    formats.set(zone, format);
  }
  return format.format(at);
}

/** The day so many days before (or, negative, after) a day. */
export function daysBefore(day: string, count: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - count);
  return date.toISOString().slice(0, 10);
}
