/** What points are worth in money, tenant by tenant: kept from the points service's facts. */
import { projectNewest } from '@membership/platform/projection';
import type { TenantCollection } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';

/** One a tenant; its id is the tenant's. */
export type PointsRate = {
  readonly _id: number;
  readonly tenantId: number;
  readonly pointsPerUnit: number;
  /** That of the settings as the points service counts them. */
  readonly sequence: number;
};
/** The rate of a tenant that never changed its settings (spec/api.md: 100 points = 1.00). */
const DEFAULT_RATE = 100;

export class PointsRateRepository {
  readonly #rates: TenantCollection<PointsRate>;
  constructor(rates: TenantCollection<PointsRate>) {
    this.#rates = rates;
  }

  /** How many points one unit of currency costs. */
  async of(scope: TenantScope, unit?: UnitOfWork): Promise<number> {
    const options = unit ? { session: unit.session } : {};
    return (
      (await this.#rates.findOne(scope, { _id: scope.tenantId }, options))?.pointsPerUnit ?? DEFAULT_RATE
    );
  }

  async project(
    scope: TenantScope,
    pointsPerUnit: number,
    sequence: number,
    { session }: UnitOfWork,
  ): Promise<void> {
    const { tenantId } = scope;
    await projectNewest(this.#rates.native, { _id: tenantId, tenantId, pointsPerUnit, sequence }, session);
  }
}
