/** An application as the applications service last told of it. */
import type { FactOf } from '@membership/contracts/event';
import type * as facts from '@membership/contracts/events/applications';

export type ApplicationRow = FactOf<typeof facts.applicationCreated> & {
  _id: number;
  tenantId: number;
  sequence: number;
};
