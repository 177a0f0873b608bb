/** How a service knows who asks: the gateway's signed context, and nothing else. */
import { CONTEXT_HEADER, type ServiceName } from '@membership/contracts/claims';
import type { DispatchOptions } from './dispatch.ts';
import type { HeldSecret } from '../held-secret.ts';
import { contextKey, namesAnotherKey, verifyContext } from './context.ts';
import { headerOf } from './request-parts.ts';

/**
 * `authenticate` of a service: reads the context header; anything but a context for this service is 401. One that names a key
 * that is not known makes the secret be read anew first: the gateway may have heard of a change a moment earlier.
 */
export function trustGateway(secret: HeldSecret, service: ServiceName): DispatchOptions['authenticate'] {
  const keys = secret.of(contextKey);
  return (request) => {
    const token = headerOf(request, CONTEXT_HEADER);
    if (token && namesAnotherKey(keys(), token)) secret.learnWhenAsked();
    return verifyContext(keys(), service, token);
  };
}
