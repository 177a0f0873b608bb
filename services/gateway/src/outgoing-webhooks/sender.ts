/** One HTTP request to an endpoint: no redirects, bounded in time, to allowed addresses alone; of the answer only the beginning. */
import type { Dispatcher } from 'undici';
import { AddressRefused, destinationOf, type AddressGuard } from '../addresses/addresses.ts';
import type { Attempt, Failure } from './delivery.ts';
import { guardedAgent, pathOf } from '../addresses/guarded-agent.ts';
import { retryAfterOf } from './schedule.ts';

const ANSWER_BYTES = 1_024;
/** Milliseconds that an answer's beginning may take once its status is known: the status is what counts. */
const ANSWER_MILLISECONDS = 1_000;

export type Message = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};
export type Sent = Omit<Attempt, 'at' | 'milliseconds'>;
export type Sender = {
  /** Never rejects: what goes wrong is the attempt's failure. Ends early, as `timeout`, when `signal` does. */
  send(message: Message, signal: AbortSignal): Promise<Sent>;
  close(): Promise<void>;
};

export type SenderOptions = {
  readonly guard: AddressGuard;
  readonly timeoutMilliseconds: number;
  /** Plain http is refused. */
  readonly httpsOnly: boolean;
  readonly userAgent: string;
};

/** Names of errors, as Node and undici give them, by what they mean to the owner of an endpoint. */
function failureOf(error: unknown): { failure: Failure; reason: string } {
  const { code, name, message, cause } = error as Error & { code?: string };
  if (error instanceof AddressRefused) return { failure: 'address_refused', reason: error.code };
  if (error instanceof AggregateError && error.errors.length > 0) return failureOf(error.errors[0]);
  if (name === 'TimeoutError' || name === 'AbortError' || /TIMEOUT|TIMEDOUT/.test(code ?? ''))
    return { failure: 'timeout', reason: code ?? 'ETIMEDOUT' };
  if (/^(ERR_SSL|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|ERR_OSSL)/.test(code ?? ''))
    return { failure: 'tls', reason: code ?? message };
  if (cause instanceof Error && cause !== error) return failureOf(cause);
  return { failure: 'unreachable', reason: (code ?? name).slice(0, 64) };
}

/** The first bytes of an answer as text; what comes late or breaks off is left out. */
async function beginningOf(body: Dispatcher.ResponseData['body'], signal: AbortSignal): Promise<string> {
  const enough = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MILLISECONDS)]);
  const end = () => body.destroy();
  enough.addEventListener('abort', end, { once: true });
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= ANSWER_BYTES) break;
    }
  } catch {
    // What has come is shown.
  } finally {
    enough.removeEventListener('abort', end);
    body.on('error', () => undefined).destroy();
  }
  // Cut in the middle of a character, the end would not be text.
  return Buffer.concat(chunks)
    .subarray(0, ANSWER_BYTES)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
}

/** Makes the sender; one for a process, since it keeps connections. */
export function createSender({ guard, timeoutMilliseconds, httpsOnly, userAgent }: SenderOptions): Sender {
  const agent = guardedAgent({ guard, timeoutMilliseconds });

  async function exchange({ url, headers, body }: Message, signal: AbortSignal): Promise<Sent> {
    const { protocol, hostname } = new URL(url);
    // Addresses are not looked up, so they are looked at here.
    if (guard.refuses(destinationOf(url)) || (httpsOnly && protocol !== 'https:'))
      throw new AddressRefused(hostname);
    const now = new Date();
    const answer = await agent.request({
      ...pathOf(url),
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'user-agent': userAgent },
      body,
      signal,
    });
    const isTaken = answer.statusCode >= 200 && answer.statusCode < 300;
    const retryAfter = answer.headers['retry-after'];
    return {
      statusCode: answer.statusCode,
      failure: isTaken ? null : 'rejected',
      reason: null,
      answer: await beginningOf(answer.body, signal),
      retryAfter: isTaken ? null : retryAfterOf(Array.isArray(retryAfter) ? retryAfter[0] : retryAfter, now),
    };
  }

  return {
    async send(message, signal) {
      try {
        return await exchange(message, AbortSignal.any([signal, AbortSignal.timeout(timeoutMilliseconds)]));
      } catch (error) {
        return { ...failureOf(error), statusCode: null, answer: null, retryAfter: null };
      }
    },
    close: () => agent.destroy(),
  };
}
