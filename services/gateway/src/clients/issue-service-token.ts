/** Service tokens by client credentials (RFC 6749 §4.4); its errors are the RFC's. */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { isStorable } from '@membership/contracts/characters';
import { isDecodable } from '@membership/platform/http/request-parts';
import type { TokenKeys } from '../tokens/token-keys.ts';
import { hashesOf, type ServiceClient } from '../domain/client.ts';
import type { ClientRepository } from './client-repository.ts';
import type { TenantRepository } from '../storage/tenant-repository.ts';
import { clientClaims } from '../tokens/access-token.ts';
import type { LoginFailureRepository } from '../credentials/login-failure-repository.ts';
import { guess } from '../credentials/guess.ts';
import { addressKey, clientKey } from '../credentials/login-failures.ts';
import type { Passwords } from '../credentials/passwords.ts';

export type IssueTools = {
  readonly clients: ClientRepository;
  readonly tenants: TenantRepository;
  readonly passwords: Passwords;
  readonly failures: LoginFailureRepository;
  readonly keys: TokenKeys;
  readonly seconds: number;
  readonly known: KnownSecrets;
};
export type TokenRequest = {
  readonly authorization: string | undefined;
  readonly parameters: Readonly<Record<string, unknown>> | null;
  readonly address: string;
  readonly now: Date;
};
export type TokenAnswer =
  | {
      readonly status: 200;
      readonly body: { access_token: string; token_type: 'Bearer'; expires_in: number; scope: string };
    }
  | {
      readonly status: 400 | 401 | 403 | 429;
      readonly body: { error: string; error_description: string };
      readonly headers?: Readonly<Record<string, string>>;
    };

