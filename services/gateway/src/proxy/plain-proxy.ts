/**
 * One plain request passed on and its answer passed back, over undici's pool: bodies stream both ways, whoever hangs up
 * ends the other side too, and what the service does wrong before it answers becomes a refusal.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { Refusal, refuse } from '@membership/contracts/errors';
import { hasBody } from '@membership/platform/http/body';
import type { Connections } from './connections.ts';
import { headersToClient } from './proxied-headers.ts';
import {
  ClientGone,
  TookTooLong,
  UpstreamFailure,
  codeOf,
  failureOf,
  type Outcome,
} from './upstream-failure.ts';

export type ExchangeOptions = {
  readonly connections: Connections;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** For the service. */
  readonly headers: string[];
  /** The gateway's own headers for the client. */
  readonly ownHeaders: readonly string[];
  readonly bodyLimit: number;
  readonly timeoutMilliseconds: number;
  /** Sent in place of the request's own, which was read already. */
  readonly body?: Buffer;
};

const BODY_PAUSE_MILLISECONDS = 60_000;
/** A socket that was closed while it lay idle: the service never saw the request. */
const STALE_SOCKET = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/**
 * Passes a request on. Resolves when the answer has begun (the rest streams on), or when the client has left. Rejects with
 * UpstreamFailure (the service's fault) or a Refusal (the client's), nothing having been sent.
 */
export async function exchange(options: ExchangeOptions): Promise<Outcome> {
  const { request } = options;
  const isFollowed = hasBody(request);
  const mayRepeat = !isFollowed && (request.method === 'GET' || request.method === 'HEAD');
  for (let attempts = 1; ; attempts++)
    try {
      return await attempt(options, isFollowed);
    } catch (error) {
      if (!(error instanceof UpstreamFailure)) throw error;
      const code = codeOf(error.cause);
      const again =
        code === 'ECONNREFUSED'
          ? await options.connections.mayTryAgain(attempts)
          : attempts === 1 && mayRepeat && STALE_SOCKET.has(code);
      if (!again) throw error;
    }
}

function attempt(
  {
    connections,
    request,
    response,
    headers,
    ownHeaders,
    bodyLimit,
    timeoutMilliseconds,
    body: read,
  }: ExchangeOptions,
  isFollowed: boolean,
): Promise<Outcome> {
  return new Promise((done, failed) => {
    const body = isFollowed && !read ? request : undefined;
    const handler = new Handler({
      connections,
      body,
      response,
      ownHeaders,
      timeoutMilliseconds,
      done,
      failed,
    });
    if (handler.isOver) return;
    connections.pool.dispatch(
      {
        path: request.url as string,
        method: request.method as Dispatcher.HttpMethod,
        headers,
        body: read ?? (isFollowed ? bodyOf(request, bodyLimit) : null),
        headersTimeout: 0,
        bodyTimeout: BODY_PAUSE_MILLISECONDS,
      },
      handler,
    );
  });
}

/** A body with a length was measured already, and Node's parser holds it to that; one without is measured on its way. */
function bodyOf(request: IncomingMessage, limit: number): IncomingMessage {
  if (request.headers['content-length'] !== undefined) return request;
  return measured(request, limit) as unknown as IncomingMessage;
}

async function* measured(request: IncomingMessage, limit: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    yield chunk;
  }
}

export const tooLarge = (limit: number): Refusal =>
  refuse('PAYLOAD_TOO_LARGE', { details: { limit_bytes: limit }, headers: { connection: 'close' } });

type HandlerOptions = Pick<
  ExchangeOptions,
  'connections' | 'response' | 'ownHeaders' | 'timeoutMilliseconds'
> & {
  readonly body: IncomingMessage | undefined;
  readonly done: (outcome: Outcome) => void;
  readonly failed: (error: Error) => void;
};

class Handler implements Dispatcher.DispatchHandler {
  readonly #connections: Connections;
  /** The request, while it has a body that may still be on its way. */
  readonly #body: IncomingMessage | undefined;
  readonly #response: ServerResponse;
  readonly #ownHeaders: readonly string[];
  readonly #done: (outcome: Outcome) => void;
  readonly #failed: (error: Error) => void;
  #timer: NodeJS.Timeout | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  /** Bytes of the answer still to come, when it says how many. */
  #left = -1;
  #hasBegun = false;
  isOver = false;

  constructor({
    connections,
    body,
    response,
    ownHeaders,
    timeoutMilliseconds,
    done,
    failed,
  }: HandlerOptions) {
    this.#connections = connections;
    this.#body = body;
    this.#response = response;
    this.#ownHeaders = ownHeaders;
    this.#done = done;
    this.#failed = failed;
    if (response.destroyed) {
      this.#settle(new ClientGone('gone before it began'));
      return;
    }
    response.on('close', this.#onClose);
    this.#timer = setTimeout(() => this.#abort(this.#tooLate(timeoutMilliseconds)), timeoutMilliseconds);
    // The service's time counts from when it has the whole request.
    body?.once('end', this.#onBodyEnd);
  }

  readonly #onBodyEnd = (): void => void this.#timer?.refresh();

  /** Whose fault it is: a client that does not send what it promised must not open the breaker of a service that waits for it. */
  #tooLate(milliseconds: number): Error {
    const isWaitingForClient =
      this.#body !== undefined && !this.#body.complete && this.#body.readableLength === 0;
    return isWaitingForClient
      ? refuse('REQUEST_TIMEOUT', { headers: { connection: 'close' } })
      : new TookTooLong(milliseconds);
  }

  readonly #onClose = (): void => {
    if (!this.#response.writableFinished) this.#abort(new ClientGone('the client went away'));
  };
  readonly #onDrain = (): void => this.#controller?.resume();

  #abort(reason: Error): void {
    if (this.#controller) this.#controller.abort(reason);
    else this.#settle(reason);
  }

  /** Nothing was answered yet. */
  #settle(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.#timer);
    this.#body?.off('end', this.#onBodyEnd);
    this.#response.off('close', this.#onClose);
    this.#response.off('drain', this.#onDrain);
    if (error instanceof ClientGone) this.#done('left');
    else this.#failed(asFailure(error));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Settled while it waited for a connection.
    if (this.isOver) controller.abort(new ClientGone('too late'));
    else this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200 || this.isOver) return;
    this.#connections.heard(headers);
    clearTimeout(this.#timer);
    this.#body?.off('end', this.#onBodyEnd);
    this.#hasBegun = true;
    const length = headers['content-length'];
    this.#left = length === undefined ? -1 : Number(length);
    this.#response.writeHead(status, headersToClient(headers, this.#ownHeaders));
    this.#done('answered');
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#left -= chunk.length;
    // The last piece goes out together with the end: one write for a small answer, head included.
    if (this.#left === 0) this.#response.end(chunk);
    else if (!this.#response.write(chunk)) {
      controller.pause();
      this.#response.once('drain', this.#onDrain);
    }
  }

  onResponseEnd(): void {
    this.isOver = true;
    this.#response.off('close', this.#onClose);
    this.#response.off('drain', this.#onDrain);
    if (!this.#response.writableEnded) this.#response.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (!this.#hasBegun) {
      this.#settle(error);
      return;
    }
    this.isOver = true;
    // Half an answer cannot be mended: the client must see that it broke off.
    this.#response.destroy();
  }
}

function asFailure(error: Error): Error {
  if (error instanceof Refusal) return error;
  // The client broke off in the middle of its body.
  if (codeOf(error) === 'ECONNRESET' && error.message === 'aborted') return new ClientGone();
  return failureOf(error);
}
