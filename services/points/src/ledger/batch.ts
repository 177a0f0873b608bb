/** Everything that one transaction of the ledger reads and changes: read at once, written at once. */
import type { Item } from '@membership/platform/group-commit';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Metrics } from '@membership/platform/metrics';
import type { Models } from '../models.ts';
import type { Definitions, TenantDefinitions } from '../tenants/tenant-definitions.ts';
import { dayOf, type Day } from '@membership/platform/calendar';
import { count, increments, type DayTotals } from './day-totals.ts';
import type { Lot } from './lots.ts';
import type { Command } from './movement.ts';
import type { PointsRecord, Profile } from './profile.ts';

/** What the ledger works with, whichever door a command came through. */
export type Ledger = {
  readonly models: Models;
  readonly ids: Ids;
  readonly definitions: TenantDefinitions;
  readonly zoneOf: (scope: TenantScope) => Promise<string>;
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
  readonly #profiles = new Map<number, Profile>();
  readonly #houses = new Map<number, House>();
  readonly #recordIds: number[];
  readonly #changed = new Set<Profile>();
  readonly #records: PointsRecord[] = [];
  readonly #newLots: Lot[] = [];
  readonly #lots = new Map<number, Lot[]>();
  readonly #changedLots = new Set<Lot>();
  readonly #expiredRecords: number[] = [];
  /** Asked for today by category, in what the limits of this batch look at. */
  readonly #today = new Map<string, Record<string, number>>();
  readonly #dayNames = new Map<string, Day>();
  readonly #days = new Map<string, DayTotals>();

  private constructor(ledger: Ledger, unit: UnitOfWork, recordIds: number[]) {
    this.ledger = ledger;
    this.unit = unit;
    this.#recordIds = recordIds;
  }

  /** Reads what the commands of the items need, in the unit's transaction. */
  static async load(ledger: Ledger, items: readonly Item<Command>[], unit: UnitOfWork): Promise<Batch> {
    const batch = new Batch(ledger, unit, await ledger.ids.take('records', items.length));
    for (const { scope } of items)
      if (!batch.#houses.has(scope.tenantId))
        batch.#houses.set(scope.tenantId, {
          definitions: await ledger.definitions.of(scope),
          zone: await ledger.zoneOf(scope),
        });
    await batch.#loadProfiles(items);
    await batch.#loadLimitedDays(items);
    return batch;
  }

  async #loadProfiles(items: readonly Item<Command>[]): Promise<void> {
    const ids = [...new Set(items.map(({ command }) => command.memberId))];
    const found = await this.ledger.models.profiles
      .acrossTenants('group commit: profileOf checks the tenant of each item')
      .find({ _id: { $in: ids } }, { session: this.unit.session })
      .toArray();
    for (const profile of found) this.#profiles.set(profile._id, profile as Profile);
  }

  /** What has been asked for today in categories with a limit: read in the transaction that adds to it. */
  async #loadLimitedDays(items: readonly Item<Command>[]): Promise<void> {
    const keys = new Set<string>();
    for (const { scope, command } of items) {
      if (command.kind !== 'earn') continue;
      const { definitions, zone } = this.houseOf(scope);
      if (definitions.settings.dailyLimits[command.category] !== undefined)
        keys.add(this.#dayKey(command.memberId, zone));
    }
    if (keys.size === 0) return;
    const found = await this.ledger.models.days
      .acrossTenants('group commit: keys name members of checked profiles')
      .find({ _id: { $in: [...keys] } }, { session: this.unit.session })
      .toArray();
    for (const day of found) this.#today.set(day._id, { ...day.asked });
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

  /** The lots of a profile that hold points, those made in this batch among them. Read once a batch. */
  async lotsOf(profile: Profile): Promise<Lot[]> {
    let lots = this.#lots.get(profile._id);
    if (!lots) {
      const stored = await this.ledger.models.lots.native
        .find(
          { tenantId: profile.tenantId, memberId: profile._id, remaining: { $gt: 0 } },
          { session: this.unit.session, sort: { endsAt: 1, _id: 1 } },
        )
        .toArray();
      lots = [...(stored as Lot[]), ...this.#newLots.filter((lot) => lot.memberId === profile._id)];
      this.#lots.set(profile._id, lots);
    }
    return lots;
  }

  /** Says that a lot has been changed in place. */
  touchLot(lot: Lot): void {
    this.#changedLots.add(lot);
  }

  addLot(lot: Lot): void {
    this.#newLots.push(lot);
    this.#lots.get(lot.memberId)?.push(lot);
  }

  /** The record that made a lot is shown as expired once its lot has ended. */
  markExpired(recordId: number): void {
    this.#expiredRecords.push(recordId);
  }

  async nextRecordId(): Promise<number> {
    return this.#recordIds.pop() ?? this.ledger.ids.next('records');
  }

  /** Keeps a record and counts it in its member's day; `asked` counts against the category's daily limit. */
  addRecord(profile: Profile, record: PointsRecord, zone: string, asked: number): void {
    this.#records.push(record);
    this.touch(profile);
    if (record.type !== 'expire') this.#countDay(record, zone, asked);
    this.unit.afterCommit(() => this.ledger.moved?.inc({ type: record.type }, Math.abs(record.points)));
  }

  /** Points asked for today in a category with a limit, those of this batch among them. */
  askedToday(memberId: number, category: string, zone: string): number {
    return this.#today.get(this.#dayKey(memberId, zone))?.[category] ?? 0;
  }

  #countDay({ tenantId, memberId, category, points }: PointsRecord, zone: string, asked: number): void {
    const key = this.#dayKey(memberId, zone);
    const totals: DayTotals = this.#days.get(key) ?? {
      ...{ _id: key, tenantId, memberId, day: this.#dayOf(zone) },
      ...{ asked: {}, earned: {}, spent: {} },
    };
    this.#days.set(key, totals);
    count(points >= 0 ? totals.earned : totals.spent, category, Math.abs(points));
    count(totals.asked, category, asked);
    const today = this.#today.get(key) ?? {};
    count(today, category, asked);
    this.#today.set(key, today);
  }

  #dayKey(memberId: number, zone: string): string {
    return `${memberId}:${this.#dayOf(zone)}`;
  }

  /** The batch's day in a zone: asked for with every record, and the same for all of them. */
  #dayOf(zone: string): Day {
    let day = this.#dayNames.get(zone);
    if (!day) this.#dayNames.set(zone, (day = dayOf(zone, this.now)));
    return day;
  }

  /** Writes what has changed: at most six database calls, whatever the number of items. */
  async write(): Promise<void> {
    const { profiles, records, lots, days } = this.ledger.models;
    const options = inSession(this.unit);
    if (this.#changed.size === 0) return;
    await profiles.native.bulkWrite(
      [...this.#changed].map(({ _id, tenantId, createdAt: _made, ...state }) => ({
        updateOne: { filter: { _id, tenantId }, update: { $set: state } },
      })),
      options,
    );
    if (this.#records.length > 0) await records.native.insertMany(this.#records, options);
    if (this.#newLots.length > 0) await lots.native.insertMany(this.#newLots, options);
    const olderLots = [...this.#changedLots].filter((lot) => !this.#newLots.includes(lot));
    if (olderLots.length > 0)
      await lots.native.bulkWrite(
        olderLots.map(({ _id, tenantId, remaining, held }) => ({
          updateOne: { filter: { _id, tenantId }, update: { $set: { remaining, held } } },
        })),
        options,
      );
    if (this.#expiredRecords.length > 0)
      await records.native.updateMany(
        { _id: { $in: this.#expiredRecords } },
        { $set: { status: 'expired', expiredAt: this.now } },
        { session: this.unit.session },
      );
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
}
