/**
 * All that lies sealed in the gateway's database: with which key, and sealed anew with the present one. Row by row, each only while
 * it is as it was read: requests go on meanwhile, and who is stopped half-way finds the rest the next time.
 */
import type { Connection, mongo } from 'mongoose';
import { collectionOf } from '@membership/platform/mongo/bounded-reads';
import { PLATFORM } from '../tokens/key-ring.ts';
import type { SealedSecret, SecretBox } from '../secrets/secret-box.ts';

export const sealedKinds = ['tenant_webhook', 'webhook_endpoint', 'second_factor', 'token_key'] as const;
type Kind = (typeof sealedKinds)[number];
type Row = { _id: number | string; tenantId?: number } & Record<string, unknown>;
/** Where secrets of a kind lie: in a field of a row, or in that of each entry of a list. */
type Place = {
  readonly kind: Kind;
  readonly collection: string;
  readonly list?: string;
  readonly field: string;
  readonly tenantOf: (row: Row) => number;
};
const ofTenant = ({ tenantId }: Row): number => tenantId as number;
const PLACES: readonly Place[] = [
  {
    kind: 'tenant_webhook',
    collection: 'tenants',
    field: 'webhookSecret',
    tenantOf: ({ _id }) => _id as number,
  },
  {
    kind: 'webhook_endpoint',
    collection: 'webhook_endpoints',
    list: 'secrets',
    field: 'sealed',
    tenantOf: ofTenant,
  },
  { kind: 'second_factor', collection: 'second_factors', field: 'secret', tenantOf: ofTenant },
  { kind: 'token_key', collection: 'token_keys', field: 'sealed', tenantOf: () => PLATFORM },
];

export type SealedCount = { readonly kind: Kind; readonly key: string | null; readonly count: number };
export type Resealed = { readonly resealed: number; readonly unreadable: number; readonly remaining: number };
type Options = {
  readonly connection: Connection;
  readonly box: SecretBox;
  /** Of the keys of tokens. */
  readonly keyBox: SecretBox;
};

export class SealedSecrets {
  readonly #options: Options;
  constructor(options: Options) {
    this.#options = options;
  }

  /** How many secrets of each kind are sealed with which key. */
  async count(): Promise<SealedCount[]> {
    const counts: SealedCount[] = [];
    for (const place of PLACES) {
      const path = pathOf(place);
      const found = await this.#rows(place)
        .aggregate<{ _id: string | null; count: number }>([
          ...(place.list ? [{ $unwind: `$${place.list}` }] : []),
          { $match: { [path]: { $type: 'object' } } },
          { $group: { _id: { $ifNull: [`$${path}.key`, null] }, count: { $sum: 1 } } },
          { $sort: { _id: 1 } },
        ])
        .toArray();
      counts.push(...found.map(({ _id, count }) => ({ kind: place.kind, key: _id, count })));
    }
    return counts;
  }

  /** Seals up to `limit` secrets anew that are not sealed with the present key. Those that cannot be opened stay as they are. */
  async reseal(limit: number): Promise<Resealed> {
    let resealed = 0;
    let unreadable = 0;
    for (const place of PLACES) {
      const box = this.#boxOf(place);
      const rows = this.#rows(place).find(unlike(place, box.kids[0]));
      for await (const row of rows) {
        if (resealed >= limit) break;
        for (const sealed of sealedIn(place, row)) {
          if (sealed.key === box.kids[0]) continue;
          const anew = sealAnew(box, place.tenantOf(row), sealed);
          if (!anew) unreadable++;
          else if (await this.#replace(place, row, sealed, anew)) resealed++;
        }
      }
    }
    const counts = await this.count();
    const present = new Set([
      ...this.#options.box.kids.slice(0, 1),
      ...this.#options.keyBox.kids.slice(0, 1),
    ]);
    const remaining = counts.reduce(
      (sum, { key, count }) => sum + (key !== null && present.has(key) ? 0 : count),
      0,
    );
    return { resealed, unreadable, remaining };
  }

  #boxOf({ kind }: Place): SecretBox {
    return kind === 'token_key' ? this.#options.keyBox : this.#options.box;
  }

  #rows({ collection }: Place): mongo.Collection<Row> {
    return collectionOf<Row>(this.#options.connection, collection);
  }

  async #replace(place: Place, { _id }: Row, { iv }: SealedSecret, anew: SealedSecret): Promise<boolean> {
    const { list, field } = place;
    const path = list ? `${list}.$[one].${field}` : field;
    const { modifiedCount } = await this.#rows(place).updateOne(
      { _id, [`${pathOf(place)}.iv`]: iv },
      { $set: { [path]: anew } },
      list ? { arrayFilters: [{ [`one.${field}.iv`]: iv }] } : {},
    );
    return modifiedCount === 1;
  }
}

const pathOf = ({ list, field }: Place): string => (list ? `${list}.${field}` : field);

/** Rows with a secret that another key than this one sealed. */
const unlike = ({ list, field }: Place, kid: string): mongo.Filter<Row> => {
  const other = { [field]: { $type: 'object' }, [`${field}.key`]: { $ne: kid } };
  return (list ? { [list]: { $elemMatch: other } } : other) as mongo.Filter<Row>;
};

function sealedIn({ list, field }: Place, row: Row): SealedSecret[] {
  const holders = list ? (row[list] as Record<string, unknown>[]) : [row];
  return holders.flatMap((holder) => (holder[field] ? [holder[field] as SealedSecret] : []));
}

function sealAnew(box: SecretBox, tenantId: number, sealed: SealedSecret): SealedSecret | null {
  try {
    return box.seal(tenantId, box.open(tenantId, sealed));
  } catch {
    return null;
  }
}
