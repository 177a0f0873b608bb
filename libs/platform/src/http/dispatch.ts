/** From a request to an answer: finds the contract, asks who it is, reads and checks every part, runs the handler, renders the dialect. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connection } from 'mongoose';
import { CONTEXT_HEADER, type ContextClaims } from '@membership/contracts/claims';
import { renderAnswer, renderRefusal, type Page } from '@membership/contracts/dialects';
import { mayCall, scopeOf, wrongRole, type Dialect, type Endpoint } from '@membership/contracts/endpoint';
import { notFound, refuse } from '@membership/contracts/errors';
import { RouteTable } from '@membership/contracts/routes';
import { languageOf, say } from '@membership/contracts/text';
import {
  findAnswers,
  operationOf,
  replayOf,
  type FingerprintKeys,
  storeAnswers,
  type Operation,
  type StoredAnswer,
} from '../idempotency.ts';
import { withoutRows } from '../csv.ts';
import { until } from '../deadline.ts';
import { InTurn } from '../in-turn.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { actorOf, scopeOfContext, type TenantScope } from '../scope.ts';
import type { Transactions, UnitOfWork } from '../transaction.ts';
import { CommitUnknown, DeadlinePassed, isDuplicateKey } from '../transaction-failures.ts';
import { readBody } from './body.ts';
import { requestDurations } from './request-durations.ts';
import { Reply, reply, type Implementation, type Incoming, type RequestFacts } from './implement.ts';
import { headerOf, parseParts, parsePath, tenantFilter, urlOf } from './request-parts.ts';
import { toRefusal } from './to-refusal.ts';

type Route = Pick<Endpoint, 'method' | 'path'> & { readonly implementation: Implementation };
type Answered = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly written?: boolean;
  /** Media type of a body that is text already. */
  readonly type?: string;
};

export type DispatchOptions = {
  readonly implementations: readonly Implementation[];
  /** Who asks: the signed context in a service, the token in the gateway. Throws a refusal. */
  readonly authenticate: (request: IncomingMessage) => ContextClaims | Promise<ContextClaims>;
  readonly publicUrl: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly connection: Connection;
  readonly transactions: Transactions;
  /** Of the fingerprints of requests with an Idempotency-Key. */
  readonly fingerprintKeys: FingerprintKeys;
  /** Milliseconds within which a request is answered or refused, where the endpoint has no time of its own. */
  readonly writeDeadline: number;
  /** Dialect of errors before a contract is found. */
  readonly dialectOf?: (path: string) => Dialect;
};
type Own = DispatchOptions & { readonly turns: InTurn };
export type Dispatch = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void;

/** Milliseconds that a write's answer has for its way, where the endpoint says how long the gateway waits. */
const GATEWAY_MARGIN = 5_000;
/** Within so many milliseconds of its deadline a transaction is done, undone, or known to be unknown. */
const SETTLED_MS = 4_000;
/** Under which a write without a tenant keeps its Idempotency-Key. */
const NO_TENANT = 0;
const NO_TENANT_FILTER = { mine: true } as const;
const NO_QUERY = new URLSearchParams();

