/** Whose day it is: an event counts in the day of the zone that its tenant had as the log told it. Pure. */
import { dayOf, type Day } from '@membership/platform/calendar';
import type { Envelope } from '@membership/contracts/event';
import type { Read } from './rules.ts';

/** A tenant's zone, and the sequence of the event that told it. */
export type Zone = { readonly zone: string; readonly sequence: number };
const FIRST_ZONE: Zone = { zone: 'UTC', sequence: 0 };
/** No zone's day begins within a quarter hour: few are told apart, and telling a zone's calendar is slow. */
const QUARTER_HOUR = 15 * 60 * 1_000;

/** The tenants of which a batch must know the zone. */
export const tenantsOf = (batch: readonly Read<unknown>[]): number[] => [
  ...new Set(batch.map(({ envelope }) => envelope.tenantid)),
];

/** The days of the events of one batch, against the zones that are known. */
export class BatchDays {
  /** Zones that the batch told. */
  readonly told = new Map<number, Zone>();
  readonly #known: ReadonlyMap<number, Zone>;
  readonly #days = new Map<string, Day>();

  constructor(known: ReadonlyMap<number, Zone>) {
    this.#known = known;
  }

  /** The zone of an event's tenant so far; `zone` is what the event itself tells of it, which holds for those after it. */
  zoneAt({ tenantid: tenantId, sequence }: Pick<Envelope, 'tenantid' | 'sequence'>, zone?: string): string {
    const newest = this.told.get(tenantId) ?? this.#known.get(tenantId) ?? FIRST_ZONE;
    if (zone !== undefined && sequence > newest.sequence) this.told.set(tenantId, { zone, sequence });
    return newest.zone;
  }

  dayIn(zone: string, time: number): Day {
    const quarter = Math.floor(time / QUARTER_HOUR);
    const key = `${quarter} ${zone}`;
    let day = this.#days.get(key);
    if (day === undefined) this.#days.set(key, (day = dayOf(zone, new Date(quarter * QUARTER_HOUR))));
    return day;
  }
}
