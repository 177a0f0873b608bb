/** Who was active on which days, and how many there were, of one generation. */
import type { ActiveInterval } from '@membership/contracts/endpoints/stats/index';
import type { ClientSession, Connection, mongo } from 'mongoose';
import { TenantCollection } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import { ZonesRepository } from '../projecting/zones-repository.ts';
import { memberSchema, periodSchema, type StoredMember, type StoredPeriod } from './models.ts';
import {
  keyOf,
  type ActivityTally,
  type MemberDays,
  type MemberKey,
  type MemberRow,
  type PeriodGain,
} from './tally-activity.ts';

const WHOLE_LOG = 'the log holds the facts of every tenant; every figure carries its own';
const memberId = (generation: number, key: MemberKey): string => `${generation}/${keyOf(key)}`;
const periodId = (generation: number, { tenantId, interval, period }: PeriodGain): string =>
  `${generation}/${tenantId}:${interval}:${period}`;

export class ActivityRepository {
  readonly zones: ZonesRepository;
  readonly #members: TenantCollection<StoredMember>;
  readonly #periods: TenantCollection<StoredPeriod>;

  constructor(connection: Connection) {
    this.zones = new ZonesRepository(connection, 'retention_zones');
    this.#members = new TenantCollection<StoredMember>(connection, 'retention_members', memberSchema);
    this.#periods = new TenantCollection<StoredPeriod>(connection, 'retention_periods', periodSchema);
  }

  /** The days of members, as far as any was told. */
  async findRows(
    generation: number,
    members: readonly MemberKey[],
    session: ClientSession,
  ): Promise<Map<string, MemberDays>> {
    if (members.length === 0) return new Map();
    const found = await this.#members
      .acrossTenants(WHOLE_LOG)
      .find(
        { _id: { $in: members.map((one) => memberId(generation, one)) } },
        { session, batchSize: members.length + 1 },
      )
      .toArray();
    return new Map(
      (found as StoredMember[]).map((row) => [keyOf(row), { joined: row.joined, days: row.days }]),
    );
  }

  /** Writes what a batch adds: each document once. */
  async add(
    generation: number,
    { rows, gains, zones }: ActivityTally,
    session: ClientSession,
  ): Promise<void> {
    await this.zones.put(generation, zones, session);
    if (rows.length === 0) return;
    await this.#members
      .acrossTenants(WHOLE_LOG)
      .bulkWrite(
        rows.map((row) => rowWrite(generation, row)) as mongo.AnyBulkWriteOperation<StoredMember>[],
        {
          session,
          ordered: true,
        },
      );
    await this.#periods
      .acrossTenants(WHOLE_LOG)
      .bulkWrite(
        gains.map((gain) => gainWrite(generation, gain)) as mongo.AnyBulkWriteOperation<StoredPeriod>[],
        {
          session,
          ordered: true,
        },
      );
  }

  /** The days, weeks or months between two of them, both included, in which anybody joined or was active. */
  async findPeriods(
    scope: TenantScope,
    generation: number,
    interval: ActiveInterval,
    { from, to }: { readonly from: string; readonly to: string },
    moment: { readonly session?: ClientSession } = {},
  ): Promise<Map<string, StoredPeriod>> {
    const period = { $gte: from, $lte: to };
    const found = await this.#periods.find(scope, { generation, interval, period }, moment);
    return new Map(found.map((one) => [one.period, one]));
  }
}

function rowWrite(generation: number, row: MemberRow) {
  const replacement: StoredMember = { _id: memberId(generation, row), generation, ...row };
  return { replaceOne: { filter: { _id: replacement._id }, replacement, upsert: true } };
}

function gainWrite(generation: number, gain: PeriodGain) {
  const { tenantId, interval, period, active, joined, kept } = gain;
  const later = Object.fromEntries(
    Object.entries(kept).map(([after, members]) => [`kept.${after}`, members]),
  );
  const $inc = { ...(active > 0 ? { active } : {}), ...(joined > 0 ? { joined } : {}), ...later };
  const update = { $inc, $setOnInsert: { tenantId, generation, interval, period } };
  return { updateOne: { filter: { _id: periodId(generation, gain) }, update, upsert: true } };
}