/** Builds the request function of a process. With `next`, a path that no contract names goes on to it. */
export function createDispatch(given: DispatchOptions): Dispatch {
  const options: Own = { ...given, turns: new InTurn() };
  const routes = new RouteTable<Route>(
    options.implementations.map((implementation) => ({
      method: implementation.endpoint.method,
      path: implementation.endpoint.path,
      implementation,
    })),
  );
  const observe = requestDurations(options.metrics);
  const inFlight = options.metrics.gauge('http_requests_in_flight', 'Requests being answered');

  return (request, response, next) => {
    const path = (request.url ?? '/').split('?', 1)[0] as string;
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
    const match = routes.match(method, path);
    if (!match.found && match.allow.length === 0 && next) {
      next();
      return;
    }
    const started = process.hrtime.bigint();
    const endpoint = match.found ? match.target.implementation.endpoint : undefined;
    const facts = {
      id: headerOf(request, 'x-request-id')?.slice(0, 128) ?? randomUUID(),
      language: languageOf(headerOf(request, 'accept-language')),
      now: new Date(),
    };
    const dialect = endpoint?.dialect ?? options.dialectOf?.(path) ?? 'drf';
    inFlight.inc();
    response.on('close', () => {
      inFlight.dec();
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      observe(method, endpoint?.path ?? 'unknown', response.statusCode, seconds);
      const isFailed = response.statusCode >= 500;
      if (!isFailed && !options.logger.isLevelEnabled('debug')) return;
      const line = {
        requestId: response.getHeader('x-request-id'),
        method,
        route: endpoint?.path ?? path.slice(0, 200),
        status: response.statusCode,
        ms: Math.round(seconds * 1e4) / 10,
      };
      if (isFailed) options.logger.error(line, 'request failed');
      else options.logger.debug(line, 'request');
    });
    const work = match.found
      ? answer(options, match.target.implementation, match.params, request, response, facts)
      : Promise.reject(
          match.allow.length > 0
            ? refuse('METHOD_NOT_ALLOWED', {
                headers: { allow: match.allow.join(', ') },
                details: { allowed: match.allow },
              })
            : notFound(),
        );
    work.then(
      (answered) => answered.written || send(request, response, facts.id, answered),
      (error: unknown) => {
        if (response.destroyed) return;
        const refusal = toRefusal(error);
        if (refusal.status >= 500)
          options.logger.error(
            { err: error, requestId: facts.id, route: endpoint?.path },
            'unexpected error',
          );
        if (response.headersSent) response.destroy();
        else
          send(request, response, facts.id, {
            status: refusal.status,
            body: renderRefusal(dialect, refusal, { ...facts, requestId: facts.id }),
            headers: refusal.headers,
          });
      },
    );
  };
}

async function answer(
  options: Own,
  implementation: Implementation,
  rawParams: Record<string, string>,
  request: IncomingMessage,
  response: ServerResponse,
  early: Pick<RequestFacts, 'id' | 'language' | 'now'>,
): Promise<Answered> {
  const { endpoint } = implementation;
  const claims = await options.authenticate(request);
  if (!mayCall(endpoint.access, claims.role)) throw wrongRole(endpoint.access, claims.role);
  if (
    claims.role === 'internal' &&
    !claims.scopes.includes(scopeOf(endpoint)) &&
    !endpoint.access.includes('public')
  )
    throw refuse('PERM_002', { details: { required_scope: scopeOf(endpoint) } });
  const scope = scopeOfContext(claims, headerOf(request, 'traceparent'), headerOf(request, CONTEXT_HEADER));
  if (implementation.needsTenant && !scope)
    throw refuse('TENANT_REQUIRED', { details: { header: 'X-Tenant-ID' } });
  const params = parsePath(endpoint, rawParams);
  const target = request.url ?? '/';
  // A path that a contract names is plain: without a query there is nothing to look at, and few need the URL.
  let url = target.includes('?') ? urlOf(target, options.publicUrl) : undefined;
  const search = url?.searchParams ?? NO_QUERY;
  const narrowed = endpoint.kind === 'list' ? tenantFilter(search, scope?.tenantId) : NO_TENANT_FILTER;
  const read = await readBody(endpoint, request, response);
  const { query, body } = parseParts(endpoint, search, read.parsed);
  const http: RequestFacts = {
    id: claims.rid,
    language: claims.lang,
    now: early.now,
    deadline: performance.now() + timeOf(endpoint, options.writeDeadline),
    get url() {
      return (url ??= urlOf(target, options.publicUrl));
    },
    headers: request.headers,
    actor: actorOf(claims),
    raw: { request, response, body: read.raw, encoding: read.encoding },
  };
  const incoming: Incoming = { scope, http, params, query, body };
  response.setHeader('x-request-id', claims.rid);
  const render = (value: unknown) => rendered(endpoint, value, http, query);
  if (!narrowed.mine)
    return endpoint.beside
      ? run(options, implementation, incoming, (value) => render(noneOf(value)))
      : render({ items: [], count: 0 } satisfies Page<never>);
  if (endpoint.kind === 'stream') {
    if (implementation.run.kind !== 'plain')
      throw new Error(`${endpoint.name}: a stream must be implemented plainly`);
    // What has begun is the reader's time, not the store's.
    const late = () => (response.headersSent ? undefined : new DeadlinePassed());
    await until(http.deadline, implementation.run.handle(incoming), late);
    return { status: 200, body: undefined, written: true };
  }
  return run(options, implementation, incoming, render);
}

