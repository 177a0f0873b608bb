/** When a message that failed is sent again (the schedule that Standard Webhooks recommends, unless the settings say another). */

/** A receiver that asks for more patience than a day does not get it. */
const LONGEST_WAIT = 24 * 3_600_000;
/** Part of a wait by which it may be longer, so that messages that failed together do not come back together. */
const JITTER = 0.2;

/**
 * Milliseconds until the next attempt after `attempts` failed ones, or null when there is none. `retryAfter` is what the
 * receiver asked for; `random` is between 0 and 1.
 */
export function nextWait(
  attempts: number,
  {
    schedule,
    retryAfter,
    random,
  }: { readonly schedule: readonly number[]; readonly retryAfter: number | null; readonly random: number },
): number | null {
  const wait = schedule[attempts - 1];
  if (wait === undefined) return null;
  const asked = Math.min(retryAfter ?? 0, LONGEST_WAIT);
  return Math.round(Math.max(wait * (1 + JITTER * random), asked));
}

/** Milliseconds that a `Retry-After` header asks for (seconds, or a date), or null when it says nothing readable. */
export function retryAfterOf(header: string | undefined, now: Date): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const until = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(until) ? null : Math.max(0, until - now.getTime());
}
