/**
 * How many records a list has, kept in memory. A record's type, category and source never change and none is removed, so
 * what was counted once stays counted: a member's up to a position in its chain, a tenant's up to a moment after which
 * nothing older is committed any more. What this process commits of a member is counted on the way; asking counts only what
 * others have added since.
 */
import type { TenantScope } from '@membership/platform/scope';
import type { Models } from '../models.ts';
import type { Changes } from './changes.ts';
import type { Profile } from '../domain/profile.ts';
import { isOfList, recordQuery, type RecordFilter } from './record-filter.ts';
import { SETTLED_MS, type RecordSumsRepository } from './record-sums-repository.ts';
import { COUNTED_AT_MOST, matching, type RecordSum } from '../domain/record-sums.ts';

/** Members and filters that are kept. */
const KEPT_AT_MOST = 20_000;

export type Count = { readonly count: number; readonly isEstimate: boolean };
/** Records of a member by what lists ask for. */
type Counted = Pick<RecordSum, 'type' | 'category' | 'isManual' | 'records'>;
type OfMember = { readonly position: number; readonly counted: ReadonlyMap<string, Counted> };
type OfTenant = { readonly until: Date; readonly count: number };

export class RecordCounts {
  readonly #models: Models;
  readonly #sums: RecordSumsRepository;
  readonly #members = new Map<string, OfMember>();
  readonly #tenants = new Map<string, OfTenant>();
  constructor(models: Models, sums: RecordSumsRepository) {
    this.#models = models;
    this.#sums = sums;
  }

  /** Exact up to 10,000. `profileOf` reads the profile of the filter's member. */
  async count(
    scope: TenantScope,
    filter: RecordFilter,
    profileOf: (memberId: number) => Promise<Profile | undefined>,
  ): Promise<Count> {
    if (!isOfList(filter)) return this.#sums.count(scope, filter);
    if (filter.memberId === undefined) return this.#ofTenant(scope, filter);
    const profile = await profileOf(filter.memberId);
    return profile ? this.#ofMember(scope, filter, profile) : { count: 0, isEstimate: false };
  }

  async #ofMember(scope: TenantScope, filter: RecordFilter, profile: Profile): Promise<Count> {
    if (isAll(filter)) return { count: profile.recordCount, isEstimate: false };
    const name = `${scope.tenantId}:${profile._id}`;
    let known: OfMember = this.#members.get(name) ?? { position: 0, counted: new Map() };
    if (profile.recordCount - known.position > COUNTED_AT_MOST) return this.#sums.count(scope, filter);
    if (profile.recordCount > known.position) {
      const since = await this.#between(scope, profile, known.position);
      known = { position: profile.recordCount, counted: added(known.counted, since) };
      if ((this.#members.get(name)?.position ?? 0) < known.position) keep(this.#members, name, known);
    }
    return shown(
      matching([...known.counted.values()], filter).reduce((sum, { records }) => sum + records, 0),
    );
  }

  /** Counts what this process has committed: of members whose records were counted up to there. */
  commit({ profiles, records }: Changes): void {
    for (const { before, after } of profiles.values()) {
      const name = `${after.tenantId}:${after._id}`;
      const known = this.#members.get(name);
      if (known?.position !== before.recordCount) continue;
      const made = [...records.values()].filter(({ memberId }) => memberId === after._id);
      const since = made.map(({ type, category, sourceType }) => ({
        ...{ type, category, isManual: sourceType === 'manual', records: 1 },
      }));
      keep(this.#members, name, { position: after.recordCount, counted: added(known.counted, since) });
    }
  }

  /** A member's records whose positions in its chain are above the first, up to the profile's last. */
  #between(scope: TenantScope, { _id: memberId, recordCount }: Profile, above: number): Promise<Counted[]> {
    const isManual = { $eq: ['$sourceType', 'manual'] };
    return this.#models.records.aggregate<Counted>(
      scope,
      [
        { $match: { memberId, ordinal: { $gt: above, $lte: recordCount } } },
        { $group: { _id: { type: '$type', category: '$category', isManual }, records: { $sum: 1 } } },
        { $replaceWith: { $mergeObjects: ['$_id', { records: '$records' }] } },
      ],
      // The planner may take the index by time, and would read all that the member has.
      { hint: { tenantId: 1, memberId: 1, ordinal: 1 } },
    );
  }

  async #ofTenant(scope: TenantScope, filter: RecordFilter): Promise<Count> {
    const name = `${scope.tenantId} ${filter.type} ${filter.category} ${filter.isManual}`;
    const known = this.#tenants.get(name);
    if (!known) return this.#begin(scope, filter, name);
    // Once beyond what is counted, it stays there.
    if (known.count > COUNTED_AT_MOST) return shown(known.count);
    const settled = new Date(Date.now() - SETTLED_MS);
    const isOld = settled.getTime() - known.until.getTime() > SETTLED_MS;
    const [before, after] = await Promise.all([
      isOld ? this.#betweenTimes(scope, filter, known.until, settled) : 0,
      this.#betweenTimes(scope, filter, isOld ? settled : known.until, null),
    ]);
    const count = known.count + before + after;
    if (isOld || count > COUNTED_AT_MOST)
      keep(this.#tenants, name, {
        until: isOld ? settled : known.until,
        count: count > COUNTED_AT_MOST ? count : known.count + before,
      });
    return shown(count);
  }

  /** The first count: what is kept of the tenant's records may know already that there are many. */
  async #begin(scope: TenantScope, filter: RecordFilter, name: string): Promise<Count> {
    const settled = new Date(Date.now() - SETTLED_MS);
    const whole = await this.#sums.count(scope, filter);
    if (whole.isEstimate) keep(this.#tenants, name, { until: settled, count: COUNTED_AT_MOST + 1 });
    else
      keep(this.#tenants, name, {
        until: settled,
        count: await this.#betweenTimes(scope, filter, null, settled),
      });
    return whole;
  }

  async #betweenTimes(
    scope: TenantScope,
    filter: RecordFilter,
    from: Date | null,
    before: Date | null,
  ): Promise<number> {
    const createdAt = { ...(from ? { $gte: from } : {}), ...(before ? { $lt: before } : {}) };
    const query = { ...recordQuery(filter), createdAt };
    const { count, isEstimate } = await this.#models.records.count(scope, query, { limit: COUNTED_AT_MOST });
    return isEstimate ? COUNTED_AT_MOST + 1 : count;
  }
}

const shown = (count: number): Count =>
  count > COUNTED_AT_MOST ? { count: COUNTED_AT_MOST, isEstimate: true } : { count, isEstimate: false };

/** The oldest goes when there are too many. */
function keep<T>(known: Map<string, T>, name: string, value: T): void {
  const [oldest] = known.keys();
  if (known.size >= KEPT_AT_MOST && !known.has(name) && oldest !== undefined) known.delete(oldest);
  known.set(name, value);
}

function added(before: ReadonlyMap<string, Counted>, more: readonly Counted[]): Map<string, Counted> {
  const counted = new Map(before);
  for (const one of more) {
    const name = `${one.type} ${one.isManual} ${one.category}`;
    counted.set(name, { ...one, records: one.records + (counted.get(name)?.records ?? 0) });
  }
  return counted;
}

const isAll = ({ type, category, isManual }: RecordFilter): boolean =>
  [type, category, isManual].every((value) => value === undefined);
