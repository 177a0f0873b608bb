/**
 * The session: the access token lives in memory, the refresh token in a cookie that no script reads. All tabs renew it in turn,
 * and leave together.
 */
import { useSyncExternalStore } from 'react';
import createClient from 'openapi-fetch';
import { MembershipError, must, type SignedInBrowser, type operations, type paths } from '@membership/client';
import { languageNow } from '../preferences.ts';

type Credentials = operations['logInBrowser']['requestBody']['content']['application/json'];
export type Who = Pick<SignedInBrowser, 'user' | 'tenant'>;
export type Session =
  | { readonly kind: 'starting' }
  | { readonly kind: 'out' }
  | { readonly kind: 'in'; readonly who: Who }
  /** It ended while one was at work: the page stays, and with it what was typed. */
  | { readonly kind: 'over'; readonly who: Who };

/** Says that a session may be open here, so that who was never here is not asked for. It is no secret. */
const HINT = 'membership.session';
const AHEAD_MS = 30_000;
const door = createClient<paths>({
  baseUrl: location.origin,
  headers: { 'X-Requested-With': 'console' },
  fetch: (request) => {
    request.headers.set('Accept-Language', languageNow());
    return fetch(request);
  },
});

let current: Session = localStorage.getItem(HINT) ? { kind: 'starting' } : { kind: 'out' };
let token: { readonly text: string; readonly renewAt: number } | undefined;
const listeners = new Set<() => void>();
const others = new BroadcastChannel(HINT);

function become(next: Session): void {
  current = next;
  for (const listener of listeners) listener();
}
function keep({ access_token, expires_in, ...who }: SignedInBrowser): void {
  token = {
    text: access_token,
    renewAt: Date.now() + Math.max(expires_in * 1_000 - AHEAD_MS, (expires_in * 1_000) / 2),
  };
  localStorage.setItem(HINT, 'open');
  become({ kind: 'in', who: { user: who.user, tenant: who.tenant } });
}
function end(): void {
  token = undefined;
  localStorage.removeItem(HINT);
  become(
    current.kind === 'in' || current.kind === 'over' ? { kind: 'over', who: current.who } : { kind: 'out' },
  );
}

function take({ data }: { data: SignedInBrowser }): void {
  const before = current.kind === 'over' ? current.who : undefined;
  keep(data);
  // What somebody else left open on the page is not for the next one's eyes.
  if (before !== undefined && before.user.id !== data.user.id) location.assign('/admin/');
}

/** The session has ended: whoever asked may ask again once somebody has signed in. */
export class SessionOver extends Error {
  override readonly name = 'SessionOver';
}

let renewal: Promise<string> | undefined;
async function renew(): Promise<string> {
  const ask = async () => {
    const { data } = await must(door.POST('/api/v1/auth/browser/refresh/', { body: {} }));
    keep(data);
    return data.access_token;
  };
  try {
    // In turn over all tabs: each takes the cookie that the one before was given.
    return navigator.locks ? await navigator.locks.request(HINT, ask) : await ask();
  } catch (error) {
    if (error instanceof MembershipError && (error.status === 401 || error.status === 403)) {
      end();
      throw new SessionOver(error.message, { cause: error });
    }
    throw error;
  }
}

export const session = {
  /** A token that lasts a while yet. Many who ask get one new one together. */
  token(refused?: string): Promise<string> | string {
    if (current.kind === 'over' || current.kind === 'out') throw new SessionOver();
    if (token && token.text !== refused && Date.now() < token.renewAt) return token.text;
    return (renewal ??= renew().finally(() => {
      renewal = undefined;
    }));
  },
  /** Takes up a session of this browser; nothing is asked where there can be none. */
  async resume(): Promise<void> {
    if (current.kind === 'starting')
      await Promise.resolve(session.token()).catch((error: unknown) => {
        if (!(error instanceof SessionOver)) become({ kind: 'out' });
      });
  },
  /** Refused as the platform refuses it: a MembershipError, SECOND_FACTOR_REQUIRED among them. */
  async signIn(credentials: Credentials): Promise<void> {
    take(await must(door.POST('/api/v1/auth/browser/login/', { body: credentials })));
  },
  /** The second step, with the token that SECOND_FACTOR_REQUIRED brought. */
  async prove(challenge_token: string, code: string): Promise<void> {
    take(
      await must(door.POST('/api/v1/auth/browser/login/second-factor/', { body: { challenge_token, code } })),
    );
  },
  async signOut(): Promise<void> {
    await must(door.POST('/api/v1/auth/browser/logout/', { body: {} }));
    others.postMessage('left');
    leave();
  },
};

/** A second factor for who may not sign in without one: its secret, by the token of the login that asked for it. */
export const enrolment = Object.assign(
  async (challenge_token: string) =>
    (await must(door.POST('/api/v1/auth/second-factor/', { body: { challenge_token } }))).data,
  {
    /** Turns it on; answers the recovery codes. */
    async confirm(challenge_token: string, code: string): Promise<readonly string[]> {
      const { data } = await must(
        door.POST('/api/v1/auth/second-factor/confirm/', { body: { challenge_token, code } }),
      );
      // The session that comes with it keeps its refresh token where scripts read it: ended, and begun anew by the cookie.
      const headers = { Authorization: `Bearer ${data.session?.access_token}` };
      if (data.session) await door.POST('/api/v1/auth/logout/', { headers, body: {} }).catch(() => undefined);
      return data.recovery_codes;
    },
  },
);

/** Nothing of it stays on the page. */
function leave(): void {
  token = undefined;
  localStorage.removeItem(HINT);
  location.assign('/admin/');
}
others.addEventListener('message', leave);

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const useSession = (): Session => useSyncExternalStore(subscribe, () => current);