/** Secrets that were proved before, so that a busy client does not cost an argon2 each time. Nothing to find in a memory dump but digests under a passing key. */
export class KnownSecrets {
  readonly #key = randomBytes(32);
  readonly #proved = new Map<string, string>();
  #digest(secretHash: string, secret: string): string {
    return createHmac('sha256', this.#key).update(`${secretHash}\0${secret}`).digest('base64');
  }
  isProved(secretHash: string, secret: string): boolean {
    return this.#proved.get(secretHash) === this.#digest(secretHash, secret);
  }
  remember(secretHash: string, secret: string): void {
    if (this.#proved.size >= 10_000) this.#proved.clear();
    this.#proved.set(secretHash, this.#digest(secretHash, secret));
  }
}

const failed = (status: 400 | 403, error: string, error_description: string): TokenAnswer => ({
  status,
  body: { error, error_description },
});
const BASIC = { 'www-authenticate': 'Basic realm="membership", charset="UTF-8"', pragma: 'no-cache' };
const invalidClient = (): TokenAnswer => ({
  status: 401,
  body: { error: 'invalid_client', error_description: 'The client is unknown or its secret is wrong' },
  headers: BASIC,
});

/** Proves a client and issues a token for the scopes that it asks for, out of those it has. */
export async function issueServiceToken(tools: IssueTools, request: TokenRequest): Promise<TokenAnswer> {
  const { parameters } = request;
  if (!parameters) return failed(400, 'invalid_request', 'Parameters are missing, doubled or no strings');
  const credentials = credentialsOf(request.authorization, parameters);
  if (credentials === 'twice') return failed(400, 'invalid_request', 'Name the client in one way only');
  if (parameters.grant_type === undefined) return failed(400, 'invalid_request', 'grant_type is missing');
  if (parameters.grant_type !== 'client_credentials')
    return failed(400, 'unsupported_grant_type', 'Only client_credentials is supported');
  if (credentials === null) return invalidClient();
  const client = await proveClient(tools, credentials, request);
  if (client === null) return invalidClient();
  if ('wait' in client)
    return {
      status: 429,
      body: {
        error: 'temporarily_unavailable',
        error_description: `Too many failures; try again in ${client.wait} seconds`,
      },
      headers: { 'retry-after': String(client.wait) },
    };
  const tenant = await tools.tenants.find(client.tenantId);
  if (!tenant?.isActive) return failed(403, 'unauthorized_client', 'The tenant is suspended');
  return grant(tools, client, parameters.scope, request.now);
}

function grant(
  { keys, seconds }: IssueTools,
  client: ServiceClient,
  wanted: unknown,
  now: Date,
): TokenAnswer {
  const scopes =
    typeof wanted !== 'string' || wanted === ''
      ? client.scopes
      : [...new Set(wanted.split(' ').filter(Boolean))];
  if (!scopes.every((scope) => client.scopes.includes(scope)))
    return failed(400, 'invalid_scope', `This client may have: ${client.scopes.join(' ')}`);
  const claims = clientClaims({
    clientId: client.id,
    issue: client.issue,
    tenantId: client.tenantId,
    scopes,
    tokenId: randomUUID(),
    now: Math.floor(now.getTime() / 1000),
    seconds,
  });
  return {
    status: 200,
    body: {
      access_token: keys.sign(claims),
      token_type: 'Bearer',
      expires_in: seconds,
      scope: scopes.join(' '),
    },
  };
}

async function proveClient(
  tools: IssueTools,
  { id, secret }: Credentials,
  { address, now }: TokenRequest,
): Promise<ServiceClient | { wait: number } | null> {
  const client = await tools.clients.findAnywhere(id);
  const hashes = client ? hashesOf(client, now) : [];
  if (client && hashes.some((hash) => tools.known.isProved(hash, secret))) return client;
  const keys = [clientKey(id, address), addressKey(address)];
  const guessed = await tools.passwords.inTurn(clientKey(id, address), () =>
    guess(tools.failures, { keys, now }, async () => {
      for (const hash of hashes)
        if (await tools.passwords.fitsSecret(hash, secret, client?.tenantId ?? null)) return hash;
      // Of a client that is not there it takes as long.
      if (hashes.length === 0) await tools.passwords.fitsSecret(null, secret, null);
      return null;
    }),
  );
  if (guessed.is === 'closed') return { wait: guessed.seconds };
  if (guessed.is === 'wrong') return null;
  tools.known.remember(guessed.proved, secret);
  return client;
}

type Credentials = { readonly id: string; readonly secret: string };
/** The client's credentials, out of HTTP Basic (form-encoded inside, RFC 6749 §2.3.1) or the body. */
function credentialsOf(
  authorization: string | undefined,
  { client_id: id, client_secret: secret }: Readonly<Record<string, unknown>>,
): Credentials | 'twice' | null {
  const basic = /^basic\s+([A-Za-z0-9+/=_-]+)$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined)
    return typeof id === 'string' && typeof secret === 'string' && id && secret ? { id, secret } : null;
  if (secret !== undefined) return 'twice';
  const [, name, password] = /^([^:]*):([\s\S]*)$/.exec(Buffer.from(basic, 'base64').toString('utf8')) ?? [];
  if (!name || !password || (id !== undefined && id !== decoded(name))) return null;
  return { id: decoded(name), secret: decoded(password) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** The parameters of a token request, out of a form or JSON; null for what is neither. Unknown ones are passed over. */
export function tokenParameters(body: unknown): Record<string, unknown> | null {
  if (typeof body === 'string') {
    if (!isDecodable(body)) return null;
    const form = new URLSearchParams(body);
    const names = [...form.keys()];
    const isPlain = [...form.values()].every(isStorable);
    return isPlain && new Set(names).size === names.length ? Object.fromEntries(form) : null;
  }
  if (body === undefined) return {};
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return null;
  const known = ['grant_type', 'client_id', 'client_secret', 'scope'].flatMap((name) =>
    Object.hasOwn(body, name) ? [[name, (body as Record<string, unknown>)[name]] as const] : [],
  );
  return known.every(([, value]) => typeof value === 'string' && isStorable(value))
    ? Object.fromEntries(known)
    : null;
}
