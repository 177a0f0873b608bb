/** Who did what is of the platform and no tenant: the log tells it, because every fact belongs to a tenant. */
import type { RequestFacts } from './http/implement.ts';
import { actorName } from './scope.ts';

export type Deed = { readonly actor: string; readonly requestId: string };

/** Of a request that the gateway let through. */
export const deedOf = ({ actor, id }: Pick<RequestFacts, 'actor' | 'id'>): Deed => ({
  actor: actorName(actor),
  requestId: id,
});
