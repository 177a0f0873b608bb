/** How many licences an application has, counted in the indexes of the projections. */
import type { TenantScope } from '@membership/platform/scope';
import type { Models } from '../models.ts';

export class LicenseCounts {
  readonly #models: Pick<Models, 'products' | 'licenses' | 'assignments'>;
  constructor(models: Pick<Models, 'products' | 'licenses' | 'assignments'>) {
    this.#models = models;
  }

  /** Licences ever issued for the application's products. */
  async total(scope: TenantScope, applicationId: number): Promise<number> {
    const products = await this.#productsOf(scope, applicationId);
    if (products.length === 0) return 0;
    return (
      await this.#models.licenses.count(
        scope,
        { productId: { $in: products } },
        { limit: Number.MAX_SAFE_INTEGER - 1 },
      )
    ).count;
  }

  /** Licences with at least one active assignment. */
  async active(scope: TenantScope, applicationId: number): Promise<number> {
    const products = await this.#productsOf(scope, applicationId);
    if (products.length === 0) return 0;
    const [counted] = await this.#models.assignments.aggregate<{ count: number }>(scope, [
      { $match: { productId: { $in: products }, isActive: true } },
      { $group: { _id: '$licenseId' } },
      { $count: 'count' },
    ]);
    return counted?.count ?? 0;
  }

  async #productsOf(scope: TenantScope, applicationId: number): Promise<number[]> {
    return (await this.#models.products.find(scope, { applicationId }, { projection: { _id: 1 } })).map(
      ({ _id }) => _id,
    );
  }
}
