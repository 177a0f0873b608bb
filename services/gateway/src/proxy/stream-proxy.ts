/** Answers that go on and on (CSV, NDJSON, Server-Sent Events), over http-proxy-middleware: docs/adr/0008-gateway-transport.md. */
import { Agent, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { asObject, headersToClient } from './proxied-headers.ts';
import { TookTooLong, failureOf, type Outcome } from './upstream-failure.ts';

export type StreamOptions = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: readonly string[];
  readonly ownHeaders: readonly string[];
  readonly timeoutMilliseconds: number;
};
/** A request whose answer has not begun. */
type Waiting = {
  readonly options: StreamOptions;
  /** At the service, once it is on its way. */
  sent?: ClientRequest;
  begun(): void;
  failed(error: Error): void;
};

export type StreamProxy = {
  /** Passes a request without a body on. Resolves when the answer has begun or the client has left, rejects with UpstreamFailure when none came. */
  pass(options: StreamOptions): Promise<Outcome>;
  close(): void;
};

/** A proxy for the streams of one service. Each has a connection to itself, so that nothing of one can be read as another's. */
export function streamProxy(url: string): StreamProxy {
  const agent = new Agent({ keepAlive: false });
  const waiting = new WeakMap<IncomingMessage, Waiting>();
  const middleware = createProxyMiddleware<IncomingMessage, ServerResponse>({
    target: url,
    changeOrigin: true,
    agent,
    selfHandleResponse: true,
    on: {
      proxyReq(sent, request) {
        const mine = waiting.get(request);
        if (mine) mine.sent = sent;
      },
      proxyRes(answer, request, response) {
        const mine = waiting.get(request);
        if (!mine) {
          answer.destroy();
          return;
        }
        mine.begun();
        response.writeHead(
          answer.statusCode ?? 502,
          headersToClient(answer.headers, mine.options.ownHeaders),
        );
        // The first event may be long in coming: the client must see before it that the stream is open.
        response.flushHeaders();
        // Half a stream cannot be mended: the client must see that it broke off.
        answer.on('error', () => response.destroy());
        response.on('close', () => answer.destroy());
        answer.pipe(response);
      },
      error(error, request) {
        waiting.get(request)?.failed(error);
      },
    },
  });
  return {
    pass: (options) =>
      new Promise((done, failed) => {
        const { request, response, timeoutMilliseconds } = options;
        const settle = (how: () => void) => {
          if (!waiting.delete(request)) return;
          clearTimeout(timer);
          response.off('close', gone);
          how();
        };
        const mine: Waiting = {
          options,
          begun: () => settle(() => done('answered')),
          failed: (error) => settle(() => failed(failureOf(error))),
        };
        const gone = () => {
          settle(() => done('left'));
          mine.sent?.destroy();
        };
        const timer = setTimeout(() => {
          mine.failed(new TookTooLong(timeoutMilliseconds));
          mine.sent?.destroy();
        }, timeoutMilliseconds);
        waiting.set(request, mine);
        response.once('close', gone);
        request.headers = asObject(options.headers);
        const refused = (error: unknown) =>
          mine.failed(error instanceof Error ? error : new Error('the stream was not taken'));
        middleware(request, response, refused).catch(refused);
      }),
    close: () => agent.destroy(),
  };
}
