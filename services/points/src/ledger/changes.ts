/** What commands have changed, as plain data: what is written when a batch is decided. */
import type { EventDefinition } from '@membership/contracts/event';
import type { TenantScope } from '@membership/platform/scope';
import type { Announcement } from '@membership/platform/transaction';
import type { Hold } from '../domain/hold.ts';
import type { Order } from '../domain/order.ts';
import { addDay, type DayTotals } from '../domain/day-totals.ts';
import { carriedOf, isCarried, type Lot } from '../domain/lots.ts';
import type { Profile } from '../domain/profile.ts';
import type { PointsRecord, Undone } from '../domain/record.ts';

/** What later records did to one. What was cancelled stays so when its lot ends. */
export type RecordMark = { readonly status?: 'expired' | 'cancelled'; readonly undone?: Undone };
/** A fact to be told, with the place that it has among those of its profile. */
export type Fact = {
  readonly scope: TenantScope;
  readonly event: EventDefinition;
  readonly announcement: Announcement<EventDefinition>;
};

/** Lots, holds, orders and days by their ids. */
export class Changes {
  /** As it was loaded, and as it is now. */
  readonly profiles = new Map<number, { readonly before: Profile; after: Profile }>();
  readonly records = new Map<number, PointsRecord>();
  readonly marks = new Map<number, RecordMark>();
  readonly newLots = new Map<number, Lot>();
  readonly changedLots = new Map<number, Lot>();
  readonly newHolds = new Map<number, Hold>();
  readonly changedHolds = new Map<number, Hold>();
  readonly newOrders = new Map<string, Order>();
  readonly changedOrders = new Map<string, Order>();
  /** What is added to days that are filed. */
  readonly days = new Map<string, DayTotals>();
  readonly facts: Fact[] = [];

  /** Takes in what one more command has changed. */
  add(more: Changes): void {
    for (const [id, { before, after }] of more.profiles) {
      const known = this.profiles.get(id);
      if (known) known.after = after;
      else this.profiles.set(id, { before, after });
    }
    for (const record of more.records.values()) this.records.set(record._id, record);
    for (const [id, mark] of more.marks) this.mark(id, mark);
    for (const lot of more.newLots.values()) this.newLots.set(lot._id, lot);
    for (const lot of more.changedLots.values())
      (this.newLots.has(lot._id) ? this.newLots : this.changedLots).set(lot._id, lot);
    for (const hold of more.newHolds.values()) this.newHolds.set(hold._id, hold);
    for (const hold of more.changedHolds.values())
      (this.newHolds.has(hold._id) ? this.newHolds : this.changedHolds).set(hold._id, hold);
    for (const order of more.newOrders.values()) this.newOrders.set(order._id, order);
    for (const order of more.changedOrders.values())
      (this.newOrders.has(order._id) ? this.newOrders : this.changedOrders).set(order._id, order);
    for (const [id, day] of more.days) {
      const known = this.days.get(id);
      if (known) addDay(known, day);
      else this.days.set(id, day);
    }
    this.facts.push(...more.facts);
  }

  mark(recordId: number, mark: RecordMark): void {
    this.marks.set(recordId, marked(this.marks.get(recordId), mark));
  }
}

const marked = (before: RecordMark | undefined, after: RecordMark): RecordMark => ({
  ...before,
  ...after,
  ...(before?.status === 'cancelled' ? { status: before.status } : {}),
});

/** What a mark writes into its record. */
export const markFields = ({ status, undone }: RecordMark, now: Date) => ({
  ...(status ? { status, statusChangedAt: now } : {}),
  ...(status === 'expired' ? { expiredAt: now } : {}),
  ...(undone ? { undone } : {}),
});

/** The new records, as they are written. */
export const recordsMade = (changes: Changes, now: Date): PointsRecord[] =>
  [...changes.records.values()].map((record) => {
    const mark = changes.marks.get(record._id);
    const lot = changes.newLots.get(record._id);
    return {
      ...record,
      ...(mark ? markFields(mark, now) : {}),
      ...(lot && isInRecord(changes, lot) ? { lot: carriedOf(lot) } : {}),
    };
  });

/** Whether a lot is a field of the record of its own id. */
export const isInRecord = ({ profiles }: Changes, lot: Lot): boolean =>
  isCarried(lot, profiles.get(lot.memberId)?.after.lotsIn);
