/** Quotas: for how long a use counts, read from the quota's name, and whether there is room. Pure. */
import { refuse, type Refusal } from '@membership/contracts/errors';
import { dayOf, plusDays, startOfDay } from '@membership/platform/calendar';

export type Quota = { readonly limit: number; readonly used: number; readonly resetsAt: Date | null };
/** What is counted together: `key` is the same as long as uses add up. */
export type Period = { readonly key: string; readonly resetsAt: Date | null };

const HOUR_MS = 3_600_000;

/** The period that a moment belongs to, as the zone counts; weeks begin on Monday. */
export function periodOf(quota: string, zone: string, at: Date): Period {
  const day = dayOf(zone, at);
  const until = (next: string): Period => ({ key: day, resetsAt: startOfDay(zone, next) });
  if (quota.endsWith('_per_hour')) {
    const start = startOfDay(zone, day).getTime();
    const hour = start + Math.floor((at.getTime() - start) / HOUR_MS) * HOUR_MS;
    return { key: new Date(hour).toISOString(), resetsAt: new Date(hour + HOUR_MS) };
  }
  if (quota.endsWith('_per_day')) return until(plusDays(day, 1));
  if (quota.endsWith('_per_week')) {
    const sinceMonday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
    const monday = plusDays(day, -sinceMonday);
    return { ...until(plusDays(monday, 7)), key: monday };
  }
  if (quota.endsWith('_per_month')) {
    const first = `${day.slice(0, 7)}-01`;
    return { ...until(`${plusDays(first, 31).slice(0, 7)}-01`), key: first };
  }
  return { key: 'ever', resetsAt: null };
}

/** Refuses (BIZ_002) more than is left. */
export function whyExceeded({ limit, used, resetsAt }: Quota, amount: number): Refusal | undefined {
  if (used + amount <= limit) return undefined;
  return refuse('BIZ_002', {
    details: {
      limit,
      used,
      remaining: Math.max(0, limit - used),
      resets_at: resetsAt?.toISOString() ?? null,
    },
  });
}
