/** External issuers of tenants, and the public keys that they had last. */
import { Schema, type ClientSession, type Connection } from 'mongoose';
import type { Page } from '@membership/contracts/dialects';
import { notFound } from '@membership/contracts/errors';
import { within } from '@membership/platform/deadline';
import { TenantCollection, type Paging, type Sort } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { ExternalIssuer } from './issuer.ts';
import type { PublicJwk } from './key-set.ts';
import type { KeyStore } from './key-sets.ts';

type IssuerDocument = Omit<ExternalIssuer, 'id'> & { _id: number };
type KeysDocument = {
  _id: number;
  tenantId: number;
  jwksUri: string;
  keys: readonly PublicJwk[];
  fetchedAt: Date | null;
  failingSince: Date | null;
  failure: string | null;
};
/** How an issuer's keys are: for its administrators. */
export type KeysState = Pick<KeysDocument, 'keys' | 'fetchedAt' | 'failingSince' | 'failure'>;

const loose = { strict: false, versionKey: false, id: false, minimize: false } as const;
const issuerSchema = new Schema(
  { _id: Number, tenantId: { type: Number, required: true }, isEnabled: Boolean, createdAt: Date },
  loose,
)
  .index({ tenantId: 1, createdAt: 1, _id: 1 })
  .index({ tenantId: 1, isEnabled: 1, createdAt: 1, _id: 1 })
  // A token names its issuer before its tenant is known: the one index that no tenant leads.
  .index({ issuer: 1, isEnabled: 1 });
const keysSchema = new Schema({ _id: Number, tenantId: { type: Number, required: true } }, loose).index({
  tenantId: 1,
});

const toIssuer = ({ _id, ...issuer }: IssuerDocument): ExternalIssuer => ({ id: _id, ...issuer });
const READ_MILLISECONDS = 2_000;

export class IssuerRepository implements KeyStore {
  readonly #rows: TenantCollection<IssuerDocument>;
  readonly #keys: TenantCollection<KeysDocument>;
  constructor(connection: Connection) {
    this.#rows = new TenantCollection(connection, 'external_issuers', issuerSchema);
    this.#keys = new TenantCollection(connection, 'external_issuer_keys', keysSchema);
  }

  async list(
    scope: TenantScope,
    { isEnabled }: { isEnabled?: boolean | undefined },
    sort: Sort,
    paging: Paging,
  ): Promise<Page<ExternalIssuer>> {
    const filter = isEnabled === undefined ? {} : { isEnabled };
    const { items, ...total } = await this.#rows.page(scope, filter, { sort, ...paging });
    return { items: items.map(toIssuer), ...total };
  }

  /** Refuses (404) one that the tenant does not have. */
  async get(scope: TenantScope, id: number, session?: ClientSession): Promise<ExternalIssuer> {
    const row = await this.#rows.findOne(scope, { _id: id }, session ? { session } : {});
    if (!row) throw notFound({ zh: '外部签发方不存在', en: 'There is no such external issuer' });
    return toIssuer(row);
  }

  /** All of a tenant, one transaction after the other: what they must not share is in no index. */
  async allInTurn(scope: TenantScope, session: ClientSession): Promise<ExternalIssuer[]> {
    await this.#rows.takeTurn(String(scope.tenantId), session);
    return (await this.#rows.find(scope, {}, { session })).map(toIssuer);
  }

  async insert(scope: TenantScope, { id, ...issuer }: ExternalIssuer, session: ClientSession): Promise<void> {
    await this.#rows.insert(scope, [{ _id: id, ...issuer }], { session });
  }

  async save(scope: TenantScope, { id, ...issuer }: ExternalIssuer, session: ClientSession): Promise<void> {
    await this.#rows.updateOne(scope, { _id: id }, { $set: issuer }, { session });
  }

  async delete(scope: TenantScope, id: number, session: ClientSession): Promise<void> {
    await this.#rows.deleteMany(scope, { _id: id }, { session });
    await this.#keys.deleteMany(scope, { _id: id }, { session });
  }

  /** Those of any tenant that are enabled, by the names that tokens call them. */
  async named(names: readonly string[]): Promise<Map<string, ExternalIssuer[]>> {
    const rows = await within(
      READ_MILLISECONDS,
      (signal) =>
        this.#rows
          .acrossTenants('a token finds its tenant')
          .find({ issuer: { $in: [...names] }, isEnabled: true }, { signal })
          .sort({ _id: 1 })
          .toArray(),
      'the external issuers could not be read in time',
    );
    return Map.groupBy(rows.map(toIssuer), ({ issuer }) => issuer);
  }

  /** How the keys of these are, by id; of addresses that they had before nothing. */
  async keysOf(scope: TenantScope, issuers: readonly ExternalIssuer[]): Promise<Map<number, KeysState>> {
    const rows = await this.#keys.find(scope, { _id: { $in: issuers.map(({ id }) => id) } });
    const addresses = new Map(issuers.map(({ id, jwksUri }) => [id, jwksUri]));
    return new Map(rows.filter((row) => row.jwksUri === addresses.get(row._id)).map((row) => [row._id, row]));
  }

  async find({ id, tenantId, jwksUri }: Parameters<KeyStore['find']>[0]) {
    const row = await this.#stored().findOne({ _id: id, tenantId, jwksUri });
    return row?.fetchedAt ? { keys: row.keys, fetchedAt: row.fetchedAt } : null;
  }

  async keep(
    { id, tenantId, jwksUri }: Parameters<KeyStore['keep']>[0],
    { keys, fetchedAt }: Parameters<KeyStore['keep']>[1],
  ): Promise<void> {
    const state = { jwksUri, keys, fetchedAt, failingSince: null, failure: null };
    await this.#stored().updateOne({ _id: id, tenantId }, { $set: state }, { upsert: true });
  }

  async failed(
    { id, tenantId, jwksUri }: Parameters<KeyStore['failed']>[0],
    failure: string,
    at: Date,
  ): Promise<void> {
    // What was fetched from another address is not this one's last good set.
    const isSame = { $eq: ['$jwksUri', { $literal: jwksUri }] };
    const kept = (field: string, otherwise: unknown) => ({
      $cond: [isSame, { $ifNull: [`$${field}`, otherwise] }, otherwise],
    });
    await this.#stored().updateOne(
      { _id: id, tenantId },
      [
        {
          $set: {
            keys: kept('keys', []),
            fetchedAt: kept('fetchedAt', null),
            failingSince: kept('failingSince', at),
            failure: { $literal: failure },
          },
        },
        { $set: { jwksUri: { $literal: jwksUri } } },
      ],
      { upsert: true },
    );
  }

  #stored() {
    return this.#keys.acrossTenants('keys are fetched for tokens whose tenant is just being found');
  }
}
