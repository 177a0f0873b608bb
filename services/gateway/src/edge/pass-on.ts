/** Passes a request on to the service that answers it, once it is admitted and has a place there. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Endpoint } from '@membership/contracts/endpoint';
import { countedAddress } from '@membership/platform/http/addresses';
import { DEFAULT_BODY_LIMIT } from '@membership/platform/http/body';
import type { Logger } from '@membership/platform/log';
import { signedFor } from '../callers/signed-context.ts';
import type { Upstreams } from '../config.ts';
import { exchange, tooLarge } from '../proxy/plain-proxy.ts';
import { waitOf, type Places, type Wait } from '../proxy/places.ts';
import { headersToService } from '../proxy/proxied-headers.ts';
import type { UpstreamDirectory } from '../proxy/upstream-directory.ts';
import { ClientGone, UpstreamFailure, type Outcome } from '../proxy/upstream-failure.ts';
import type { Upstream } from '../proxy/upstream.ts';
import { sessionName } from '../tokens/access-token.ts';
import type { Revocations } from '../tokens/revocations.ts';
import type { OwnKeys } from '../tokens/settings-keys.ts';
import { requireRole, type Admission } from './admission.ts';
import { isEndless, isStream, requireNoBodyOfStream, type Passage } from './passage.ts';
import type { ProxyMetrics } from './proxy-metrics.ts';
import { traceparentFrom } from './request-marks.ts';

export type PassOnTools = {
  readonly admission: Admission;
  readonly upstreams: UpstreamDirectory;
  /** What makes a signed context good for look-ups; no service has it. */
  readonly proofKeys: Pick<OwnKeys, 'present'>;
  readonly metrics: ProxyMetrics;
  readonly logger: Logger;
  readonly upstreamTimeout: number;
  readonly revocations: Pick<Revocations, 'watch'>;
};

export class PassOn {
  readonly #tools: PassOnTools;
  constructor(tools: PassOnTools) {
    this.#tools = tools;
  }

  /** Resolves when the answer has begun or the client has left. */
  async pass(passage: Passage, endpoint: Endpoint): Promise<void> {
    const { admission, upstreams, upstreamTimeout } = this.#tools;
    const body =
      endpoint.proof === 'webhook-signature' ? await admission.admitSigned(passage, endpoint) : undefined;
    if (!body) await admission.admit(passage, endpoint);
    const { request, caller } = passage;
    requireRole(endpoint, caller);
    requireNoBodyOfStream(passage, endpoint);
    const bodyLimit = endpoint.bodyLimit ?? DEFAULT_BODY_LIMIT;
    if (Number(request.headers['content-length'] ?? 0) > bodyLimit) throw tooLarge(bodyLimit);
    const upstream = upstreams.for(endpoint.service as Upstreams, caller.tenant?.cell);
    const timeoutMilliseconds =
      endpoint.timeoutSeconds === undefined ? upstreamTimeout : endpoint.timeoutSeconds * 1000;
    if (!(await this.#takePlace(passage, placesFor(endpoint, upstream), timeoutMilliseconds))) return;
    if (isEndless(endpoint)) endWithToken(passage, this.#tools.revocations);
    // Signed after the wait: a context has half a minute.
    const headers = this.#headersFor(upstream, endpoint, passage, body);
    upstream.inFlight++;
    try {
      await upstream.breaker.run(() =>
        send(upstream, endpoint, passage, { headers, bodyLimit, timeoutMilliseconds, body }),
      );
    } catch (error) {
      if (error instanceof UpstreamFailure) this.#tell(error, upstream, endpoint, passage);
      throw error;
    } finally {
      upstream.inFlight--;
    }
  }

  #headersFor(
    { key }: Upstream,
    { service }: Endpoint,
    { request, caller, marks, address }: Passage,
    body: Buffer | undefined,
  ): string[] {
    return headersToService(body ? describing(body, request.headers) : request.headers, {
      context: signedFor({ key, proofKey: this.#tools.proofKeys.present }, service, caller, marks),
      requestId: marks.requestId,
      traceparent: traceparentFrom(request.headers.traceparent as string | undefined),
      address,
    });
  }

  #tell(
    { refusal, cause }: UpstreamFailure,
    { service, cell }: Upstream,
    { path }: Endpoint,
    { marks }: Passage,
  ): void {
    const { metrics, logger } = this.#tools;
    metrics.failed(service, refusal.code);
    logger.warn(
      { err: cause, upstream: service, cell, route: path, requestId: marks.requestId, code: refusal.code },
      'a service failed a request',
    );
  }

  /** A place at the service until the answer is out; false: the client left while it waited for one. */
  async #takePlace(
    { response, caller, address }: Passage,
    places: Places,
    milliseconds: number,
  ): Promise<boolean> {
    let wait: Wait | undefined;
    try {
      const holder = caller.tenant?._id ?? countedAddress(address);
      const place = places.take(holder, () => (wait = waitOf(response, milliseconds)).signal);
      const release = place instanceof Promise ? await place : place;
      if (response.destroyed) release();
      else response.once('close', release);
      return !response.destroyed;
    } catch (error) {
      if (error instanceof ClientGone) return false;
      this.#tools.metrics.refused('crowded');
      throw error;
    } finally {
      wait?.over();
    }
  }
}

const placesFor = (endpoint: Endpoint, { places, streamPlaces, listenerPlaces }: Upstream): Places => {
  if (isEndless(endpoint)) return listenerPlaces;
  return isStream(endpoint) ? streamPlaces : places;
};

/** A service that hears of an ended session says so in its last event; this long it may take. */
const FAREWELL_MILLISECONDS = 15_000;

/** Answers that nobody asks for again, so that only this ends them: at once with a logout, soon with the session. */
function endWithToken(
  { response, caller: { token } }: Passage,
  revocations: Pick<Revocations, 'watch'>,
): void {
  if (!token) return;
  let farewell: NodeJS.Timeout | undefined;
  const cut = () => void response.destroy();
  const ends = [revocations.watch(token.name, cut)];
  if (token.sessionId !== undefined)
    ends.push(
      revocations.watch(sessionName(token.sessionId), () => {
        farewell ??= setTimeout(cut, FAREWELL_MILLISECONDS);
      }),
    );
  response.once('close', () => {
    clearTimeout(farewell);
    for (const end of ends) end();
  });
}

type Sending = {
  readonly headers: string[];
  readonly bodyLimit: number;
  readonly timeoutMilliseconds: number;
  readonly body: Buffer | undefined;
};

function send(
  { streams, connections }: Upstream,
  endpoint: Endpoint,
  { request, response, headers: ownHeaders }: Passage,
  { headers, bodyLimit, timeoutMilliseconds, body }: Sending,
): Promise<Outcome> {
  const both = { request, response, headers, ownHeaders, timeoutMilliseconds };
  if (isStream(endpoint)) return streams.pass(both);
  return exchange({ ...both, connections, bodyLimit, ...(body ? { body } : {}) });
}

/** The headers of a request whose body is sent on in another form than it came. */
function describing(body: Buffer, given: IncomingHttpHeaders): IncomingHttpHeaders {
  const { 'content-encoding': _encoding, ...headers } = given;
  return {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(body.length),
  };
}
