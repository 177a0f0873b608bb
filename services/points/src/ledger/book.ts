/**
 * A member's book: its profile, and the lots, holds and records that are known of it. A `KnownBook` is what was loaded, with
 * what the commands before have done. Each command works on a `Book`, a copy that is kept or thrown away. Pure.
 */
import type { EventDefinition, FactOf } from '@membership/contracts/event';
import type { Day } from '@membership/platform/calendar';
import type { TenantScope } from '@membership/platform/scope';
import type { Hold } from '../domain/hold.ts';
import type { Order } from '../domain/order.ts';
import type { Definitions } from '../domain/definitions.ts';
import { Changes } from './changes.ts';
import { addDay, copyOfDay, emptyDay, type DayCounts } from '../domain/day-totals.ts';
import { KnownLots } from './known-lots.ts';
import { chooseSoonest, free, isOwn, type Lot, type Taken } from '../domain/lots.ts';
import { Needs } from './needs.ts';
import type { Profile } from '../domain/profile.ts';
import type { PointsRecord, Undone } from '../domain/record.ts';
import type { ReservedIds } from './reserved-ids.ts';

/** What all commands of a tenant in a batch are decided by. */
export type Terms = {
  readonly now: Date;
  /** The tenant's day of it. */
  readonly today: Day;
  readonly zone: string;
  readonly definitions: Definitions;
  readonly ids: ReservedIds;
  /** Orders that commands name, by the shop's id, whoever's they are. null: there is none. */
  readonly orders: Map<string, Order | null>;
};

export class KnownBook {
  profile: Profile;
  readonly lots = new KnownLots();
  /** null, as among records: none of that id is the member's. */
  readonly holds = new Map<number, Hold | null>();
  /** Whether all holds that are not settled are among them. */
  hasOpenHolds = false;
  readonly records = new Map<number, PointsRecord | null>();

  constructor(profile: Profile) {
    this.profile = profile;
  }

  /** Takes over what a command has done. */
  keep({ profile, changes }: Book): void {
    this.profile = profile;
    for (const lots of [changes.newLots, changes.changedLots])
      for (const lot of lots.values()) this.lots.set(lot);
    for (const holds of [changes.newHolds, changes.changedHolds])
      for (const hold of holds.values()) this.holds.set(hold._id, hold);
    for (const record of changes.records.values()) this.records.set(record._id, record);
    for (const [id, { undone, status }] of changes.marks) {
      const record = this.records.get(id);
      if (record)
        this.records.set(id, {
          ...record,
          ...(undone ? { undone } : {}),
          status: record.status === 'cancelled' ? record.status : (status ?? record.status),
        });
    }
  }
}

export class Book {
  readonly scope: TenantScope;
  readonly terms: Terms;
  /** Changed in place: it is the command's own. */
  readonly profile: Profile;
  readonly changes = new Changes();
  readonly #known: KnownBook;
  /** Lots and holds that the command has made or changed. */
  readonly #lots = new Map<number, Lot>();
  readonly #holds = new Map<number, Hold>();
  /** What lots have gained or lost since the last movement was told. */
  #moved: Taken[] = [];
  #hasOwnDay = false;

  constructor(known: KnownBook, scope: TenantScope, terms: Terms) {
    this.#known = known;
    this.scope = scope;
    this.terms = terms;
    this.profile = { ...known.profile };
    this.changes.profiles.set(this.profile._id, { before: known.profile, after: this.profile });
  }

  get now(): Date {
    return this.terms.now;
  }

  get definitions(): Definitions {
    return this.terms.definitions;
  }

  /** Whether something of the profile may have ended by now. */
  get isDue(): boolean {
    const { nextExpiryAt } = this.profile;
    return nextExpiryAt !== null && nextExpiryAt <= this.now;
  }

  /** The lots that have ended, and the next that will; or more than so many that have ended. */
  ending(most: number): readonly Lot[] {
    const isNext = (lot: Lot) => lot.endsAt > this.now && free(lot) > 0;
    return this.#lotsUntil((lots) => lots.some(isNext) || lots.filter(free).length > most);
  }

