/** The zone of each tenant as the events that one projector has counted told it. */
import { Schema } from 'mongoose';
import type { ClientSession, Connection, mongo } from 'mongoose';
import { TenantCollection } from '@membership/platform/mongo';
import type { Zone } from './zones.ts';

const WHOLE_LOG = 'the log holds the facts of every tenant; every zone carries its own';
type StoredZone = { _id: string; tenantId: number; generation: number } & Zone;
const schemaOf = () =>
  new Schema(
    { _id: String, tenantId: { type: Number, required: true }, generation: Number },
    { strict: false, versionKey: false, id: false, minimize: false, _id: false },
  );
const idOf = (generation: number, tenantId: number): string => `${generation}/${tenantId}`;

export class ZonesRepository {
  readonly #zones: TenantCollection<StoredZone>;

  constructor(connection: Connection, collection: string) {
    this.#zones = new TenantCollection<StoredZone>(connection, collection, schemaOf());
  }

  /** Those of tenants, as far as they were told. */
  async find(
    generation: number,
    tenantIds: readonly number[],
    session: ClientSession,
  ): Promise<Map<number, Zone>> {
    const found = await this.#zones
      .acrossTenants(WHOLE_LOG)
      .find(
        { _id: { $in: tenantIds.map((tenantId) => idOf(generation, tenantId)) } },
        { session, batchSize: tenantIds.length + 1 },
      )
      .toArray();
    return new Map(found.map(({ tenantId, zone, sequence }) => [tenantId, { zone, sequence }]));
  }

  /** Writes those that a batch told. */
  async put(generation: number, zones: ReadonlyMap<number, Zone>, session: ClientSession): Promise<void> {
    if (zones.size === 0) return;
    await this.#zones.acrossTenants(WHOLE_LOG).bulkWrite(
      [...zones].map(([tenantId, zone]) => {
        const replacement = { _id: idOf(generation, tenantId), tenantId, generation, ...zone };
        return { replaceOne: { filter: { _id: replacement._id }, replacement, upsert: true } };
      }) as mongo.AnyBulkWriteOperation<StoredZone>[],
      { session, ordered: true },
    );
  }
}
