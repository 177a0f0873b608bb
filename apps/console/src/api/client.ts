/** Calls of the API, in the caller's name, for the tenant that the page is about. What each takes and answers is typed in use-api.ts. */
import createClient, { type Client } from 'openapi-fetch';
import { must } from '@membership/client';
import { languageNow } from '../preferences.ts';
import { session } from '../session/session.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
export type PathParams = Readonly<Record<string, string | number>>;
export type QueryParams = Readonly<Record<string, string | number | boolean | undefined>>;
/** What goes with a call. */
export type Call = {
  readonly params?: { readonly path?: PathParams; readonly query?: QueryParams };
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** How an answer that is no JSON is read. */
  readonly parseAs?: 'text' | 'stream' | 'blob';
};
type Operation = {
  parameters: { path?: PathParams; query?: QueryParams };
  requestBody?: { content: { 'application/json': unknown } };
  responses: { 200: { content: { 'application/json': unknown } } };
};
type AnyPaths = { [path: string]: { [M in Method]: Operation } };

/** A call, and what it answered. Rejects with a MembershipError when it was refused. */
export type Api = <Answer>(method: Method, path: string, call: Call) => Promise<Answer>;

async function send(request: Request, tenant: string | null): Promise<Response> {
  request.headers.set('Accept-Language', languageNow());
  if (tenant !== null) request.headers.set('X-Tenant-ID', tenant);
  const token = await session.token();
  const asked = (text: string) => {
    const copy = request.clone();
    copy.headers.set('Authorization', `Bearer ${text}`);
    return fetch(copy);
  };
  const answer = await asked(token);
  // Ended elsewhere, or by the clock of the other side: renewed once. The request was not done, and is repeated as it was.
  return answer.status === 401 ? asked(await session.token(token)) : answer;
}

/** Text goes as it is, for what takes a file; everything else as JSON. */
const bodySerializer = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));
const callWith =
  (client: Client<AnyPaths>): Api =>
  async <Answer>(method: Method, path: string, call: Call) => {
    const answer: unknown = await must(client.request(method, path, call));
    // Here alone what came over the wire is taken for what the document says of it.
    return answer as Answer;
  };
const known = new Map<string | null, Api>();
/** Calls for one tenant's data; null: the caller's own, or the platform itself. */
export function apiFor(tenant: string | null): Api {
  let api = known.get(tenant);
  if (!api) {
    const fetch = (request: Request) => send(request, tenant);
    api = callWith(createClient<AnyPaths>({ baseUrl: location.origin, fetch, bodySerializer }));
    known.set(tenant, api);
  }
  return api;
}
