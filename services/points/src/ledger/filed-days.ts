/**
 * Keeps the totals of members' days that are over in memory, as they were last read. A profile says how often its filed days have
 * changed, in the same transaction: while it says the same, they are the same.
 */
import type { TenantScope } from '@membership/platform/scope';
import type { Models } from '../models.ts';
import type { DayCounts, DayTotals } from '../domain/day-totals.ts';
import type { Profile } from '../domain/profile.ts';

/** Of all members together: some ten megabytes. */
const DAYS_AT_MOST = 50_000;

type Known = { readonly state: string; readonly from: string; readonly days: readonly DayTotals[] };

export class FiledDays {
  readonly #models: Models;
  readonly #maximum: number;
  readonly #known = new Map<number, Known>();
  #size = 0;
  constructor(models: Models, maximum = DAYS_AT_MOST) {
    this.#models = models;
    this.#maximum = maximum;
  }

  /** Days of these profiles from `from` on, by member: those that are filed, and each profile's newest. */
  async of(
    scope: TenantScope,
    profiles: readonly Profile[],
    from: string,
  ): Promise<Map<number, readonly DayCounts[]>> {
    const filed = new Map<number, readonly DayTotals[]>();
    const missing: Profile[] = [];
    for (const profile of profiles) {
      const known = this.#known.get(profile._id);
      if (known && known.state === stateOf(profile) && known.from <= from) filed.set(profile._id, known.days);
      else missing.push(profile);
    }
    if (missing.length > 0) {
      const memberId = { $in: missing.map(({ _id }) => _id) };
      const found = await this.#models.days.find(scope, { memberId, day: { $gte: from } });
      for (const profile of missing) {
        const days = found.filter((day) => day.memberId === profile._id);
        filed.set(profile._id, days);
        this.#keep(profile._id, { state: stateOf(profile), from, days });
      }
    }
    return new Map(
      profiles.map((profile) => [profile._id, daysOf(profile, filed.get(profile._id) ?? [], from)]),
    );
  }

  #keep(memberId: number, known: Known): void {
    this.#forget(memberId);
    this.#known.set(memberId, known);
    this.#size += sizeOf(known);
    for (const oldest of this.#known.keys()) {
      if (this.#size <= this.#maximum) break;
      this.#forget(oldest);
    }
  }

  #forget(memberId: number): void {
    const known = this.#known.get(memberId);
    if (known && this.#known.delete(memberId)) this.#size -= sizeOf(known);
  }
}

const sizeOf = ({ days }: Known): number => 1 + days.length;
const stateOf = ({ tenantId, filedDays = 0, today }: Profile): string =>
  `${tenantId} ${filedDays} ${today?.day ?? ''}`;

function daysOf({ today }: Profile, filed: readonly DayTotals[], from: string): DayCounts[] {
  const days: DayCounts[] = filed.filter(({ day }) => day >= from);
  // Filed since the profile was read: then it is there in whole.
  if (today && today.day >= from && !days.some(({ day }) => day === today.day)) days.push(today);
  return days;
}