/** A list that nothing matches: what is said of the list stays, sums are of nothing; a table has its line of names alone. */
function noneOf(given: unknown): Page<never> | Reply<Page<never>> {
  if (!(given instanceof Reply)) return noneIn(given as Page<unknown>);
  const { document, ...options } = given.options;
  const none = document && { document: { ...document, text: withoutRows(document.text) } };
  return reply(noneIn(given.value as Page<unknown>), { ...options, ...none });
}
function noneIn({ beside = {} }: Page<unknown>): Page<never> {
  const { summary, ...said } = beside as { summary?: Readonly<Record<string, unknown>> };
  const sums = Object.entries(summary ?? {}).filter(([, sum]) => typeof sum === 'number');
  const nothing = Object.fromEntries(sums.map(([name]) => [name, 0]));
  return { items: [], count: 0, beside: summary ? { ...said, summary: nothing } : said };
}

async function run(
  options: Own,
  implementation: Implementation,
  incoming: Incoming,
  render: (value: unknown) => Answered,
): Promise<Answered> {
  const { run: how, endpoint } = implementation;
  const { scope, http } = incoming;
  const late = () => new DeadlinePassed();
  if (how.kind === 'plain') {
    const isRead = endpoint.method === 'get';
    const work = how.handle(incoming);
    // A write that takes care of its transactions knows of its time; what hangs besides may have written before.
    const value = isRead
      ? until(http.deadline, work, late)
      : until(http.deadline + SETTLED_MS, work, () => new CommitUnknown(undefined));
    return render(await value);
  }
  if (!scope && (implementation.needsTenant || how.kind === 'grouped')) throw refuse('TENANT_REQUIRED');
  const key = headerOf(http.raw.request, 'idempotency-key');
  const operation =
    key === undefined
      ? undefined
      : operationOf(
          options.fingerprintKeys,
          scope ?? { tenantId: NO_TENANT, actor: http.actor },
          key,
          endpoint.method,
          http.url.pathname,
          http.raw.body,
        );
  const isGone = () => http.raw.response.destroyed;
  if (how.kind === 'grouped') {
    const command = await until(http.deadline, how.command(incoming), late);
    const settled = await how.group
      .submit({
        scope: scope as TenantScope,
        command,
        operation,
        answer: (outcome) => stored(render(how.view(outcome, incoming))),
        deadline: http.deadline,
        isGone,
      })
      .catch(sayWhenToRepeat(operation));
    return 'replayed' in settled ? replayed(settled.replayed) : render(how.view(settled.outcome, incoming));
  }
  const ready = how.prepare
    ? await until(http.deadline, prepared(options, how.prepare, incoming, operation), late)
    : incoming;
  const write = async (): Promise<Answered> => {
    for (let attempt = 1; ; attempt++)
      try {
        // It may have waited for its turn.
        if (isGone()) throw refuse('SYS_002');
        return await writeOnce(options, how.handle, ready, operation, render);
      } catch (error) {
        // The loser of a race for one key: the winner's answer is there now.
        if (!isDuplicateKey(error) || attempt === 3) throw error;
      }
  };
  return (
    how.inTurn ? options.turns.run(`${scope?.tenantId ?? NO_TENANT}:${how.inTurn(incoming)}`, write) : write()
  ).catch(sayWhenToRepeat(operation));
}

/** A write is refused, or known to be unknown, before the gateway stops waiting for its answer. */
const timeOf = ({ timeoutSeconds }: Endpoint, usual: number): number =>
  timeoutSeconds === undefined ? usual : timeoutSeconds * 1_000 - GATEWAY_MARGIN;

