import type { JobContext } from '@membership/platform/job';
import { scopeOfJob } from '@membership/platform/scope';
import type { CatalogueRepository } from '../catalogue/catalogue-repository.ts';
import { policyOf, type Plan } from '../domain/product.ts';
import type { LicenseRepository } from '../storage/license-repository.ts';
import type { DeviceRepository } from '../storage/device-repository.ts';

type Stores = {
  readonly plans: CatalogueRepository<Plan>;
  readonly licenses: LicenseRepository;
  readonly devices: DeviceRepository;
};
const PLANS = 20;
const LICENSES = 500;
/** Processes may bind by the policy of before for as long as they keep it; what they bind is reached, too. */
const SETTLED = 5_000;

/**
 * Gives devices that were bound before their plan had a lease one that counts from when the plan got it. Returns how many plans
 * it dealt with. Doing it twice, or in two processes, does it once: a device that has a lease keeps it.
 */
export async function giveLeases(
  { plans, licenses, devices }: Stores,
  { run, signal, failures }: JobContext,
  now: Date,
): Promise<number> {
  const given = await plans.findLeaseGiven(new Date(now.getTime() - SETTLED), PLANS, failures);
  for (const plan of given) {
    const { _id: planId, tenantId, leaseGivenAt } = plan;
    const { leaseMinutes } = policyOf(plan);
    await failures.attempt(planId, { tenantId, planId }, async () => {
      const scope = scopeOfJob(tenantId, 'licenses', run);
      const givenAt = leaseGivenAt as Date;
      const end = new Date(givenAt.getTime() + (leaseMinutes ?? 0) * 60_000);
      let ids = leaseMinutes === null ? [] : await licenses.idsOfPlan(scope, planId, 0, LICENSES);
      while (ids.length > 0 && !signal.aborted) {
        await devices.giveLease(scope, ids, end);
        ids = await licenses.idsOfPlan(scope, planId, ids.at(-1) as number, LICENSES);
      }
      if (!signal.aborted) await plans.markLeaseGiven(scope, planId, givenAt);
    });
    if (signal.aborted) break;
  }
  return given.length;
}
