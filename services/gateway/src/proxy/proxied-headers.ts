/** Which headers pass through the gateway, in and out. */
import type { IncomingHttpHeaders } from 'node:http';
import { CONTEXT_HEADER } from '@membership/contracts/claims';

/** What the platform's own processes tell each other: nobody outside may say it, nobody outside hears it. */
const INTERNAL_PREFIX = 'x-membership-';

/**
 * Headers that end here: of the connection (RFC 9110 §7.6.1), of the client's proof (the signed context replaces it), and
 * what a proxy in front might have said, which only the gateway may say to a service.
 */
const STOPPED_IN = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'http2-settings',
  'authorization',
  'cookie',
  'forwarded',
  'via',
  'x-real-ip',
  'x-tenant-id',
  'x-request-id',
  'traceparent',
  'x-http-method-override',
  'x-original-url',
  'x-rewrite-url',
]);
const STOPPED_OUT = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'server',
  'x-powered-by',
  'x-request-id',
  'date',
  'set-cookie',
  // The gateway's word to browsers and on its limits: a service's beside it would be a second opinion.
  'x-content-type-options',
  'x-frame-options',
  'referrer-policy',
  'cross-origin-resource-policy',
  'strict-transport-security',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
]);
const CORS_PREFIX = 'access-control-';

/** Says how long a body is or what it is: it goes with the body, whatever `Connection` names. */
const DESCRIBES_BODY = /^content-/;
/** Further headers that a `Connection` header names: of this connection too. */
const namedByConnection = (connection: string | undefined): readonly string[] =>
  connection === undefined || /^\s*(keep-alive|close)\s*$/i.test(connection)
    ? []
    : connection
        .split(',')
        .map((name) => name.trim().toLowerCase())
        .filter((name) => !DESCRIBES_BODY.test(name));

export type Added = {
  readonly context: string;
  readonly requestId: string;
  readonly traceparent: string;
  readonly address: string;
};

/** Headers for the service, as a flat list of names and values. */
export function headersToService(given: IncomingHttpHeaders, added: Added): string[] {
  const list: string[] = [
    CONTEXT_HEADER,
    added.context,
    'x-request-id',
    added.requestId,
    'traceparent',
    added.traceparent,
    'x-forwarded-for',
    added.address,
  ];
  const dropped = namedByConnection(given.connection);
  for (const name in given) {
    if (
      STOPPED_IN.has(name) ||
      name.startsWith(INTERNAL_PREFIX) ||
      name.startsWith('x-forwarded-') ||
      dropped.includes(name)
    )
      continue;
    const value = given[name];
    if (typeof value === 'string') list.push(name, value);
    else if (value !== undefined) list.push(name, value.join(', '));
  }
  return list;
}

/** Headers for the client, as a flat list; `own` are the gateway's. */
export function headersToClient(
  given: Readonly<Record<string, string | string[] | undefined>>,
  own: readonly string[],
): string[] {
  const list = [...own];
  const connection = given.connection;
  const dropped = namedByConnection(typeof connection === 'string' ? connection : undefined);
  for (const name in given) {
    if (
      STOPPED_OUT.has(name) ||
      name.startsWith(INTERNAL_PREFIX) ||
      name.startsWith(CORS_PREFIX) ||
      dropped.includes(name)
    )
      continue;
    const value = given[name];
    if (typeof value === 'string') list.push(name, value);
    else if (value !== undefined) for (const one of value) list.push(name, one);
  }
  return list;
}

/** The same, as an object: for the transport that wants one. */
export function asObject(list: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index < list.length; index += 2)
    headers[list[index] as string] = list[index + 1] as string;
  return headers;
}
