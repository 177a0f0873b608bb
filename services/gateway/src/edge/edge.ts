/**
 * Every request's way in: its path, its caller, its allowance, its role; then the gateway's own endpoint or the service
 * behind. A plain request function: no Express app, no body parsed in front of what is passed on.
 */
import type { KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { deprecationHeaders } from '@membership/contracts/deprecation';
import { renderRefusal } from '@membership/contracts/dialects';
import { mayCall, scopeOf, type Dialect, type Endpoint } from '@membership/contracts/endpoint';
import { Refusal, notFound, refuse } from '@membership/contracts/errors';
import { RouteTable } from '@membership/contracts/routes';
import { languageOf } from '@membership/contracts/text';
import { countedAddress } from '@membership/platform/http/addresses';
import { DEFAULT_BODY_LIMIT, hasBody } from '@membership/platform/http/body';
import type { Dispatch, DispatchOptions } from '@membership/platform/http/dispatch';
import type { Logger } from '@membership/platform/log';
import { ANONYMOUS, type Caller, type Callers } from '../callers/callers.ts';
import type { TenantRecord } from '../callers/records.ts';
import { ownContext, signedFor, type RequestMarks } from '../callers/signed-context.ts';
import type { Upstreams } from '../config.ts';
import { admitWebhook, type WebhookTools } from '../incoming-webhooks/admit-webhook.ts';
import { allowanceHeaders, type RateLimits } from '../limits/rate-limits.ts';
import type { Pages } from '../pages/pages.ts';
import { exchange, tooLarge } from '../proxy/plain-proxy.ts';
import { waitOf, type Places } from '../proxy/places.ts';
import { headersToService } from '../proxy/proxied-headers.ts';
import type { UpstreamDirectory } from '../proxy/upstream-directory.ts';
import { ClientGone, UpstreamFailure } from '../proxy/upstream-failure.ts';
import { clientAddress, type IsProxy } from './client-address.ts';
import type { AccessLog } from './access-log.ts';
import type { CrossOrigin } from './cross-origin.ts';
import { ownApp, type OwnApp } from './own-app.ts';
import type { ProxyMetrics } from './proxy-metrics.ts';
import { requestIdFrom, traceparentFrom } from './request-marks.ts';
import { dialectOf, pathOf } from './request-path.ts';

export type EdgeTools = {
  readonly endpoints: readonly Endpoint[];
  readonly callers: Callers;
  readonly limits: RateLimits;
  readonly upstreams: UpstreamDirectory;
  /** What makes a signed context good for look-ups; no service has it. */
  readonly proofKey: KeyObject;
  readonly pages: Pages;
  readonly webhooks: WebhookTools;
  /** The tenant that a Host header names, if any. */
  readonly tenantOfHost: (host: string | undefined) => Promise<TenantRecord | null>;
  readonly crossOrigin: CrossOrigin;
  readonly metrics: ProxyMetrics;
  readonly accessLog: AccessLog;
  readonly logger: Logger;
  readonly isProxy: IsProxy;
  readonly upstreamTimeout: number;
};

/** A request under way. */
type Passage = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly marks: RequestMarks;
  readonly address: string;
  /** The gateway's headers for the answer, a flat list of names and values. */
  readonly headers: string[];
  dialect: Dialect;
  caller: Caller;
  /** The platform's dispatch has it, which counts it by itself. */
  isDispatched: boolean;
};

export type Edge = {
  readonly handle: (dispatch: Dispatch) => (request: IncomingMessage, response: ServerResponse) => void;
  /** Who calls one of the gateway's own endpoints, as found on the way in. */
  readonly authenticate: DispatchOptions['authenticate'];
  readonly callerOf: (request: IncomingMessage) => Caller;
  readonly addressOf: (request: IncomingMessage) => string;
};

