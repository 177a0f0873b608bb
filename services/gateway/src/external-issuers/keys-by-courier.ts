/**
 * Keys of external issuers where the public entrance has no way out: the courier fetches them for it, by the same guard. Asked on
 * the courier's internal port, with a token under WEBHOOK_SECRET_KEY, which these two have.
 */
import { hkdfSync } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CONTEXT_HEADER } from '@membership/contracts/claims';
import type { HeldSecret } from '@membership/platform/held-secret';
import { contextKey, namesAnotherKey, signContext, verifyContext } from '@membership/platform/http/context';
import { createHttpServer, type HttpServer } from '@membership/platform/http/server';
import type { FetchKeys } from './fetch-keys.ts';
import type { PublicJwk } from './key-set.ts';

const PATH = '/internal/issuer-keys';
const LONGEST_URL = 4_096;
/** What one fetch may take, and the way. */
const TIMEOUT_MILLISECONDS = 7_000;
const CLAIMS = {
  aud: 'gateway',
  sub: 'system:gateway',
  uid: null,
  name: 'gateway',
  role: 'internal',
  tid: null,
  rid: 'issuer-keys',
  lang: 'en',
} as const;

/** The key of these requests, and no other: contexts of requests are signed with other secrets. */
const keysOf = (secret: HeldSecret) =>
  secret.of((value) =>
    contextKey(
      Buffer.from(hkdfSync('sha256', value, '', 'requests-to-the-courier', 32)).toString('base64url'),
    ),
  );

/** Fetches by the courier. Rejects with what it says is wrong. */
export function keysByCourier(url: string, secret: HeldSecret): FetchKeys {
  const keys = keysOf(secret);
  return {
    async fetch(uri) {
      const address = new URL(PATH, url);
      address.searchParams.set('uri', uri);
      const context = signContext(keys()[0], { ...CLAIMS, scopes: [] });
      const answer = await fetch(address, {
        headers: { [CONTEXT_HEADER]: context },
        signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
        redirect: 'error',
      }).catch((error: Error) => {
        const { code } = (error.cause ?? {}) as { code?: string };
        throw new Error(`the courier does not answer (${code ?? error.name})`, { cause: error });
      });
      const body = (await answer.json()) as { keys?: PublicJwk[]; message?: string };
      if (!body.keys) throw new Error(body.message ?? `the courier answered ${answer.status}`);
      return body.keys;
    },
    close: async () => undefined,
  };
}

/** The courier's side; whoever makes it listens and closes it. */
export function courierServer(fetcher: Pick<FetchKeys, 'fetch'>, secret: HeldSecret): HttpServer {
  const keys = keysOf(secret);
  const answer = async (request: IncomingMessage): Promise<[number, object]> => {
    // Not read as a URL, which what anybody may send need not be.
    const [path, query] = (request.url ?? '').split('?', 2);
    const context = request.headers[CONTEXT_HEADER];
    try {
      if (typeof context === 'string' && namesAnotherKey(keys(), context)) secret.learn();
      verifyContext(keys(), 'gateway', typeof context === 'string' ? context : undefined);
    } catch {
      return [401, { message: 'not asked by the gateway' }];
    }
    const uri = new URLSearchParams(query).get('uri') ?? '';
    if (request.method !== 'GET' || path !== PATH || !URL.canParse(uri) || uri.length > LONGEST_URL)
      return [404, { message: 'there is nothing here' }];
    try {
      return [200, { keys: await fetcher.fetch(uri) }];
    } catch (error) {
      return [502, { message: (error as Error).message }];
    }
  };
  return createHttpServer((request, response) => {
    void answer(request).then(([status, body]) => send(response, status, body));
  });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
}
