/** Everything that one transaction of the ledger reads and changes: read at once, written at once. */
import type { Item } from '@membership/platform/group-commit';
import type { Ids } from '@membership/platform/ids';
import type { ClientSession } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Metrics } from '@membership/platform/metrics';
import type { Models } from '../models.ts';
import type { Definitions, TenantDefinitions } from '../tenants/tenant-definitions.ts';
import { dayOf, type Day } from '@membership/platform/calendar';
import type { Hold } from '../holds/hold.ts';
import { addDay, count, emptyDay, increments, type DayCounts, type DayTotals } from './day-totals.ts';
import { BatchLots } from './batch-lots.ts';
import { membersOf, takesLots, type Command } from './movement.ts';
import type { Counter, PointsRecord, Profile, Undone } from './profile.ts';

/** What the ledger works with, whichever door a command came through. */
export type Ledger = {
  readonly models: Models;
  readonly ids: Ids;
  readonly definitions: TenantDefinitions;
  readonly zoneOf: (scope: TenantScope, session?: ClientSession) => Promise<string>;
  /** Counts points moved by type, after the commit. */
  readonly moved?: ReturnType<Metrics['counter']>;
};

/** A tenant's rules of the game, as one batch sees them. */
export type House = { readonly definitions: Definitions; readonly zone: string };

const inSession = (unit: UnitOfWork) => ({ session: unit.session, ordered: false }) as const;

export class Batch {
  readonly now = new Date();
  readonly ledger: Ledger;
  readonly unit: UnitOfWork;
  readonly lots: BatchLots;
  readonly #profiles = new Map<number, Profile>();
  readonly #houses = new Map<number, House>();
  readonly #recordIds: number[];
  readonly #changed = new Set<Profile>();
  readonly #records: PointsRecord[] = [];
  readonly #expiredRecords: number[] = [];
  readonly #named = new Map<number, PointsRecord>();
  readonly #cancelled = new Set<number>();
  readonly #undone = new Map<number, Undone>();
  readonly #holds = new Map<number, Hold>();
  /** Members whose open holds are all among `#holds`. */
  readonly #holdsRead = new Set<number>();
  readonly #newHolds = new Set<Hold>();
  readonly #changedHolds = new Set<Hold>();
  readonly #dayNames = new Map<string, Day>();
  /** What is added to days that are filed. */
  readonly #days = new Map<string, DayTotals>();

  private constructor(ledger: Ledger, unit: UnitOfWork, recordIds: number[]) {
    this.ledger = ledger;
    this.unit = unit;
    this.lots = new BatchLots(ledger.models, unit.session);
    this.#recordIds = recordIds;
  }

