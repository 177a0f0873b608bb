/** Turns a request away: what is nowhere, what is not for this method, what failed on its way. */
import { Refusal, refuse } from '@membership/contracts/errors';
import { toRefusal } from '@membership/platform/http/to-refusal';
import type { Logger } from '@membership/platform/log';
import type { RateLimits } from '../limits/rate-limits.ts';
import { UpstreamFailure } from '../proxy/upstream-failure.ts';
import { takeOfAddress } from './admission.ts';
import type { CrossOrigin } from './cross-origin.ts';
import { sendRefusal, type Passage } from './passage.ts';
import type { ProxyMetrics } from './proxy-metrics.ts';
import { dialectOf } from './request-path.ts';

export type TurnAwayTools = {
  readonly limits: RateLimits;
  readonly crossOrigin: CrossOrigin;
  readonly metrics: Pick<ProxyMetrics, 'refused'>;
  readonly logger: Logger;
};

export class TurnAway {
  readonly #tools: TurnAwayTools;
  constructor(tools: TurnAwayTools) {
    this.#tools = tools;
  }

  /** What no contract names, or none for this method (`allow`: those that there are); each costs the address one request. Always rejects, but for a preflight. */
  async unknown(passage: Passage, allow: readonly string[]): Promise<void> {
    const { limits, crossOrigin } = this.#tools;
    const { request, response, headers } = passage;
    // Where nothing is, anything may be asked: a page sees the 404 then, and not that its browser asked in vain.
    const methods = allow.length > 0 ? allow : METHODS;
    const preflight =
      request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
        ? crossOrigin.preflight(request.headers.origin, methods, passage.origins)
        : undefined;
    if (preflight) {
      response.writeHead(204, [...headers.slice(0, 2), ...preflight]).end();
      return;
    }
    passage.dialect = dialectOf(request.url ?? '');
    await takeOfAddress(limits, passage);
    throw allow.length > 0
      ? refuse('METHOD_NOT_ALLOWED', { headers: { allow: allow.join(', ') }, details: { allowed: allow } })
      : refuse('BIZ_001', {
          details: { path: (request.url ?? '').split('?', 1)[0]?.slice(0, LONGEST_PATH) },
        });
  }

  /** Answers a request that failed, whatever with. */
  failed(passage: Passage, error: unknown): void {
    const { metrics, logger } = this.#tools;
    const refusal = refusalOf(error);
    if (refusal.code === 'RATE_LIMITED') metrics.refused(whichLimit(refusal));
    if (refusal.code === 'PERM_001' || refusal.code === 'PERM_002') metrics.refused('role');
    if (refusal.code === 'SYS_001')
      logger.error({ err: error, requestId: passage.marks.requestId }, 'unexpected error');
    sendRefusal(passage, refusal);
  }
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** Of what nobody answers, as much is told back. */
const LONGEST_PATH = 200;
const LIMITS = { requests_per_day: 'quota', concurrent_requests: 'concurrency' } as const;
const whichLimit = ({ options }: Refusal): 'limit' | 'quota' | 'concurrency' =>
  LIMITS[options.details?.limit as keyof typeof LIMITS] ?? 'limit';

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof UpstreamFailure) return error.refusal;
  if ((error as { code?: unknown } | null)?.code === 'EOPENBREAKER')
    return refuse('SYS_002', { headers: { 'retry-after': '1' } });
  return toRefusal(error);
}
