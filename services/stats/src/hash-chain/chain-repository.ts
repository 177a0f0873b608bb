/** Storage of the chains: links, ends, anchors, keys, and how far the archive is covered. */
import { Schema, type ClientSession, type Connection, type mongo } from 'mongoose';
import type { Page } from '@membership/contracts/dialects';
import { TenantCollection, type Paging } from '@membership/platform/mongo';
import { modelled } from '@membership/platform/mongo/bounded-reads';
import type { TenantScope } from '@membership/platform/scope';
import type { ArchivedEvent } from '../archive/models.ts';
import type { Anchor, SignedErasure } from './anchor.ts';
import { BEFORE_ALL, type ChainEnd, type Entry, type Link } from './link.ts';

export type AuditKey = {
  /** The thumbprint of the public key. */
  readonly _id: string;
  readonly x: string;
  readonly sealed: string;
  readonly createdAt: Date;
};
/** `_id` is the tenant. */
export type StoredEnd = ChainEnd & {
  readonly _id: number;
  readonly anchoredDay: string;
  readonly anchoredNumber: number;
  readonly anchor: string | null;
};
export type EndOfTenant = Omit<StoredEnd, '_id'> & { readonly tenantId: number };
type StoredAnchor = Anchor & { readonly _id: string };
type Progress = { readonly _id: string; readonly position: number };

const WHOLE_LOG = 'the chains of all tenants grow with the archive, in its order';
const PROGRESS = 'archive';
const ENTRY = { tenantId: 1, type: 1, memberId: 1, position: 1, text: 1 } as const;

const loose = { strict: false, versionKey: false, id: false, _id: false } as const;
const tenantId = { type: Number, required: true } as const;
const linkSchema = new Schema({ _id: String, tenantId, number: Number }, loose)
  .index({ tenantId: 1, number: 1 }, { unique: true })
  .index({ tenantId: 1, memberId: 1 }, { partialFilterExpression: { salt: { $exists: true } } });
const anchorSchema = new Schema({ _id: String, tenantId, day: String, number: Number }, loose).index({
  tenantId: 1,
  day: -1,
});
const endSchema = new Schema({ _id: Number }, loose).index({ anchoredDay: 1 });
const keySchema = new Schema({ _id: String, createdAt: Date }, loose);
const erasureSchema = new Schema({ _id: Number }, loose);

export class ChainRepository {
  readonly #archive: TenantCollection<ArchivedEvent>;
  readonly #links: TenantCollection<Link>;
  readonly #anchors: TenantCollection<StoredAnchor>;
  readonly #ends: mongo.Collection<StoredEnd>;
  readonly #keys: mongo.Collection<AuditKey>;
  readonly #erasures: mongo.Collection<SignedErasure>;
  readonly #progress: mongo.Collection<Progress>;

