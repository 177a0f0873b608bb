/**
 * How many records a list has, kept in memory. A record's type, category and source never change and none is removed, so
 * what was counted once stays counted: a member's up to a position in its chain, a tenant's up to a moment after which
 * nothing older is committed any more. Asking counts only what came since.
 */
import type { TenantScope } from '@membership/platform/scope';
import type { Models } from '../models.ts';
import type { Profile } from './profile.ts';
import { recordQuery, type RecordFilter } from './record-filter.ts';
import { SETTLED_MS, type RecordSumsRepository } from './record-sums-repository.ts';
import { COUNTED_AT_MOST, matching, merged, type RecordSum } from './record-sums.ts';

/** Members and filters that are kept. */
const KEPT_AT_MOST = 20_000;

export type Count = { readonly count: number; readonly isEstimate: boolean };
type OfMember = { readonly position: number; readonly sums: readonly RecordSum[] };
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
    if (!isLasting(filter)) return this.#sums.count(scope, filter);
    if (filter.memberId === undefined) return this.#ofTenant(scope, filter);
    const profile = await profileOf(filter.memberId);
    return profile ? this.#ofMember(scope, filter, profile) : { count: 0, isEstimate: false };
  }

  async #ofMember(scope: TenantScope, filter: RecordFilter, profile: Profile): Promise<Count> {
    if (isAll(filter)) return { count: profile.recordCount, isEstimate: false };
    const name = `${scope.tenantId}:${profile._id}`;
    let known = this.#members.get(name) ?? { position: 0, sums: [] };
    if (profile.recordCount - known.position > COUNTED_AT_MOST) return this.#sums.count(scope, filter);
    if (profile.recordCount > known.position) {
      const { position, sums } = known;
      const since = await this.#sums.between(scope, profile._id, position, profile.recordCount);
      known = { position: profile.recordCount, sums: merged(sums, since) };
      if ((this.#members.get(name)?.position ?? 0) < known.position) keep(this.#members, name, known);
    }
    return shown(matching(known.sums, filter).reduce((sum, { records }) => sum + records, 0));
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
      isOld ? this.#between(scope, filter, known.until, settled) : 0,
      this.#between(scope, filter, isOld ? settled : known.until, null),
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
      keep(this.#tenants, name, { until: settled, count: await this.#between(scope, filter, null, settled) });
    return whole;
  }

  async #between(
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

/** Whether a record that is in the list once is in it for ever: by what never changes of it, whenever it was made. */
const isLasting = ({ status, from, to, sourceType, batchId }: RecordFilter): boolean =>
  [status, from, to, sourceType, batchId].every((value) => value === undefined);
const isAll = ({ type, category, isManual }: RecordFilter): boolean =>
  [type, category, isManual].every((value) => value === undefined);
