/** Calls of the API: typed by its document, in the caller's name, for the tenant that the page is about. */
import createClient, { type Client } from 'openapi-fetch';
import type { paths } from '@membership/client';
import { languageNow } from '../preferences.ts';
import { session } from '../session/session.ts';

export type Api = Client<paths>;

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

const clients = new Map<string | null, Api>();
/** A client for one tenant's data; null: the caller's own, or the platform itself. */
export function apiFor(tenant: string | null): Api {
  let api = clients.get(tenant);
  if (!api) {
    api = createClient<paths>({ baseUrl: location.origin, fetch: (request) => send(request, tenant) });
    clients.set(tenant, api);
  }
  return api;
}
