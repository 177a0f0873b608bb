import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './api.generated.ts';
import { createSender } from './sender.ts';
import { createSession, type Credentials, type Tokens } from './session.ts';

export type ClientOptions = {
  /** Where the gateway is, for instance `http://localhost:8000`; in a browser, `''` is where the page comes from. */
  readonly baseUrl: string;
  /** Who calls. Left out: nobody; what is public answers all the same. */
  readonly credentials?: Credentials;
  /** The language of sentences. Default `en`. */
  readonly language?: 'en' | 'zh';
  /** A platform administrator names the tenant, by id or code. */
  readonly tenant?: string | number;
  /** How often a request is sent at most when the answer is lost or says to come again. Default 4. */
  readonly attempts?: number;
  /** Told of new tokens, so that they can be kept: a refresh token works once. */
  readonly onTokens?: (tokens: Tokens) => void;
  readonly fetch?: typeof fetch;
};

/** `GET`, `POST`, `PUT`, `PATCH` and `DELETE`, each with the paths, parameters, bodies and answers of the platform. */
export type MembershipClient = Client<paths>;

function withoutSlash(baseUrl: unknown): string {
  if (typeof baseUrl === 'string') return baseUrl.replace(/\/+$/, '');
  throw new TypeError(
    'createMembershipClient needs baseUrl: where the gateway is, for instance "http://localhost:8000" (in a browser, "" is where the page comes from)',
  );
}

/**
 * A client that logs in when it has to, renews its tokens, gives each write an `Idempotency-Key`, and sends again what got lost.
 * A call answers `{ data, error, response }`; `must` makes it answer the data or throw. Throws a TypeError without a `baseUrl`.
 */
export function createMembershipClient(options: ClientOptions): MembershipClient {
  const baseUrl = withoutSlash(options?.baseUrl);
  const plain = options.fetch ?? fetch;
  const language = options.language ?? 'en';
  const session = createSession({ ...options, baseUrl, language }, plain);
  const send = createSender({ fetch: plain, session, attempts: options.attempts ?? 4 });
  return createClient<paths>({
    baseUrl,
    headers: {
      'Accept-Language': language,
      ...(options.tenant === undefined ? {} : { 'X-Tenant-ID': String(options.tenant) }),
    },
    fetch: send,
  });
}
