/** What is left of points of one generation, by when they end and when they were earned. */
import type { ClientSession, Connection, mongo } from 'mongoose';
import { TenantCollection } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { EarningSums } from './liability.ts';
import { liabilitySchema, type StoredLiability } from './models.ts';
import type { LiabilityGain, LiabilityTally } from './tally-liability.ts';

const WHOLE_LOG = 'the log holds the facts of every tenant; every sum carries its own';
/** What points are worth where the tenant never said: 100 points are 1.00, as the points service begins with. */
const FIRST_RATE = 100;
type Write = mongo.AnyBulkWriteOperation<StoredLiability>;
/** Of a moment that stands for all of its month. */
export type Ending = { readonly at: Date | null; readonly points: number };
export type Earning = EarningSums & { readonly at: Date };
export type Liability = {
  /** Every point that members have. */
  readonly outstanding: number;
  readonly endings: readonly Ending[];
  readonly earnings: readonly Earning[];
  readonly pointsPerUnit: number;
};

const prefixOf = (generation: number, tenantId: number): string => `${generation}/${tenantId}:`;
function idOf(generation: number, gain: LiabilityGain): string {
  const prefix = prefixOf(generation, gain.tenantId);
  return gain.by === 'all' ? `${prefix}all` : `${prefix}${gain.by}:${gain.at ?? 'never'}`;
}

export class LiabilityRepository {
  readonly #sums: TenantCollection<StoredLiability>;

  constructor(connection: Connection) {
    this.#sums = new TenantCollection<StoredLiability>(connection, 'liability', liabilitySchema);
  }

  /** Writes what a batch adds: each document once. */
  async add(generation: number, { gains, rates }: LiabilityTally, session: ClientSession): Promise<void> {
    const writes = [
      ...gains.map((gain) => gainWrite(generation, gain)),
      ...[...rates].flatMap(([tenantId, rate]) => {
        const of: LiabilityGain = { tenantId, by: 'all', sums: {} };
        const filter = { _id: idOf(generation, of), 'rate.sequence': { $not: { $gte: rate.sequence } } };
        return [gainWrite(generation, of), { updateOne: { filter, update: { $set: { rate } } } }];
      }),
    ];
    if (writes.length === 0) return;
    await this.#sums
      .acrossTenants(WHOLE_LOG)
      .bulkWrite(writes as unknown as Write[], { session, ordered: true });
  }

  /** All of a tenant's, as of one moment. */
  async find(
    scope: TenantScope,
    generation: number,
    moment: { readonly session?: ClientSession } = {},
  ): Promise<Liability> {
    const prefix = prefixOf(generation, scope.tenantId);
    const ofTenant = { _id: { $gte: prefix, $lt: `${prefix.slice(0, -1)};` } };
    const found = await this.#sums.find(scope, ofTenant, moment);
    const whole = found.find((one) => one.by === 'all');
    return {
      outstanding: whole?.sums?.moved ?? 0,
      pointsPerUnit: whole?.rate?.pointsPerUnit ?? FIRST_RATE,
      endings: found.flatMap((one) =>
        one.by === 'end' ? [{ at: one.at, points: one.sums?.points ?? 0 }] : [],
      ),
      earnings: found.flatMap((one) => {
        if (one.by !== 'earning') return [];
        const { earned = 0, used = 0, expired = 0 } = one.sums ?? {};
        return [{ at: one.at, earned, used, expired }];
      }),
    };
  }
}

function gainWrite(generation: number, gain: LiabilityGain) {
  const { tenantId, by, sums } = gain;
  const at = gain.by === 'all' ? {} : { at: gain.at === null ? null : new Date(gain.at) };
  const added = Object.entries(sums).filter(([, amount]) => amount !== 0);
  const $inc = Object.fromEntries(added.map(([name, amount]) => [`sums.${name}`, amount]));
  const update = {
    $setOnInsert: { tenantId, generation, by, ...at },
    ...(added.length > 0 ? { $inc } : {}),
  };
  return { updateOne: { filter: { _id: idOf(generation, gain) }, update, upsert: true } };
}
