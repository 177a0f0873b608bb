/**
 * A line for each request that is over: who asked what of whom, and how it ended. Without the query, which may hold what is
 * nobody's business.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Endpoint } from '@membership/contracts/endpoint';
import type { Unreadable } from '@membership/platform/http/server';
import type { Logger } from '@membership/platform/log';
import type { accessLogs } from '../config.ts';
import type { Caller } from '../domain/caller.ts';
import type { RequestMarks } from '../callers/signed-context.ts';

export type Answered = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly marks: RequestMarks;
  readonly address: string;
  readonly caller: Caller;
};
export type AccessLog = (answered: Answered, endpoint: Endpoint | undefined, milliseconds: number) => void;

const LONGEST_PATH = 200;

/** The path of a request target, without an API key that somebody wrote into it, or a name and password before its host. */
function withoutSecrets(target: string): string {
  const path = target.split('?', 1)[0] as string;
  const named = path.startsWith('/') ? path : path.replace(/^(\w+:\/\/)?[^/]*@/, '$1');
  return named.includes('mk_') ? named.replaceAll(/(mk_[0-9A-Za-z]{12})_[0-9A-Za-z]+/g, '$1_…') : named;
}

/** `sample` is the share of those that would have none and have one all the same: it never leaves out what did not go well. */
export function accessLogOf(
  which: (typeof accessLogs)[number],
  logger: Logger,
  { sample = 0, random = Math.random }: { readonly sample?: number; readonly random?: () => number } = {},
): AccessLog {
  if (which === 'none') return () => undefined;
  // Nothing of a line is to be cut out: looking for it costs forty times the line.
  const lines = logger.child({}, { redact: [] });
  return ({ request, response, marks, address, caller }, endpoint, milliseconds) => {
    const { statusCode: status, writableFinished: isWhole } = response;
    const isRead = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
    const isLeftOut = which === 'refusals' || (which === 'changes' && isRead);
    if (isLeftOut && status < 400 && isWhole && !(sample > 0 && random() < sample)) return;
    lines.info(
      {
        requestId: marks.requestId,
        method: request.method,
        path: withoutSecrets(request.url ?? '').slice(0, LONGEST_PATH),
        route: endpoint?.path,
        upstream: endpoint?.service,
        status,
        ...(isWhole ? {} : { isWhole }),
        ms: Math.round(milliseconds * 10) / 10,
        tenant: caller.tenant?._id,
        caller: caller.sub,
        from: address,
      },
      'access',
    );
  };
}

/** A line for what could not be read as a request: nothing else sees it. */
export const unreadableLogOf =
  (which: (typeof accessLogs)[number], logger: Logger) =>
  ({ status, reason, address }: Unreadable): void => {
    if (which !== 'none') logger.info({ status, reason, from: address }, 'access');
  };
