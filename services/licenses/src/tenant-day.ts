/** Spans of time in the tenant's days. */
import { dayOf, plusDays, startOfDay, type Day } from '@membership/platform/calendar';

/** A span of time cut at the midnights of a zone. */
export function cutByDay(
  { startedAt, endedAt }: { readonly startedAt: Date; readonly endedAt: Date },
  zone: string,
): { readonly day: Day; readonly seconds: number }[] {
  const parts: { day: Day; seconds: number }[] = [];
  let from = startedAt;
  for (let day = dayOf(zone, from); from < endedAt; day = plusDays(day, 1)) {
    const next = startOfDay(zone, plusDays(day, 1));
    const to = next < endedAt ? next : endedAt;
    if (to > from) parts.push({ day, seconds: Math.round((to.getTime() - from.getTime()) / 1_000) });
    from = to;
  }
  return parts;
}
