/** Days are the tenant's: a filter that names a day counts from its start to its end in the tenant's zone. */
import type { Directory } from '@membership/platform/directory';
import type { TenantScope } from '@membership/platform/scope';

const formats = new Map<string, Intl.DateTimeFormat>();
function formatFor(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    const parts = {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      hourCycle: 'h23',
    } as const;
    try {
      format = new Intl.DateTimeFormat('en-US', { ...parts, timeZone: zone });
    } catch {
      format = new Intl.DateTimeFormat('en-US', { ...parts, timeZone: 'UTC' });
    }
    formats.set(zone, format);
  }
  return format;
}

/** Milliseconds that a zone's clocks are ahead of UTC at a moment. */
function offsetAt(zone: string, at: number): number {
  const parts = Object.fromEntries(
    formatFor(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const local = Date.UTC(
    parts.year as number,
    (parts.month as number) - 1,
    parts.day,
    parts.hour,
    parts.minute,
    parts.second,
  );
  return local - Math.floor(at / 1_000) * 1_000;
}

/** The first instant of a day (YYYY-MM-DD) in a zone. An unknown zone counts as UTC. */
export function startOfDay(day: string, zone: string): Date {
  const wall = Date.parse(`${day}T00:00:00Z`);
  const guess = wall - offsetAt(zone, wall);
  // Beside a change of the clocks the first guess has the offset of the other side.
  return new Date(wall - offsetAt(zone, guess));
}

/** The last instant of a day in a zone. */
export function endOfDay(day: string, zone: string): Date {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return new Date(startOfDay(next.toISOString().slice(0, 10), zone).getTime() - 1);
}

type Tenants = Pick<Directory, 'tenant'>;
export const startOfMoment = async (
  tenants: Tenants,
  scope: TenantScope,
  moment: Date | string | undefined,
): Promise<Date | undefined> =>
  typeof moment === 'string' ? startOfDay(moment, (await tenants.tenant(scope)).timezone) : moment;
export const endOfMoment = async (
  tenants: Tenants,
  scope: TenantScope,
  moment: Date | string | undefined,
): Promise<Date | undefined> =>
  typeof moment === 'string' ? endOfDay(moment, (await tenants.tenant(scope)).timezone) : moment;
