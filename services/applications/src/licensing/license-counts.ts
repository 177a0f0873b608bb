/** How many licences an application has, counted in the indexes of the projections; of very many once a minute. */
import { COUNTED_EACH_TIME, KeptCounts } from '@membership/platform/kept-counts';
import type { TenantScope } from '@membership/platform/scope';
import type { Models } from '../models.ts';
import { WholeCounts } from '../whole-counts.ts';
import type { LicenseRow } from '../domain/projected-rows.ts';

export class LicenseCounts {
  readonly #models: Pick<Models, 'products' | 'licenses' | 'assignments'>;
  readonly #licenses: WholeCounts<LicenseRow>;
  readonly #active = new KeptCounts<{ readonly count: number }>();
  constructor(models: Pick<Models, 'products' | 'licenses' | 'assignments'>) {
    this.#models = models;
    this.#licenses = new WholeCounts(models.licenses);
  }

  /** Licences ever issued for the application's products. */
  async total(scope: TenantScope, applicationId: number): Promise<number> {
    const products = await this.#productsOf(scope, applicationId);
    if (products.length === 0) return 0;
    return this.#licenses.of(scope, { productId: { $in: products } });
  }

  /** Licences with at least one active assignment. */
  async active(scope: TenantScope, applicationId: number): Promise<number> {
    const products = await this.#productsOf(scope, applicationId);
    if (products.length === 0) return 0;
    const active = { productId: { $in: products }, isActive: true };
    const count = async () => {
      const [counted] = await this.#models.assignments.aggregate<{ count: number }>(scope, [
        { $match: active },
        { $group: { _id: '$licenseId' } },
        { $count: 'count' },
      ]);
      return counted ?? { count: 0 };
    };
    const countFew = async () => {
      const found = await this.#models.assignments.count(scope, active, { limit: COUNTED_EACH_TIME });
      return found.isEstimate ? null : count();
    };
    return (await this.#active.of(JSON.stringify([scope.tenantId, products]), countFew, count)).count;
  }

  async #productsOf(scope: TenantScope, applicationId: number): Promise<number[]> {
    return (await this.#models.products.find(scope, { applicationId }, { projection: { _id: 1 } })).map(
      ({ _id }) => _id,
    );
  }
}
