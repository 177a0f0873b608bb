/**
 * What this service keeps of the licences service's facts, to count an application's licences. A licence belongs to the
 * application of its product, as that product is now.
 */
import type { Subscription } from '@membership/platform/consumer';
import { on } from '@membership/platform/consumer';
import type { ClientSession } from '@membership/platform/mongo';
import { projectNewest } from '@membership/platform/projection';
import * as facts from '@membership/contracts/events/licenses';
import type { Models } from '../models.ts';

/** Lower than any sequence of a product's own facts: what a licence says of its product holds until the product speaks. */
const HEARSAY = 0;

/** Product, licence and assignment facts, each into its row; the newest of each wins, whatever order they come in. */
export function licensingSubscriptions({ products, licenses, assignments }: Models): Subscription[] {
  const hearOfProduct = (
    tenantId: number,
    productId: number,
    applicationId: number | null,
    session: ClientSession,
  ) =>
    projectNewest(products.native, { _id: productId, tenantId, applicationId, sequence: HEARSAY }, session);
  const productFacts = [facts.productCreated, facts.productUpdated, facts.productDeleted];
  const licenseFacts = [
    facts.licenseIssued,
    facts.licenseRevoked,
    facts.licenseExpired,
    facts.licenseKeyRotated,
  ];
  const assignmentFacts = [
    facts.assignmentCreated,
    facts.assignmentActivated,
    facts.assignmentSuspended,
    facts.assignmentResumed,
    facts.assignmentRevoked,
    facts.assignmentExpired,
  ];
  return [
    ...productFacts.map((fact) =>
      on(fact, async ({ data, envelope }, { scope, unit }) => {
        const row = {
          _id: data.productId,
          tenantId: scope.tenantId,
          applicationId: data.applicationId,
          sequence: envelope.sequence,
        };
        await projectNewest(products.native, row, unit.session);
      }),
    ),
    ...licenseFacts.map((fact) =>
      on(fact, async ({ data, envelope }, { scope, unit }) => {
        await hearOfProduct(scope.tenantId, data.productId, data.applicationId, unit.session);
        const row = {
          _id: data.licenseId,
          tenantId: scope.tenantId,
          productId: data.productId,
          sequence: envelope.sequence,
        };
        await projectNewest(licenses.native, row, unit.session);
      }),
    ),
    ...assignmentFacts.map((fact) =>
      on(fact, async ({ data, envelope }, { scope, unit }) => {
        const { assignmentId, licenseId, productId, status } = data;
        const row = {
          _id: assignmentId,
          tenantId: scope.tenantId,
          licenseId,
          productId,
          isActive: status === 'active',
          sequence: envelope.sequence,
        };
        await projectNewest(assignments.native, row, unit.session);
      }),
    ),
  ];
}