  /** Reads what the commands of the items need, in the unit's transaction. */
  static async load(ledger: Ledger, items: readonly Item<Command>[], unit: UnitOfWork): Promise<Batch> {
    const batch = new Batch(ledger, unit, await ledger.ids.take('records', items.length));
    for (const { scope } of items)
      if (!batch.#houses.has(scope.tenantId))
        batch.#houses.set(scope.tenantId, {
          definitions: await ledger.definitions.within(scope, unit),
          zone: await ledger.zoneOf(scope, unit.session),
        });
    await batch.#loadProfiles(items);
    await batch.#loadNamed(items);
    await batch.#readAhead(items);
    return batch;
  }

  async #loadProfiles(items: readonly Item<Command>[]): Promise<void> {
    const ids = [...new Set(items.flatMap(({ command }) => membersOf(command)))];
    const found = await this.ledger.models.profiles
      .acrossTenants('group commit: profileOf checks the tenant of each item')
      .find({ _id: { $in: ids } }, { session: this.unit.session })
      .toArray();
    for (const profile of found) this.#profiles.set(profile._id, profile as Profile);
  }

  /** Lots of those who take, and of those of whom something has ended with their holds, in a few queries a tenant. */
  async #readAhead(items: readonly Item<Command>[]): Promise<void> {
    const tenants = new Map<number, { takers: Set<number>; due: Set<number> }>();
    for (const { scope, command } of items) {
      const { takers, due } = tenants.get(scope.tenantId) ?? { takers: new Set(), due: new Set() };
      tenants.set(scope.tenantId, { takers, due });
      for (const memberId of membersOf(command)) {
        const profile = this.profileOf(scope, memberId);
        if (profile && this.isDue(profile)) due.add(memberId);
        else if (profile && takesLots(command, memberId)) takers.add(memberId);
      }
    }
    for (const [tenantId, { takers, due }] of tenants) {
      await this.lots.readAhead(tenantId, [...takers, ...due]);
      if (due.size > 1) await this.#readOpenHolds(tenantId, [...due]);
    }
  }

  /** Whether something of the profile may have ended by now. */
  isDue({ nextExpiryAt }: Profile): boolean {
    return nextExpiryAt !== null && nextExpiryAt <= this.now;
  }

  async #readOpenHolds(tenantId: number, memberIds: readonly number[]): Promise<void> {
    const stored = await this.ledger.models.holds.native
      .find(
        { tenantId, memberId: { $in: [...memberIds] }, status: 'held' },
        { session: this.unit.session, sort: { createdAt: 1, _id: 1 } },
      )
      .toArray();
    for (const hold of stored) if (!this.#holds.has(hold._id)) this.#holds.set(hold._id, hold as Hold);
    for (const memberId of memberIds) this.#holdsRead.add(memberId);
  }

  /** Holds and records that commands name: `holdOf` and `recordOf` check whose they are. */
  async #loadNamed(items: readonly Item<Command>[]): Promise<void> {
    const options = { session: this.unit.session };
    const holdIds = items.flatMap(({ command }) => ('holdId' in command ? [command.holdId] : []));
    if (holdIds.length > 0)
      for (const hold of await this.ledger.models.holds
        .acrossTenants('group commit: holdOf checks the owner of each')
        .find({ _id: { $in: holdIds } }, options)
        .toArray())
        this.#holds.set(hold._id, hold as Hold);
    const recordIds = items.flatMap(({ command }) => ('recordId' in command ? [command.recordId] : []));
    if (recordIds.length > 0) await this.#loadRecords(recordIds);
  }

  async #loadRecords(ids: readonly number[]): Promise<void> {
    for (const record of await this.ledger.models.records
      .acrossTenants('group commit: recordOf checks the owner of each')
      .find({ _id: { $in: [...ids] } }, { session: this.unit.session })
      .toArray())
      this.#named.set(record._id, record as PointsRecord);
  }

  /** Reads records that `recordOf` will be asked for, at once. */
  async readRecords(ids: readonly number[]): Promise<void> {
    const unknown = ids.filter((id) => !this.#named.has(id));
    if (unknown.length > 0) await this.#loadRecords(unknown);
  }

  /** A record of the profile by its id, as it stands in this batch, or undefined. */
  async recordOf(profile: Profile, id: number): Promise<PointsRecord | undefined> {
    await this.readRecords([id]);
    const record = this.#named.get(id);
    if (record?.memberId !== profile._id || record.tenantId !== profile.tenantId) return undefined;
    const undone = this.#undone.get(id) ?? record.undone;
    return {
      ...record,
      ...(undone ? { undone } : {}),
      ...(this.#cancelled.has(id) ? { status: 'cancelled' as const } : {}),
    };
  }

  /** Says that a later record undoes this one. */
  markCancelled(record: PointsRecord): void {
    this.#cancelled.add(record._id);
  }

  /** Says how much of this record later ones undo, while some of it stands. */
  markUndone(record: PointsRecord, undone: Undone): void {
    this.#undone.set(record._id, undone);
  }

  /** A hold that a command of this batch names, if it is the profile's. */
  holdOf(profile: Profile, id: number): Hold | undefined {
    const hold = this.#holds.get(id);
    return hold?.memberId === profile._id && hold.tenantId === profile.tenantId ? hold : undefined;
  }

  /** The holds of a profile that are not settled, those of this batch among them. */
  async openHoldsOf(profile: Profile): Promise<Hold[]> {
    if (!this.#holdsRead.has(profile._id)) await this.#readOpenHolds(profile.tenantId, [profile._id]);
    return [...this.#holds.values()].filter(
      (hold) => hold.memberId === profile._id && hold.tenantId === profile.tenantId && hold.status === 'held',
    );
  }

  addHold(hold: Hold): void {
    this.#newHolds.add(hold);
    this.#holds.set(hold._id, hold);
  }

  /** Says that a hold has been changed in place. */
  touchHold(hold: Hold): void {
    if (!this.#newHolds.has(hold)) this.#changedHolds.add(hold);
  }

  /** The tenant of a scope that is in this batch. */
  houseOf(scope: TenantScope): House {
    return this.#houses.get(scope.tenantId) as House;
  }

  /** A profile of the scope's tenant as the batch has it by now, or undefined. */
  profileOf(scope: TenantScope, memberId: number): Profile | undefined {
    const profile = this.#profiles.get(memberId);
    return profile?.tenantId === scope.tenantId ? profile : undefined;
  }

  /** Says that the profile has been changed in place. */
  touch(profile: Profile): void {
    this.#changed.add(profile);
  }

  /** The record that made a lot is shown as expired once its lot has ended. */
  markExpired(recordId: number): void {
    this.#expiredRecords.push(recordId);
  }

  async nextRecordId(): Promise<number> {
    return this.#recordIds.pop() ?? this.ledger.ids.next('records');
  }

  addRecord(profile: Profile, record: PointsRecord): void {
    this.#records.push(record);
    this.#named.set(record._id, record);
    this.touch(profile);
    this.unit.afterCommit(() => this.ledger.moved?.inc({ type: record.type }, Math.abs(record.points)));
  }

  /** Points asked for today in a category, before multipliers. */
  askedToday(profile: Profile, category: string, zone: string): number {
    return this.#dayOfProfile(profile, zone).asked[category] ?? 0;
  }

  /**
   * Counts a record in its member's day. `asked` counts against the category's daily limit; what undoes a record counts on
   * that record's day, the other way.
   */
  countDay(
    profile: Profile,
    { category, points }: PointsRecord,
    { counter, zone, asked, at }: { counter: Counter; zone: string; asked: number; at: Date },
  ): void {
    if (counter === 'expired') return;
    const today = this.#dayOfProfile(profile, zone);
    const day = at === this.now ? today.day : this.#dayOf(zone, at);
    const counts = day === today.day ? today : this.#filedDay(profile, day);
    count(counts[counter], category, counter === 'earned' ? points : -points);
    count(counts.asked, category, asked);
  }

  /** The profile's counts of today. A day that is over is filed first. */
  #dayOfProfile(profile: Profile, zone: string): DayCounts {
    const day = this.#dayOf(zone, this.now);
    if (profile.today && profile.today.day >= day) return profile.today;
    if (profile.today) addDay(this.#filedDay(profile, profile.today.day), profile.today);
    profile.today = emptyDay(day);
    this.touch(profile);
    return profile.today;
  }

  #filedDay({ _id: memberId, tenantId }: Profile, day: Day): DayTotals {
    const _id = `${memberId}:${day}`;
    const filed = this.#days.get(_id) ?? { _id, tenantId, memberId, ...emptyDay(day) };
    this.#days.set(_id, filed);
    return filed;
  }

  /** A day in a zone. The batch's own is asked for with every record, and the same for all of them. */
  #dayOf(zone: string, at: Date): Day {
    if (at !== this.now) return dayOf(zone, at);
    let day = this.#dayNames.get(zone);
    if (!day) this.#dayNames.set(zone, (day = dayOf(zone, this.now)));
    return day;
  }

  /** Writes what has changed: a handful of database calls, whatever the number of items. */
  async write(): Promise<void> {
    const { profiles, records, days } = this.ledger.models;
    const options = inSession(this.unit);
    if (this.#changed.size === 0) return;
    await profiles.native.bulkWrite(
      [...this.#changed].map(({ _id, tenantId, createdAt: _made, ...state }) => ({
        updateOne: { filter: { _id, tenantId }, update: { $set: state } },
      })),
      options,
    );
    if (this.#records.length > 0) await records.native.insertMany(this.#records, options);
    await this.lots.write();
    if (this.#expiredRecords.length > 0)
      await records.native.updateMany(
        // What was undone stays so, whatever becomes of its lot: it can be undone once.
        { _id: { $in: this.#expiredRecords }, status: 'active' },
        { $set: { status: 'expired', expiredAt: this.now, statusChangedAt: this.now } },
        { session: this.unit.session },
      );
    if (this.#cancelled.size > 0)
      await records.native.updateMany(
        { _id: { $in: [...this.#cancelled] } },
        { $set: { status: 'cancelled', statusChangedAt: this.now } },
        { session: this.unit.session },
      );
    if (this.#undone.size > 0)
      await records.native.bulkWrite(
        [...this.#undone].map(([_id, undone]) => ({
          updateOne: { filter: { _id }, update: { $set: { undone } } },
        })),
        options,
      );
    await this.#writeHolds();
    if (this.#days.size > 0)
      await days.native.bulkWrite(
        [...this.#days.values()].map(({ _id, tenantId, memberId, day, ...counts }) => ({
          updateOne: {
            filter: { _id },
            update: { $setOnInsert: { tenantId, memberId, day }, $inc: increments(counts) },
            upsert: true,
          },
        })),
        options,
      );
  }

  async #writeHolds(): Promise<void> {
    const { holds } = this.ledger.models;
    const options = inSession(this.unit);
    if (this.#newHolds.size > 0) await holds.native.insertMany([...this.#newHolds], options);
    if (this.#changedHolds.size === 0) return;
    await holds.native.bulkWrite(
      [...this.#changedHolds].map(({ _id, tenantId, status, captured, released, recordId, settledAt }) => ({
        updateOne: {
          filter: { _id, tenantId },
          update: { $set: { status, captured, released, recordId, settledAt } },
        },
      })),
      options,
    );
  }
}
