/**
 * Profiles with their tags, one question for all that are asked for at the same moment, whosoever they are: each is looked
 * for in the tenant of its own scope. Nothing is kept: what was written before somebody asks, they read.
 */
import { SharedReads } from '@membership/platform/shared-reads';
import type { TenantScope } from '@membership/platform/scope';
import type { Models } from '../models.ts';
import type { TagProjection } from '../domain/member-tag.ts';
import type { Profile } from '../domain/profile.ts';

export type ProfileRead = { readonly profile: Profile; readonly tags: readonly TagProjection[] };
type Key = { readonly tenantId: number; readonly memberId: number };

const nameOf = ({ tenantId, memberId }: Key): string => `${tenantId}:${memberId}`;

export class ProfileReads {
  readonly #shared: SharedReads<Key, ProfileRead>;
  constructor(models: Models) {
    this.#shared = new SharedReads({ nameOf, ask: (keys) => ask(models, keys) });
  }

  /** A member's profile and all its tags, or null. */
  async find({ tenantId }: TenantScope, memberId: number): Promise<ProfileRead | null> {
    return (await this.#shared.get({ tenantId, memberId })) ?? null;
  }

  /** Those that there are, by id. */
  async byIds(scope: TenantScope, ids: readonly number[]): Promise<Map<number, ProfileRead>> {
    const found = await Promise.all([...new Set(ids)].map((id) => this.find(scope, id)));
    return new Map(found.flatMap((read) => (read ? [[read.profile._id, read]] : [])));
  }
}

async function ask(models: Models, keys: readonly Key[]): Promise<Map<string, ProfileRead>> {
  const rows = await models.profiles.aggregateAcrossTenants<Profile | TagProjection>(
    'reads of one moment share a question; each is looked for in its own tenant',
    [
      { $match: within(keys, '_id') },
      { $unionWith: { coll: 'member_tags', pipeline: [{ $match: within(keys, 'memberId') }] } },
    ],
  );
  const found = new Map<string, { profile: Profile; tags: TagProjection[] }>();
  for (const row of rows)
    if (!isTag(row))
      found.set(nameOf({ tenantId: row.tenantId, memberId: row._id }), { profile: row, tags: [] });
  for (const row of rows.filter(isTag).sort((left, right) => left._id - right._id))
    found.get(nameOf(row))?.tags.push(row);
  return found;
}

const isTag = (row: Profile | TagProjection): row is TagProjection => 'memberId' in row;

/** Documents of the members that are named, each in its tenant. */
function within(keys: readonly Key[], field: '_id' | 'memberId'): Record<string, unknown> {
  const byTenant = new Map<number, number[]>();
  for (const { tenantId, memberId } of keys)
    byTenant.set(tenantId, [...(byTenant.get(tenantId) ?? []), memberId]);
  const filters = [...byTenant].map(([tenantId, ids]) => ({ tenantId, [field]: { $in: ids } }));
  const [only] = filters;
  return filters.length === 1 && only ? only : { $or: filters };
}
