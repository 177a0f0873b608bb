/** What plans ask of those who use their licences, at most a second old: every activation and heartbeat asks. */
import type { TenantScope } from '@membership/platform/scope';
import type { CatalogueRepository } from './catalogue-repository.ts';
import { policyOf, type Plan, type PlanPolicy } from '../domain/product.ts';

const FRESH_MILLISECONDS = 1_000;
const CAPACITY = 10_000;

export class PlanPolicies {
  readonly #plans: CatalogueRepository<Plan>;
  readonly #known = new Map<string, { policy: PlanPolicy; until: number }>();

  constructor(plans: CatalogueRepository<Plan>) {
    this.#plans = plans;
  }

  /** The policy of a plan, a retired one's too. */
  async of(scope: TenantScope, planId: number): Promise<PlanPolicy> {
    const key = `${scope.tenantId}:${planId}`;
    const known = this.#known.get(key);
    if (known && known.until > Date.now()) return known.policy;
    const policy = policyOf((await this.#plans.byId(scope, [planId])).get(planId));
    if (this.#known.size >= CAPACITY) this.#known.clear();
    this.#known.set(key, { policy, until: Date.now() + FRESH_MILLISECONDS });
    return policy;
  }

  /** Policies of plans of several tenants, by plan: for batches, whose items bring their scopes. */
  async ofAll(
    scopes: readonly TenantScope[],
    plans: readonly { readonly tenantId: number; readonly planId: number }[],
  ): Promise<Map<number, PlanPolicy>> {
    const scopeOf = new Map(scopes.map((scope) => [scope.tenantId, scope]));
    const policies = new Map<number, PlanPolicy>();
    for (const { tenantId, planId } of plans) {
      const scope = scopeOf.get(tenantId);
      if (scope && !policies.has(planId)) policies.set(planId, await this.of(scope, planId));
    }
    return policies;
  }
}
