/**
 * Adds a batch of events up to who was active on which days, and to how many there were. Pure, and the same whatever order
 * the events come in.
 */
import {
  cohortIntervals,
  type ActiveInterval,
  type CohortInterval,
} from '@membership/contracts/endpoints/stats/index';
import type { Day } from '@membership/platform/calendar';
import type { Read } from '../projecting/rules.ts';
import { BatchDays, type Zone } from '../projecting/zones.ts';
import { isActiveIn, isActiveOn, listDays, withDay, type ActiveDays } from './active-days.ts';
import type { Activity } from './activity.ts';
import { periodOf, spansFrom } from './spans.ts';

/** A member: the day on which it joined, null until that is told, and those on which it was active. */
export type MemberDays = { readonly joined: Day | null; readonly days: ActiveDays };
const UNKNOWN: MemberDays = { joined: null, days: {} };
/** A member of a tenant. */
export type MemberKey = { readonly tenantId: number; readonly memberId: number };
export type MemberRow = MemberKey & MemberDays;
export const keyOf = ({ tenantId, memberId }: MemberKey): string => `${tenantId}/${memberId}`;

/** What is added to a day, week or month of a tenant. */
export type PeriodGain = {
  readonly tenantId: number;
  readonly interval: ActiveInterval;
  readonly period: string;
  /** Members that were active in it. */
  active: number;
  /** Members that joined in it: its cohort; `kept` are those of them that were active so many weeks or months later. */
  joined: number;
  kept: Record<number, number>;
};
export type ActivityTally = {
  readonly rows: readonly MemberRow[];
  readonly gains: readonly PeriodGain[];
  readonly zones: ReadonlyMap<number, Zone>;
};

/** The members of which a batch must know the days. */
export const membersOf = (batch: readonly Read<Activity>[]): MemberKey[] => [
  ...new Map(
    batch.flatMap(({ envelope: { tenantid: tenantId }, meaning: { joined, active } }) =>
      [joined, active].flatMap((memberId): [string, MemberKey][] =>
        memberId === undefined ? [] : [[keyOf({ tenantId, memberId }), { tenantId, memberId }]],
      ),
    ),
  ).values(),
];

class Gains {
  readonly all = new Map<string, PeriodGain>();

  of(tenantId: number, interval: ActiveInterval, day: Day): PeriodGain {
    const period = periodOf(interval, day);
    const key = `${tenantId} ${interval} ${period}`;
    const found = this.all.get(key) ?? { tenantId, interval, period, active: 0, joined: 0, kept: {} };
    this.all.set(key, found);
    return found;
  }

  /** A member of this day's cohort was active in the week or month of another day; what was before it joined is none of it. */
  keep(tenantId: number, interval: CohortInterval, joined: Day, day: Day): void {
    const after = spansFrom(interval, joined, day);
    if (after < 0) return;
    const { kept } = this.of(tenantId, interval, joined);
    kept[after] = (kept[after] ?? 0) + 1;
  }
}

/** What a batch adds, to the rows and zones that are known. A row that nothing is new to is left out. */
export function tallyActivity(
  batch: readonly Read<Activity>[],
  known: { readonly rows: ReadonlyMap<string, MemberDays>; readonly zones: ReadonlyMap<number, Zone> },
): ActivityTally {
  const days = new BatchDays(known.zones);
  const rows = new Map<string, MemberRow>();
  const gains = new Gains();
  for (const { envelope, meaning } of batch) {
    const { tenantid: tenantId } = envelope;
    const day = days.dayIn(days.zoneAt(envelope, meaning.zone), Date.parse(envelope.time));
    const change = (memberId: number, to: (row: MemberDays) => MemberDays) => {
      const key = keyOf({ tenantId, memberId });
      const row = rows.get(key) ?? known.rows.get(key) ?? UNKNOWN;
      const now = to(row);
      if (now !== row) rows.set(key, { tenantId, memberId, ...now });
    };
    if (meaning.joined !== undefined) change(meaning.joined, (row) => join(gains, tenantId, row, day));
    if (meaning.active !== undefined) change(meaning.active, (row) => act(gains, tenantId, row, day));
  }
  return { rows: [...rows.values()], gains: [...gains.all.values()], zones: days.told };
}

/** Days on which it was active before this was told have waited for it. */
function join(gains: Gains, tenantId: number, row: MemberDays, day: Day): MemberDays {
  if (row.joined !== null) return row;
  for (const interval of cohortIntervals) {
    gains.of(tenantId, interval, day).joined++;
    const active = new Map(listDays(row.days).map((one) => [periodOf(interval, one), one]));
    for (const one of active.values()) gains.keep(tenantId, interval, day, one);
  }
  return { joined: day, days: row.days };
}

function act(gains: Gains, tenantId: number, row: MemberDays, day: Day): MemberDays {
  if (isActiveOn(row.days, day)) return row;
  gains.of(tenantId, 'day', day).active++;
  for (const interval of cohortIntervals) {
    if (isActiveIn[interval](row.days, day)) continue;
    gains.of(tenantId, interval, day).active++;
    if (row.joined !== null) gains.keep(tenantId, interval, row.joined, day);
  }
  return { joined: row.joined, days: withDay(row.days, day) };
}
