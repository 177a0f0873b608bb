/** What things are called, for events: product and plan names and the application, at most a second old. */
import type { TenantScope } from '@membership/platform/scope';
import type { Names } from '../domain/assignment.ts';
import type { CatalogueRepository } from './catalogue-repository.ts';
import type { Plan, Product } from '../domain/product.ts';

const FRESH_MILLISECONDS = 1_000;
const CAPACITY = 10_000;

export class CatalogueNames {
  readonly #products: CatalogueRepository<Product>;
  readonly #plans: CatalogueRepository<Plan>;
  readonly #known = new Map<string, { names: Names; until: number }>();

  constructor({
    products,
    plans,
  }: { products: CatalogueRepository<Product>; plans: CatalogueRepository<Plan> }) {
    this.#products = products;
    this.#plans = plans;
  }

  /** Names of a product and a plan, retired ones too. */
  async of(scope: TenantScope, { productId, planId }: { productId: number; planId: number }): Promise<Names> {
    const key = `${scope.tenantId}:${productId}:${planId}`;
    const known = this.#known.get(key);
    if (known && known.until > Date.now()) return known.names;
    const product = (await this.#products.byId(scope, [productId])).get(productId);
    const plan = (await this.#plans.byId(scope, [planId])).get(planId);
    const names = {
      productName: product?.name ?? '',
      planName: plan?.name ?? '',
      applicationId: product?.applicationId ?? null,
    };
    if (this.#known.size >= CAPACITY) this.#known.clear();
    this.#known.set(key, { names, until: Date.now() + FRESH_MILLISECONDS });
    return names;
  }
}
