import { errorOf } from './errors.ts';
import type { Session } from './session.ts';

/** The service behind the gateway did not answer, or asks for patience: another try may be all it takes. */
const COME_AGAIN: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

/** Waits, and no longer than the request is wanted. */
function pause(ms: number, { signal }: Request): Promise<void> {
  return new Promise((done, failed) => {
    const end = () => {
      clearTimeout(timer);
      failed(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end);
      done();
    }, ms);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}

/** A random key, also where a page without TLS has no `crypto.randomUUID`. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Milliseconds until the next try: what the answer asks for, else twice as long each time, scattered. */
function pauseAfter(attempt: number, response?: Response): number {
  const asked = Number(response?.headers.get('Retry-After') ?? Number.NaN);
  return Number.isFinite(asked) ? asked * 1000 : FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random());
}

/** Whether a 401 is of the token: AUTH_001 is of what else was shown (a code, a password, a signature), and a second try would count. */
async function isOfToken(response: Response): Promise<boolean> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return errorOf(response, body).code !== 'AUTH_001';
}

/**
 * Sends requests with a token and, if they write, an `Idempotency-Key`. What is lost, or told to come again, is sent again under
 * the same key, so that it is done once; a token that ended on the way is renewed once.
 */
export function createSender({
  fetch,
  session,
  attempts,
}: {
  fetch: typeof globalThis.fetch;
  session: Session;
  attempts: number;
}): (request: Request) => Promise<Response> {
  async function patiently(request: Request): Promise<Response> {
    // Without a token a write has no key that the platform would know it by.
    const isRepeatable = request.method === 'GET' || request.headers.has('Authorization');
    for (let attempt = 1; ; attempt++) {
      const isLast = !isRepeatable || attempt >= attempts;
      let wait: number;
      try {
        const response = await fetch(request.clone());
        if (isLast || !COME_AGAIN.has(response.status)) return response;
        wait = pauseAfter(attempt, response);
        if (wait > LONGEST_PAUSE_MS) return response;
        // What nobody reads would keep its connection.
        await response.body?.cancel();
      } catch (error) {
        if (isLast || request.signal.aborted) throw error;
        wait = pauseAfter(attempt);
      }
      await pause(wait, request);
    }
  }

  return async (request) => {
    if (request.method !== 'GET' && !request.headers.has('Idempotency-Key'))
      request.headers.set('Idempotency-Key', newKey());
    const token = request.headers.has('Authorization') ? undefined : await session.token();
    if (token === undefined) return patiently(request);
    request.headers.set('Authorization', `Bearer ${token}`);
    const response = await patiently(request);
    if (response.status !== 401 || !(await isOfToken(response))) return response;
    if (!(await session.renew(token))) return response;
    request.headers.set('Authorization', `Bearer ${await session.token()}`);
    return patiently(request);
  };
}
