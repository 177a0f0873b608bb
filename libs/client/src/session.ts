import type { operations } from './api.generated.ts';
import { errorOf, MembershipError } from './errors.ts';

/** A person. `code` is asked for a code of the second factor, or a recovery code, whenever a login needs one. */
type Person = {
  readonly username: string;
  readonly password: string;
  readonly tenant?: string | number;
  readonly code?: () => string | Promise<string>;
};
/**
 * Who calls: a person by name and password, or by a refresh token that was kept; another system by its client credentials;
 * or a token that somebody else looks after.
 */
export type Credentials =
  | Person
  | { readonly refreshToken: string }
  | { readonly clientId: string; readonly clientSecret: string; readonly scope?: string }
  | { readonly token: string };

export type Tokens = { readonly accessToken: string; readonly refreshToken?: string };

export type Session = {
  /** A token that lasts a while yet; undefined without credentials. */
  token(): Promise<string | undefined>;
  /** Gets another one in the place of this one, which was refused. False where there is no other. */
  renew(refused: string): Promise<boolean>;
};

type Answer<Name extends keyof operations> = operations[Name]['responses'] extends {
  200: { content: { 'application/json': infer Body } };
}
  ? Body
  : never;
type Held = Tokens & { readonly renewAt: number };

/** Renewed so long before its end, for clocks and ways. */
const AHEAD_MS = 30_000;

/** What the second step of a login begins with; undefined where the refusal asks for none, or the person has none to give. */
function challengeIn(error: unknown): string | undefined {
  if (!(error instanceof MembershipError) || error.code !== 'SECOND_FACTOR_REQUIRED') return undefined;
  const { challenge_token, is_enrolled } = error.details;
  return is_enrolled === true && typeof challenge_token === 'string' ? challenge_token : undefined;
}

export function createSession(
  options: {
    baseUrl: string;
    language: string;
    credentials?: Credentials;
    onTokens?: (tokens: Tokens) => void;
  },
  send: typeof fetch,
): Session {
  const { baseUrl, language, credentials } = options;
  let held: Held | undefined =
    credentials && 'token' in credentials
      ? { accessToken: credentials.token, renewAt: Number.POSITIVE_INFINITY }
      : undefined;
  let renewal: Promise<Held> | undefined;

  async function post<Body>(path: string, body: unknown): Promise<Body> {
    const response = await send(`${baseUrl}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Accept-Language': language },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw errorOf(response, await response.json().catch(() => undefined));
    return (await response.json()) as Body;
  }

  function keep(access_token: string, expires_in: number, refresh_token?: string): Held {
    const lasts = Math.max(expires_in * 1000 - AHEAD_MS, (expires_in * 1000) / 2);
    held = {
      accessToken: access_token,
      renewAt: Date.now() + lasts,
      ...(refresh_token === undefined ? {} : { refreshToken: refresh_token }),
    };
    const { renewAt: _, ...tokens } = held;
    options.onTokens?.(tokens);
    return held;
  }

  async function refreshed(refresh_token: string): Promise<Held> {
    const { data } = await post<Answer<'refreshSession'>>('/api/v1/auth/refresh/', { refresh_token });
    return keep(data.access_token, data.expires_in, data.refresh_token);
  }

  async function loggedIn(): Promise<Held> {
    if (!credentials || 'token' in credentials) throw new Error('There is nothing to log in with');
    if ('refreshToken' in credentials) return refreshed(credentials.refreshToken);
    if ('clientId' in credentials) {
      const { clientId: client_id, clientSecret: client_secret, scope } = credentials;
      const asked = {
        grant_type: 'client_credentials',
        client_id,
        client_secret,
        ...(scope ? { scope } : {}),
      };
      const answer = await post<Answer<'issueServiceToken'>>('/api/v1/auth/token/', asked);
      return keep(answer.access_token, answer.expires_in);
    }
    const { data } = await asPerson(credentials);
    return keep(data.access_token, data.expires_in, data.refresh_token);
  }

  async function asPerson({ code, ...person }: Person): Promise<Answer<'login'>> {
    try {
      return await post<Answer<'login'>>('/api/v1/auth/login/', person);
    } catch (error) {
      const challenge_token = challengeIn(error);
      if (!code || challenge_token === undefined) throw error;
      const body = { challenge_token, code: await code() };
      return post<Answer<'logInWithSecondFactor'>>('/api/v1/auth/login/second-factor/', body);
    }
  }

  /** Many requests that find their token ended get one new one together. */
  function another(): Promise<Held> {
    const refreshToken = held?.refreshToken;
    renewal ??= (refreshToken === undefined ? loggedIn() : refreshed(refreshToken).catch(again)).finally(
      () => {
        renewal = undefined;
      },
    );
    return renewal;
  }

  /** A session that was ended elsewhere is begun anew by who knows the password; one that goes on is not. */
  function again(error: unknown): Promise<Held> {
    const isOver = error instanceof MembershipError && error.status === 401;
    if (isOver && credentials && 'password' in credentials) return loggedIn();
    throw error;
  }

  return {
    async token() {
      if (!credentials) return undefined;
      return (held && Date.now() < held.renewAt ? held : await another()).accessToken;
    },
    async renew(refused) {
      if (!credentials || 'token' in credentials) return false;
      if (held?.accessToken === refused) await another();
      return true;
    },
  };
}
