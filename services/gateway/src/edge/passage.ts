/** A request under way: what is known of it, and how it is refused. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { renderRefusal } from '@membership/contracts/dialects';
import type { Dialect, Endpoint } from '@membership/contracts/endpoint';
import { type Refusal, refuse } from '@membership/contracts/errors';
import { languageOf } from '@membership/contracts/text';
import { hasBody } from '@membership/platform/http/body';
import { ANONYMOUS, type Caller } from '../domain/caller.ts';
import type { RequestMarks } from '../callers/signed-context.ts';
import { clientAddress, type IsProxy } from './client-address.ts';
import type { CrossOrigin } from './cross-origin.ts';
import { requestIdFrom } from './request-marks.ts';

export type Passage = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly marks: RequestMarks;
  readonly address: string;
  /** The gateway's headers for the answer, a flat list of names and values. */
  readonly headers: string[];
  dialect: Dialect;
  caller: Caller;
  /** Origins that the tenant lets call at whose host it was asked. */
  origins: readonly string[];
  /** The platform's dispatch has it, which counts it by itself. */
  isDispatched: boolean;
};

export function passageOf(
  request: IncomingMessage,
  response: ServerResponse,
  { isProxy, crossOrigin }: { readonly isProxy: IsProxy; readonly crossOrigin: CrossOrigin },
): Passage {
  const { headers } = request;
  const requestId = requestIdFrom(headers['x-request-id'] as string | undefined);
  const language = headers['accept-language'] === undefined ? 'zh' : languageOf(headers['accept-language']);
  headers['x-request-id'] = requestId;
  return {
    request,
    response,
    marks: { requestId, language },
    address: clientAddress(request, isProxy),
    headers: ['x-request-id', requestId, ...crossOrigin.headersFor(headers.origin)],
    dialect: 'data',
    caller: ANONYMOUS,
    origins: [],
    isDispatched: false,
  };
}

/** The tenant's word on the origin that asks at its host. */
export function letTenantSay(
  passage: Passage,
  origins: readonly string[],
  { crossOrigin }: { readonly crossOrigin: CrossOrigin },
): void {
  const { request, headers } = passage;
  passage.origins = origins;
  const [name = '', requestId = ''] = headers;
  headers.splice(
    0,
    headers.length,
    name,
    requestId,
    ...crossOrigin.headersFor(request.headers.origin, origins),
  );
}

/** Streams of answers go another way; a body on its way in is the plain path's business. */
export const isStream = ({ kind, method }: Endpoint): boolean => kind === 'stream' && method === 'get';

/** Events as they happen: the answer goes on until somebody ends it. */
export const isEndless = ({ alsoAs }: Endpoint): boolean => alsoAs?.includes('text/event-stream') ?? false;

/** The way of streams has no frame for a body: none enters it. */
export function requireNoBodyOfStream({ request }: Passage, endpoint: Endpoint): void {
  if (isStream(endpoint) && hasBody(request))
    throw refuse('VALIDATION_ERROR', {
      text: { zh: '该接口不接受请求体', en: 'This endpoint takes no request body' },
      headers: { connection: 'close' },
    });
}

export function setHeaders(response: ServerResponse, list: readonly string[]): void {
  for (let index = 0; index < list.length; index += 2)
    response.setHeader(list[index] as string, list[index + 1] as string);
}

export function sendRefusal({ request, response, marks, headers, dialect }: Passage, refusal: Refusal): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const body = JSON.stringify(
    renderRefusal(dialect, refusal, {
      language: marks.language,
      requestId: marks.requestId,
      now: new Date(),
    }),
  );
  setHeaders(response, headers);
  for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value);
  response.writeHead(refusal.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
  // What is left of a body that was refused unread must not be taken for the next request.
  if (!request.complete) request.resume();
}
