/** Answers that go on and on (CSV, NDJSON, Server-Sent Events), over http-proxy-middleware: docs/adr/0008-gateway-transport.md. */
import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { refuse } from '@membership/contracts/errors';
import { UpstreamFailure } from './breaker.ts';
import { asObject, headersToClient } from './proxied-headers.ts';

export type StreamOptions = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: readonly string[];
  readonly ownHeaders: readonly string[];
  readonly timeoutMilliseconds: number;
};
type Pending = {
  readonly options: StreamOptions;
  readonly begun: () => void;
  readonly failed: (error: Error) => void;
};

export type StreamProxy = {
  /** Passes a request on. Resolves when the answer has begun, rejects with UpstreamFailure when none came. */
  pass(options: StreamOptions): Promise<void>;
  close(): void;
};

/** A proxy for the streams of one service. */
export function streamProxy(url: string): StreamProxy {
  const agent = new Agent({ keepAlive: true });
  const pending = new WeakMap<IncomingMessage, Pending>();
  const middleware = createProxyMiddleware<IncomingMessage, ServerResponse>({
    target: url,
    changeOrigin: true,
    agent,
    on: {
      proxyRes(answer, request, response) {
        const mine = pending.get(request);
        const own = asObject(headersToClient(answer.headers, mine?.options.ownHeaders ?? []));
        for (const name of Object.keys(answer.headers)) delete answer.headers[name];
        Object.assign(answer.headers, own);
        // Half a stream cannot be mended: the client must see that it broke off.
        answer.on('aborted', () => response.destroy());
        mine?.begun();
      },
      error(error, request) {
        pending.get(request)?.failed(error);
      },
    },
  });
  return {
    pass: (options) =>
      new Promise((done, failed) => {
        const { request, response, timeoutMilliseconds } = options;
        const fail = (code: 'GATEWAY_TIMEOUT' | 'SYS_002', error: Error) => {
          clearTimeout(timer);
          if (response.headersSent) response.destroy();
          if (response.destroyed) done();
          else
            failed(
              new UpstreamFailure(
                refuse(code, {
                  cause: error,
                  ...(code === 'SYS_002' ? { headers: { 'retry-after': '1' } } : {}),
                }),
                error,
              ),
            );
        };
        const timer = setTimeout(
          () => fail('GATEWAY_TIMEOUT', new Error(`no answer within ${timeoutMilliseconds} ms`)),
          timeoutMilliseconds,
        );
        const begun = () => {
          clearTimeout(timer);
          done();
        };
        response.once('close', begun);
        pending.set(request, { options, begun, failed: (error) => fail('SYS_002', error) });
        request.headers = asObject(options.headers);
        middleware(request, response, (error) =>
          fail('SYS_002', error instanceof Error ? error : new Error('the stream was not taken')),
        ).catch((error: unknown) => fail('SYS_002', error as Error));
      }),
    close: () => agent.destroy(),
  };
}
