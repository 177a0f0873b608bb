/** Days are the tenant's: a filter that names a day counts from its start to its end in the tenant's zone. */
import { dayOf, endOfDay, plusDays, startOfDay, type Day } from '@membership/platform/calendar';
import type { Directory } from '@membership/platform/directory';
import type { TenantScope } from '@membership/platform/scope';

type Tenants = Pick<Directory, 'tenant'>;
/** A filter's lower end: a moment as it is, a day from its start. */
export const startOfMoment = async (
  tenants: Tenants,
  scope: TenantScope,
  moment: Date | string | undefined,
): Promise<Date | undefined> =>
  typeof moment === 'string' ? startOfDay((await tenants.tenant(scope)).timezone, moment) : moment;
/** A filter's upper end: a moment as it is, a day to its end. */
export const endOfMoment = async (
  tenants: Tenants,
  scope: TenantScope,
  moment: Date | string | undefined,
): Promise<Date | undefined> =>
  typeof moment === 'string' ? endOfDay((await tenants.tenant(scope)).timezone, moment) : moment;

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