export function createEdge(tools: EdgeTools): Edge {
  const {
    endpoints,
    callers,
    limits,
    upstreams,
    proofKey,
    pages,
    webhooks,
    tenantOfHost,
    crossOrigin,
    metrics,
    accessLog,
    logger,
    isProxy,
    upstreamTimeout,
  } = tools;
  const routes = new RouteTable<Endpoint>(endpoints);
  const passages = new WeakMap<IncomingMessage, Passage>();
  const passageOf = (request: IncomingMessage): Passage => {
    const passage = passages.get(request);
    if (!passage) throw refuse('AUTH_001');
    return passage;
  };

  function begin(request: IncomingMessage, response: ServerResponse): Passage {
    const { headers } = request;
    const requestId = requestIdFrom(headers['x-request-id'] as string | undefined);
    const language = headers['accept-language'] === undefined ? 'zh' : languageOf(headers['accept-language']);
    headers['x-request-id'] = requestId;
    const own = ['x-request-id', requestId, ...crossOrigin.headersFor(headers.origin)];
    const address = clientAddress(request, isProxy);
    return {
      request,
      response,
      marks: { requestId, language },
      address,
      headers: own,
      dialect: 'data',
      caller: ANONYMOUS,
      isDispatched: false,
    };
  }

  /** The caller, and one request off its allowance; off the address's when the token does not hold. */
  async function admit(passage: Passage, endpoint: Endpoint): Promise<void> {
    const { request, address } = passage;
    try {
      const caller = callers.identify(
        request.headers.authorization,
        request.headers['x-tenant-id'] as string | undefined,
        endpoint,
      );
      passage.caller = caller instanceof Promise ? await caller : caller;
    } catch (error) {
      if (!isAnswered(error)) throw error;
      metrics.refused('authentication');
      await limits.take(ANONYMOUS, countedAddress(address));
      throw error;
    }
    if (endpoint.tenantByHost && passage.caller.tenant === null) {
      const tenant = await tenantOfHost(request.headers.host);
      if (tenant) passage.caller = { ...passage.caller, tenant };
    }
    if (!isFree(endpoint)) await allow(passage);
  }

  async function allow({ caller, address, headers }: Passage): Promise<void> {
    const left = await limits.take(caller, countedAddress(address));
    if (left) for (const [name, value] of Object.entries(allowanceHeaders(left))) headers.push(name, value);
  }

  /** A shop by its token, its signature, or both; an attempt that does not hold costs the address one request. */
  async function admitSigned(passage: Passage, endpoint: Endpoint): Promise<Buffer> {
    const { request, response, address } = passage;
    const hasToken = request.headers.authorization !== undefined;
    if (hasToken) {
      await admit(passage, endpoint);
      requireRole(endpoint, passage.caller);
    } else await limits.requireLeft(countedAddress(address));
    try {
      const known = hasToken ? passage.caller : undefined;
      const { caller, body } = await admitWebhook(webhooks, endpoint, request, response, known);
      passage.caller = caller;
      if (!hasToken) await allow(passage);
      return body;
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) metrics.refused('authentication');
      if (!hasToken && passage.caller === ANONYMOUS && isAnswered(error))
        await limits.take(ANONYMOUS, countedAddress(address));
      throw error;
    }
  }

  async function pass(passage: Passage, endpoint: Endpoint): Promise<void> {
    const body = endpoint.proof === 'webhook-signature' ? await admitSigned(passage, endpoint) : undefined;
    if (!body) await admit(passage, endpoint);
    const { request, response, caller, marks, headers: ownHeaders } = passage;
    requireRole(endpoint, caller);
    if (isStream(endpoint) && hasBody(request)) throw bodyRefused();
    const bodyLimit = endpoint.bodyLimit ?? DEFAULT_BODY_LIMIT;
    if (Number(request.headers['content-length'] ?? 0) > bodyLimit) throw tooLarge(bodyLimit);
    const upstream = upstreams.for(endpoint.service as Upstreams, caller.tenant?.cell);
    const timeoutMilliseconds =
      endpoint.timeoutSeconds === undefined ? upstreamTimeout : endpoint.timeoutSeconds * 1000;
    const places = isStream(endpoint) ? upstream.streamPlaces : upstream.places;
    if (!(await takePlace(passage, places, timeoutMilliseconds))) return;
    // Signed after the wait: a context has half a minute.
    const headers = headersToService(body ? describing(body, request.headers) : request.headers, {
      context: signedFor({ key: upstream.key, proofKey }, endpoint.service, caller, marks),
      requestId: marks.requestId,
      traceparent: traceparentFrom(request.headers.traceparent as string | undefined),
      address: passage.address,
    });
    upstream.inFlight++;
    try {
      await upstream.breaker.run(() =>
        isStream(endpoint)
          ? upstream.streams.pass({ request, response, headers, ownHeaders, timeoutMilliseconds })
          : exchange({
              connections: upstream.connections,
              request,
              response,
              headers,
              ownHeaders,
              bodyLimit,
              timeoutMilliseconds,
              ...(body ? { body } : {}),
            }),
      );
    } catch (error) {
      if (error instanceof UpstreamFailure) {
        metrics.failed(upstream.service, error.refusal.code);
        logger.warn(
          {
            err: error.cause,
            upstream: upstream.service,
            cell: upstream.cell,
            route: endpoint.path,
            requestId: marks.requestId,
            code: error.refusal.code,
          },
          'a service failed a request',
        );
      }
      throw error;
    } finally {
      upstream.inFlight--;
    }
  }

  /** A place at the service until the answer is out; false: the client left while it waited for one. */
  async function takePlace(
    { response, caller, address }: Passage,
    places: Places,
    milliseconds: number,
  ): Promise<boolean> {
    try {
      const holder = caller.tenant?._id ?? countedAddress(address);
      const place = places.take(holder, () => waitOf(response, milliseconds));
      const release = place instanceof Promise ? await place : place;
      if (response.destroyed) release();
      else response.once('close', release);
      return !response.destroyed;
    } catch (error) {
      if (error instanceof ClientGone) return false;
      metrics.refused('crowded');
      throw error;
    }
  }

  async function answerOwn(passage: Passage, endpoint: Endpoint, app: OwnApp): Promise<void> {
    const { request } = passage;
    await admit(passage, endpoint);
    if (isStream(endpoint) && hasBody(request)) throw bodyRefused();
    passages.set(request, passage);
    passage.isDispatched = true;
    handOver(passage, app);
  }

  function handOver(passage: Passage, app: OwnApp): void {
    const { request, response } = passage;
    setHeaders(response, passage.headers);
    app(request, response, (error) => fail(passage, error ?? notFound()));
  }

  /** What is nowhere, or not for this method; each costs the address one request. */
  async function turnAway(passage: Passage, allow: readonly string[]): Promise<void> {
    const { request, response, headers } = passage;
    const preflight =
      request.method === 'OPTIONS' &&
      request.headers['access-control-request-method'] !== undefined &&
      allow.length > 0
        ? crossOrigin.preflight(request.headers.origin, allow)
        : undefined;
    if (preflight) {
      response.writeHead(204, [...headers.slice(0, 2), ...preflight]).end();
      return;
    }
    passage.dialect = dialectOf(request.url ?? '');
    await limits.take(ANONYMOUS, countedAddress(passage.address));
    throw allow.length > 0
      ? refuse('METHOD_NOT_ALLOWED', { headers: { allow: allow.join(', ') }, details: { allowed: allow } })
      : notFound();
  }

  function fail(passage: Passage, error: unknown): void {
    const refusal =
      error instanceof Refusal
        ? error
        : error instanceof UpstreamFailure
          ? error.refusal
          : isOpenBreaker(error)
            ? refuse('SYS_002', { headers: { 'retry-after': '1' } })
            : refuse('SYS_001', { cause: error });
    if (refusal.code === 'RATE_LIMITED') metrics.refused('limit');
    if (refusal.code === 'PERM_001' || refusal.code === 'PERM_002') metrics.refused('role');
    if (refusal.code === 'SYS_001')
      logger.error({ err: error, requestId: passage.marks.requestId }, 'unexpected error');
    sendRefusal(passage, refusal);
  }

  /** Counts and tells a request when its connection is done with the answer. */
  function tellWhenOver(passage: Passage, endpoint: Endpoint | undefined, method: string): void {
    const { response } = passage;
    const started = performance.now();
    response.on('close', () => {
      const milliseconds = performance.now() - started;
      if (!passage.isDispatched) metrics.observe(endpoint, method, response.statusCode, milliseconds / 1000);
      accessLog(passage, endpoint, milliseconds);
    });
  }

  const handle: Edge['handle'] = (dispatch) => {
    const app = ownApp(pages, dispatch);
    return (request, response) => {
      const passage = begin(request, response);
      const path = pathOf(request.url ?? '');
      const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
      const match = path === undefined ? NOWHERE : routes.match(method, path);
      const endpoint = match.found ? match.target : undefined;
      tellWhenOver(passage, endpoint, method);
      if (endpoint) {
        passage.dialect = endpoint.dialect;
        if (endpoint.deprecated) passage.headers.push(...deprecationHeaders(endpoint.deprecated));
        const answered =
          endpoint.service === 'gateway' ? answerOwn(passage, endpoint, app) : pass(passage, endpoint);
        answered.catch((error: unknown) => fail(passage, error));
        return;
      }
      const isNowhere = !match.found && match.allow.length === 0;
      if (isNowhere && method === 'GET' && path !== undefined && pages.has(path)) {
        handOver(passage, app);
        return;
      }
      turnAway(passage, match.found ? [] : match.allow).catch((error: unknown) => fail(passage, error));
    };
  };

  return {
    handle,
    authenticate: (request) => {
      const { caller, marks } = passageOf(request);
      return ownContext(caller, marks);
    },
    callerOf: (request) => passageOf(request).caller,
    addressOf: (request) => countedAddress(passageOf(request).address),
  };
}

