/** A typed client read from the contracts: tests, the demo and tools call endpoints by their record. */
import type { CallOf, Endpoint, ItemOf, KindOf, ResultOf } from './endpoint.ts';
import { pathFor } from './routes.ts';

export type ClientOptions = {
  readonly baseUrl: string;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fetch?: typeof fetch;
};
// oxlint-disable-next-line typescript/no-explicit-any -- the body of any dialect, errors included, for a test to look into
export type ClientAnswer = { readonly status: number; readonly headers: Headers; readonly body: any };
type Parts = { params?: Record<string, string | number>; query?: Record<string, unknown>; body?: unknown };
export type CallExtras = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
};
type Result<E> =
  KindOf<E> extends 'list'
    ? { items: ResultOf<E>[]; count: number }
    : KindOf<E> extends 'empty'
      ? undefined
      : ResultOf<E>;

/** An answer outside 2xx that `ask` did not expect. */
export class ClientError extends Error {
  readonly answer: ClientAnswer;
  constructor(call: string, answer: ClientAnswer) {
    super(`${call} answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 500)}`);
    this.name = 'ClientError';
    this.answer = answer;
  }
}

export type Client = {
  /** Calls an endpoint and returns status, headers and the whole body, refusals too. */
  call<E extends Endpoint>(one: E, parts: CallOf<E>, extras?: CallExtras): Promise<ClientAnswer>;
  /** Calls an endpoint and returns what is inside the dialect's envelope. Throws ClientError on a refusal. */
  ask<E extends Endpoint>(one: E, parts: CallOf<E>, extras?: CallExtras): Promise<Result<E>>;
  /** Any request at all, for tests of what the contracts do not allow. */
  send(
    method: string,
    path: string,
    init?: { body?: unknown; headers?: Record<string, string>; raw?: string | Uint8Array },
  ): Promise<ClientAnswer>;
  /** The same client with another token or further headers. */
  as(token: string | undefined, headers?: Readonly<Record<string, string>>): Client;
};

export function createClient(options: ClientOptions): Client {
  const fetcher = options.fetch ?? fetch;
  const head = (): Record<string, string> => ({
    ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
    ...options.headers,
  });
  async function request(
    method: string,
    path: string,
    body: unknown,
    raw: string | Uint8Array | undefined,
    extras: CallExtras,
  ): Promise<ClientAnswer> {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetcher(new URL(path, options.baseUrl), {
      method: method.toUpperCase(),
      redirect: 'manual',
      headers: {
        ...head(),
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...extras.headers,
      },
      ...(payload === undefined ? {} : { body: payload as RequestInit['body'] & string }),
      ...(extras.signal ? { signal: extras.signal } : {}),
    });
    const text = await response.text();
    const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
    };
  }
  const client: Client = {
    async call(one, parts, extras = {}) {
      const { params, query, body } = parts as Parts;
      const search = new URLSearchParams();
      for (const [key, value] of Object.entries(query ?? {}))
        if (value !== undefined && value !== null)
          search.set(key, String(value as string | number | boolean));
      const tail = search.size > 0 ? `?${search}` : '';
      return request(one.method, pathFor(one.path, params) + tail, body, undefined, extras);
    },
    async ask(one, parts, extras) {
      const answer = await client.call(one, parts, extras);
      if (answer.status >= 300) throw new ClientError(`${one.method.toUpperCase()} ${one.path}`, answer);
      return unwrap(one, answer.body) as Result<typeof one>;
    },
    send: (method, path, init = {}) =>
      request(method, path, init.body, init.raw, init.headers ? { headers: init.headers } : {}),
    as: (token, headers) => createClient({ ...options, token, headers: { ...options.headers, ...headers } }),
  };
  return client;
}

/** Takes the envelope of the endpoint's dialect off. */
function unwrap(one: Endpoint, body: ClientAnswer['body']): unknown {
  if (one.kind === 'empty') return undefined;
  if (one.kind === 'bare' || one.kind === 'stream') return body;
  const inner = one.dialect === 'drf' ? body : body.data;
  if (one.kind !== 'list') return inner;
  const items = one.dialect === 'code' ? inner[one.itemsKey ?? 'results'] : inner.results;
  const count =
    one.dialect === 'app' || one.dialect === 'code'
      ? (inner.pagination.count ?? inner.pagination.total)
      : inner.count;
  return { items, count };
}
export type { ItemOf };