/** Under a key the request may be repeated, whatever became of it; without one, only after a look. */
const sayWhenToRepeat =
  (operation: Operation | undefined) =>
  (error: unknown): never => {
    if (!operation || !(error instanceof CommitUnknown)) throw error;
    throw refuse('OUTCOME_UNKNOWN', { cause: error, headers: { 'retry-after': '2' } });
  };

/** The request with what its handler needs from before the transaction, unless its key has an answer already. */
async function prepared(
  { connection }: DispatchOptions,
  prepare: (request: Incoming) => Promise<unknown>,
  incoming: Incoming,
  operation: Operation | undefined,
): Promise<Incoming> {
  const known = operation && (await findAnswers(connection, [operation]));
  return known?.size ? incoming : { ...incoming, prepared: await prepare(incoming) };
}

async function writeOnce(
  options: DispatchOptions,
  handle: Extract<Implementation['run'], { kind: 'write' }>['handle'],
  incoming: Incoming,
  operation: Operation | undefined,
  render: (value: unknown) => Answered,
): Promise<Answered> {
  const { connection, transactions } = options;
  const once = async (unit: UnitOfWork): Promise<Answered> => {
    const known = operation && (await findAnswers(connection, [operation], unit.session)).get(operation.id);
    if (operation && known) return replayed(replayOf(operation, known));
    const value = await handle(incoming, unit);
    const answered = render(value);
    const repeated =
      value instanceof Reply && 'repeated' in value.options
        ? render(reply(value.options.repeated, value.options))
        : answered;
    if (operation) await storeAnswers(connection, [{ operation, answer: stored(repeated) }], unit.session);
    return answered;
  };
  return transactions.run(once, { deadline: incoming.http.deadline });
}

const stored = ({ status, body }: Answered): StoredAnswer => ({ status, body });
const replayed = (answer: StoredAnswer): Answered => ({
  ...answer,
  headers: { 'idempotent-replayed': 'true' },
});

function rendered(endpoint: Endpoint, given: unknown, http: RequestFacts, query: unknown): Answered {
  const { value, options } =
    given instanceof Reply ? given : { value: given, options: {} as Reply<unknown>['options'] };
  if (options.document) return documentOf(options.document);
  const text = options.message ?? endpoint.message;
  const { page, page_size, limit } = (query ?? {}) as { page?: number; page_size?: number; limit?: number };
  const body =
    endpoint.kind === 'empty'
      ? undefined
      : renderAnswer(
          endpoint.dialect,
          {
            kind: endpoint.kind,
            value,
            ...(text ? { message: say(text, http.language, options.params) } : {}),
            ...(page === undefined ? {} : { page: { number: page, size: page_size ?? limit ?? 20 } }),
            ...(endpoint.itemsKey === undefined ? {} : { itemsKey: endpoint.itemsKey }),
          },
          {
            language: http.language,
            requestId: http.id,
            now: options.answeredAt ?? http.now,
            get url() {
              return http.url;
            },
          },
        );
  const status = options.status ?? endpoint.status ?? (endpoint.kind === 'empty' ? 204 : 200);
  return { status, body, ...(options.headers ? { headers: options.headers } : {}) };
}

const documentOf = ({
  type,
  text,
  fileName,
}: NonNullable<Reply<unknown>['options']['document']>): Answered => ({
  status: 200,
  body: text,
  type,
  ...(fileName === undefined
    ? {}
    : { headers: { 'content-disposition': `attachment; filename="${fileName}"` } }),
});

function send(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  { status, body, headers, type }: Answered,
): void {
  if (!response.hasHeader('x-request-id')) response.setHeader('x-request-id', requestId);
  // A stored answer without a body comes back as null: 204 has neither body nor length.
  const written = type === undefined ? JSON.stringify(body) : String(body);
  const text = body === undefined || status === 204 ? undefined : written;
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  if (text === undefined) {
    response.writeHead(status).end();
    return;
  }
  response.writeHead(status, {
    'content-type': type ?? 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : text);
  // What is left of a body that was refused unread must not be taken for the next request.
  if (!request.complete) request.resume();
}