  constructor(connection: Connection, archive: { readonly events: TenantCollection<ArchivedEvent> }) {
    this.#archive = archive.events;
    this.#links = new TenantCollection<Link>(connection, 'audit_links', linkSchema);
    this.#anchors = new TenantCollection<StoredAnchor>(connection, 'audit_anchors', anchorSchema);
    this.#ends = modelled(connection.model('audit_ends', endSchema, 'audit_ends'));
    this.#keys = modelled(connection.model('audit_keys', keySchema, 'audit_keys'));
    this.#erasures = modelled(connection.model('audit_erasures', erasureSchema, 'audit_erasures'));
    this.#progress = modelled(
      connection.model('audit_progress', new Schema({ _id: String }, loose), 'audit_progress'),
    );
  }

  /** How far the archive is covered, and the next entries behind that, in order. */
  async next(
    limit: number,
    session?: ClientSession,
  ): Promise<{ readonly covered: number; readonly entries: Entry[] }> {
    const covered = await this.covered(session);
    const entries = await this.#archive
      .acrossTenants(WHOLE_LOG)
      .find(
        { position: { $gt: covered } },
        { ...(session ? { session } : {}), projection: ENTRY, batchSize: limit + 1 },
      )
      .sort({ position: 1 })
      .limit(limit)
      .toArray();
    return { covered, entries: entries as Entry[] };
  }

  /** The end of an erased tenant's chain, which is gone itself: who looks for it finds nothing cut off. */
  async forget(tenantId: number): Promise<void> {
    await this.#ends.deleteOne({ _id: tenantId });
  }

  /** Keeps that a tenant was erased; the first telling stands. */
  async keepErasure({ _id, ...erasure }: SignedErasure, session: ClientSession): Promise<void> {
    await this.#erasures.updateOne({ _id }, { $setOnInsert: erasure }, { session, upsert: true });
  }

  /** Position of the last entry that is in a chain. */
  async covered(session?: ClientSession): Promise<number> {
    return (await this.#progress.findOne({ _id: PROGRESS }, session ? { session } : {}))?.position ?? 0;
  }

  async endsOf(tenantIds: readonly number[], session: ClientSession): Promise<Map<number, ChainEnd>> {
    const found = await this.#ends.find({ _id: { $in: [...tenantIds] } }, { session }).toArray();
    return new Map(found.map((end) => [end._id, end]));
  }

  /** Writes links and what follows from them; two processes at once: one of the two transactions fails. */
  async extend(
    links: readonly Link[],
    ends: ReadonlyMap<number, ChainEnd>,
    position: number,
    session: ClientSession,
  ): Promise<void> {
    await this.#progress.updateOne({ _id: PROGRESS }, { $set: { position } }, { session, upsert: true });
    await this.#links.acrossTenants(WHOLE_LOG).insertMany([...links], { session, ordered: false });
    const unanchored = { anchoredDay: '', anchoredNumber: 0, anchor: null };
    await this.#ends.bulkWrite(
      [...ends].map(([_id, { number, hash, position: at }]) => ({
        updateOne: {
          filter: { _id },
          update: { $set: { number, hash, position: at }, $setOnInsert: unanchored },
          upsert: true,
        },
      })),
      { session, ordered: false },
    );
  }

  /** Ends of chains that were not looked at for an anchor on a day or later. */
  async listUnanchored(day: string, limit: number): Promise<EndOfTenant[]> {
    const found = await this.#ends
      .find({ anchoredDay: { $lt: day } })
      .limit(limit)
      .toArray();
    return found.map(({ _id, ...end }) => ({ tenantId: _id, ...end }));
  }

  /** Keeps an anchor, or notes that a day needs none. */
  async anchored(
    { tenantId: _id }: EndOfTenant,
    day: string,
    anchor: Anchor | null,
    session: ClientSession,
  ): Promise<void> {
    const noted = anchor ? { anchoredNumber: anchor.number, anchor: anchor.signature } : {};
    await this.#ends.updateOne({ _id }, { $set: { anchoredDay: day, ...noted } }, { session });
    if (anchor)
      await this.#anchors
        .acrossTenants(WHOLE_LOG)
        .insertOne({ _id: `${anchor.tenantId}:${anchor.day}`, ...anchor }, { session });
  }

  /** A tenant's anchors, the newest first. */
  listAnchors(scope: TenantScope, paging: Paging): Promise<Page<Anchor>> {
    return this.#anchors.page(scope, {}, { sort: { day: -1 }, ...paging });
  }

  /** So many of a tenant's anchors after a day (null: the first), the oldest first. */
  listAnchorsAfter(scope: TenantScope, day: string | null, limit: number): Promise<Anchor[]> {
    return this.#anchors.find(scope, day === null ? {} : { day: { $gt: day } }, { sort: { day: 1 }, limit });
  }

  /** Keys of anchors, the newest first. */
  listKeys(): Promise<AuditKey[]> {
    return this.#keys.find({}).sort({ createdAt: -1, _id: 1 }).toArray();
  }

  async addKey(key: AuditKey): Promise<void> {
    await this.#keys.insertOne(key, { writeConcern: { w: 'majority' } });
  }

  async sealAnew({ _id, sealed }: AuditKey, anew: string): Promise<void> {
    await this.#keys.updateOne({ _id, sealed }, { $set: { sealed: anew } });
  }
}

export const endAfter = (ends: ReadonlyMap<number, ChainEnd>, tenantOf: number): ChainEnd =>
  ends.get(tenantOf) ?? BEFORE_ALL;