const NOWHERE = { found: false, allow: [] } as const;
/** Health and documents are not counted: whoever looks after the platform must always see it. */
const isFree = (endpoint: Endpoint): boolean => endpoint.service === 'gateway' && endpoint.tag === 'Platform';
/** Whether a caller was turned away, rather than nobody being able to say who it is: that is no attempt of its address. */
const isAnswered = (error: unknown): boolean => error instanceof Refusal && error.status < 500;
/** Streams of answers go another way; a body on its way in is the plain path's business. */
const isStream = ({ kind, method }: Endpoint): boolean => kind === 'stream' && method === 'get';
const isOpenBreaker = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === 'EOPENBREAKER';

/** The headers of a request whose body is sent on in another form than it came. */
function describing(body: Buffer, given: IncomingHttpHeaders): IncomingHttpHeaders {
  const { 'content-encoding': _encoding, ...headers } = given;
  return {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(body.length),
  };
}

/** The way of streams has no frame for a body: none enters it. */
const bodyRefused = (): Refusal =>
  refuse('VALIDATION_ERROR', {
    text: { zh: '该接口不接受请求体', en: 'This endpoint takes no request body' },
    headers: { connection: 'close' },
  });

function requireRole(endpoint: Endpoint, { role, scopes }: Caller): void {
  if (!mayCall(endpoint.access, role)) throw refuse(role === 'anonymous' ? 'AUTH_001' : 'PERM_001');
  if (role === 'internal' && !endpoint.access.includes('public') && !scopes.includes(scopeOf(endpoint)))
    throw refuse('PERM_002', { details: { required_scope: scopeOf(endpoint) } });
}

function setHeaders(response: ServerResponse, list: readonly string[]): void {
  for (let index = 0; index < list.length; index += 2)
    response.setHeader(list[index] as string, list[index + 1] as string);
}

function sendRefusal({ request, response, marks, headers, dialect }: Passage, refusal: Refusal): void {
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
  for (const [name, value] of Object.entries(refusal.options.headers ?? {})) response.setHeader(name, value);
  response.writeHead(refusal.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
  // What is left of a body that was refused unread must not be taken for the next request.
  if (!request.complete) request.resume();
}
