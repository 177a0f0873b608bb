/**
 * Definitions of tenants in memory. Who changes a tenant's counts a version in its settings, in the same transaction; once a
 * second, one question for all tenants says which versions have moved. So a thousand tenants cost what one does.
 */
import type { Models } from '../models.ts';
import type { Definitions } from '../domain/definitions.ts';

/** How old the definitions may be that a process decides by. */
export const DEFINITIONS_AGE_MS = 1_000;
/** A change that is found so long after it was written is found in time: a transaction ends within a minute, clocks differ less. */
const LOOKED_BACK_MS = 5 * 60_000;
/** What is older is read anew: during a rolling update, processes of a version that counts nothing change definitions, too. */
const KEPT_AT_MOST_MS = 5 * 60_000;
const TENANTS_AT_MOST = 10_000;

type Known = { readonly definitions: Definitions; readonly until: number; zone?: string };

export class KnownDefinitions {
  readonly #settings: Models['settings'];
  readonly #known = new Map<number, Known>();
  /** How often a tenant's were forgotten: what was read before is not kept after. */
  readonly #forgotten = new Map<number, number>();
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  constructor(settings: Models['settings']) {
    this.#settings = settings;
  }

  /** Those of a tenant, at most a second old; undefined: they have to be read. `zone` is whose first needs it to fill in. */
  async get(tenantId: number): Promise<Known | undefined> {
    if (!this.#known.has(tenantId)) return undefined;
    if (performance.now() - this.#lookedAt > DEFINITIONS_AGE_MS) await (this.#looking ??= this.#look());
    const known = this.#known.get(tenantId);
    if (known && known.until > performance.now()) return known;
    this.#known.delete(tenantId);
    return undefined;
  }

  /** To be named when what is read from now on is kept. */
  state(tenantId: number): number {
    return this.#forgotten.get(tenantId) ?? 0;
  }

  /** Keeps what was read, unless it was forgotten meanwhile. */
  keep(tenantId: number, definitions: Definitions, state: number): void {
    if (this.state(tenantId) !== state) return;
    if (this.#known.size >= TENANTS_AT_MOST) this.#known.clear();
    this.#known.set(tenantId, { definitions, until: performance.now() + KEPT_AT_MOST_MS });
  }

  forget(tenantId: number): void {
    this.#forgotten.set(tenantId, this.state(tenantId) + 1);
    this.#known.delete(tenantId);
  }

  /** Forgets those whose version has moved. */
  async #look(): Promise<void> {
    const begun = performance.now();
    try {
      const moved = await this.#settings
        .acrossTenants('definitions: which tenants have changed theirs lately')
        .find(
          { definitionsChangedAt: { $gte: new Date(Date.now() - LOOKED_BACK_MS), $type: 'date' } },
          { projection: { definitionsVersion: 1 } },
        )
        .toArray();
      for (const { _id, definitionsVersion } of moved) {
        const known = this.#known.get(_id);
        if (known && known.definitions.settings.definitionsVersion !== definitionsVersion) this.forget(_id);
      }
      this.#lookedAt = begun;
    } finally {
      this.#looking = undefined;
    }
  }
}
