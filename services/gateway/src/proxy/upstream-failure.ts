/** What went wrong with a service, and what the client is told of it. */
import { refuse, type Refusal } from '@membership/contracts/errors';

/** A failure of the service itself: it could not be reached, broke off, or did not answer in time. These open the breaker. */
export class UpstreamFailure extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal, cause: unknown) {
    super(refusal.message, { cause });
    this.name = 'UpstreamFailure';
    this.refusal = refusal;
  }
}

/** How an attempt ended that was nobody's failure: an answer began, or the client left before. */
export type Outcome = 'answered' | 'left';

/** The client went away: nobody is left to answer, and nobody is to blame. */
export class ClientGone extends Error {}

/** The service did not begin its answer in time. */
export class TookTooLong extends Error {
  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds} ms`);
  }
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The code of a transport's error; empty where it has none. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

/** 504 for what came too late, 503 for what could not be reached, else 502. */
export function failureOf(error: Error): UpstreamFailure {
  if (error instanceof TookTooLong)
    return new UpstreamFailure(refuse('GATEWAY_TIMEOUT', { cause: error }), error);
  if (UNREACHABLE.has(codeOf(error)))
    return new UpstreamFailure(refuse('SYS_002', { cause: error, headers: { 'retry-after': '1' } }), error);
  return new UpstreamFailure(refuse('BAD_GATEWAY', { cause: error }), error);
}
