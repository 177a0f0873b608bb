/** How a service knows who asks: the gateway's signed context, and nothing else. */
import type { KeyObject } from 'node:crypto';
import { CONTEXT_HEADER, type ServiceName } from '@membership/contracts/claims';
import type { DispatchOptions } from './dispatch.ts';
import { verifyContext } from './context.ts';
import { headerOf } from './request-parts.ts';

/** `authenticate` of a service: reads the context header; anything but a context for this service is 401. */
export function trustGateway(key: KeyObject, service: ServiceName): DispatchOptions['authenticate'] {
  return (request) => verifyContext(key, service, headerOf(request, CONTEXT_HEADER));
}