  /** Lots by their ids, empty ones too. */
  lots(ids: readonly number[]): Lot[] {
    const { lots } = this.#known;
    const missing = ids.filter((id) => !this.#lots.has(id) && !lots.get(id) && !lots.isAbsent(id));
    if (missing.length > 0) throw new Needs({ kind: 'named_lots', memberId: this.profile._id, ids: missing });
    return ids.flatMap((id) => this.#lots.get(id) ?? lots.get(id) ?? []);
  }

  /** Which lots so many points that are available come from, soonest end first. */
  choose(points: number): Taken[] {
    const lots = this.#lotsUntil(
      (known) => known.reduce((sum, lot) => sum + (lot.endsAt > this.now ? free(lot) : 0), 0) >= points,
    );
    return chooseSoonest(lots, points, this.now);
  }

  #lotsUntil(isEnough: (inOrder: readonly Lot[]) => boolean): readonly Lot[] {
    const { lots } = this.#known;
    const inOrder = lots.inOrder(this.#lots);
    if (lots.isWhole || isEnough(inOrder)) return inOrder;
    throw new Needs({ kind: 'lots', memberId: this.profile._id });
  }

  addLot(lot: Lot): void {
    if (this.profile.lotsIn === 'records' && !isOwn(lot)) this.profile.lotsIn = 'both';
    this.#lots.set(lot._id, lot);
    this.changes.newLots.set(lot._id, lot);
    this.#moved.push({ lot, points: lot.remaining });
  }

  /** Adds to what is left of a lot, to what is held of it and to what has expired of it. */
  changeLot(
    { _id }: Lot,
    by: { readonly remaining?: number; readonly held?: number; readonly expired?: number },
  ): void {
    const lot = this.#lots.get(_id) ?? this.#known.lots.get(_id);
    if (!lot) throw new Error(`lot ${_id} is not in the book`);
    if (by.remaining) this.#moved.push({ lot, points: by.remaining });
    this.#keepLot({
      ...lot,
      remaining: lot.remaining + (by.remaining ?? 0),
      held: lot.held + (by.held ?? 0),
      ...(by.expired ? { expired: Math.max(0, (lot.expired ?? 0) + by.expired) } : {}),
    });
  }

  /** What lots have gained or lost since this was asked last: what one movement does. */
  takeMoved(): readonly Taken[] {
    const moved = this.#moved;
    this.#moved = [];
    return moved;
  }

  /** A lot that has ended gets points back in another one. */
  addHeir({ _id }: Lot, heirId: number): void {
    const [lot] = this.lots([_id]);
    if (lot) this.#keepLot({ ...lot, heirs: [...(lot.heirs ?? []), heirId] });
  }

  #keepLot(lot: Lot): void {
    this.#lots.set(lot._id, lot);
    (this.changes.newLots.has(lot._id) ? this.changes.newLots : this.changes.changedLots).set(lot._id, lot);
  }

  /** A hold of the member as it stands now, or undefined. */
  hold(id: number): Hold | undefined {
    const hold = this.#holds.get(id) ?? this.#known.holds.get(id);
    if (hold === undefined) throw new Needs({ kind: 'holds', memberId: this.profile._id, ids: [id] });
    return hold ?? undefined;
  }

  /** The holds that are not settled. */
  openHolds(): Hold[] {
    if (!this.#known.hasOpenHolds) throw new Needs({ kind: 'open_holds', memberId: this.profile._id });
    const all = new Map([...this.#known.holds, ...this.#holds]);
    return [...all.values()].flatMap((hold) => (hold?.status === 'held' ? [hold] : []));
  }

  addHold(hold: Hold): void {
    this.#holds.set(hold._id, hold);
    this.changes.newHolds.set(hold._id, hold);
  }

  changeHold(hold: Hold): void {
    this.#holds.set(hold._id, hold);
    (this.changes.newHolds.has(hold._id) ? this.changes.newHolds : this.changes.changedHolds).set(
      hold._id,
      hold,
    );
  }

  /** An order of the tenant, whoever's it is, or undefined. */
  order(orderId: string): Order | undefined {
    const order = this.terms.orders.get(orderId);
    if (order === undefined)
      throw new Needs({ kind: 'orders', tenantId: this.profile.tenantId, ids: [orderId] });
    return order ?? undefined;
  }

  /** An order as the command leaves it: each command is about one. */
  keepOrder(order: Order): void {
    const isNew = this.terms.orders.get(order.orderId) === null;
    (isNew ? this.changes.newOrders : this.changes.changedOrders).set(order._id, order);
  }

  /** A record of the member as it stands now, or undefined. */
  record(id: number): PointsRecord | undefined {
    return this.records([id])[0];
  }

  records(ids: readonly number[]): PointsRecord[] {
    const { records } = this.#known;
    const missing = ids.filter((id) => !this.changes.records.has(id) && records.get(id) === undefined);
    if (missing.length > 0) throw new Needs({ kind: 'records', memberId: this.profile._id, ids: missing });
    return ids.flatMap((id) => this.changes.records.get(id) ?? records.get(id) ?? []);
  }

  addRecord(record: PointsRecord): void {
    this.changes.records.set(record._id, record);
  }

  /** The record that made a lot is shown as expired once its lot has ended. */
  markExpired(recordId: number): void {
    this.changes.mark(recordId, { status: 'expired' });
  }

  /** A later record undoes this one. */
  markCancelled({ _id }: PointsRecord): void {
    this.changes.mark(_id, { status: 'cancelled' });
  }

  /** How much of this record later ones undo, while some of it stands. */
  markUndone({ _id }: PointsRecord, undone: Undone): void {
    this.changes.mark(_id, { undone });
  }

  /** Points asked for today in a category, before multipliers. */
  askedToday(category: string): number {
    const { today } = this.profile;
    return today && today.day >= this.terms.today ? (today.asked[category] ?? 0) : 0;
  }

  /** The counts of a day, to be added to. The newest stands in the profile; what was there is filed when a day is over. */
  day(day: Day): DayCounts {
    const newest = this.#newestDay();
    return day === newest.day ? newest : this.#filedDay(day);
  }

  /** The day that now counts on. */
  today(): DayCounts {
    return this.#newestDay();
  }

  #newestDay(): DayCounts {
    const { today } = this.profile;
    if (today && this.#hasOwnDay) return today;
    this.#hasOwnDay = true;
    if (today && today.day >= this.terms.today) return (this.profile.today = copyOfDay(today));
    if (today) addDay(this.#filedDay(today.day), today);
    return (this.profile.today = emptyDay(this.terms.today));
  }

  #filedDay(day: Day): DayCounts {
    const { _id: memberId, tenantId, filedDays = 0 } = this.profile;
    this.profile.filedDays = filedDays + 1;
    const _id = `${memberId}:${day}`;
    const filed = this.changes.days.get(_id) ?? { _id, tenantId, memberId, ...emptyDay(day) };
    this.changes.days.set(_id, filed);
    return filed;
  }

  /** Tells a fact of the profile, under its next number. */
  tell<E extends EventDefinition>(event: E, data: FactOf<E>): void {
    const { profile, scope, changes } = this;
    changes.facts.push({
      scope,
      event,
      announcement: { subject: profile._id, sequence: ++profile.sequence, data },
    });
  }
}
