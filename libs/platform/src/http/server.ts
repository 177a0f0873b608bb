/** The HTTP server of a process: limits on headers, time and keep-alive, and answers in JSON even to what is no HTTP. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { renderRefusal } from '@membership/contracts/dialects';
import { refuse } from '@membership/contracts/errors';
import { listenOn } from '../metrics.ts';

export type HttpServer = {
  readonly server: Server;
  listen(port: number, host: string): Promise<number>;
  /** Stops taking connections, closes idle ones, waits for requests in hand; what is left after `seconds` is cut. */
  close(seconds: number): Promise<void>;
};

export function createHttpServer(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): HttpServer {
  const server = createServer(
    {
      maxHeaderSize: 16 * 1024,
      noDelay: true,
      keepAlive: true,
      requestTimeout: 30_000,
      headersTimeout: 15_000,
      keepAliveTimeout: 75_000,
    },
    handle,
  );
  server.on('clientError', answerBrokenRequest);
  return {
    server,
    listen: (port, host) => listenOn(server, port, host),
    close: (seconds) =>
      new Promise((done) => {
        const cut = setTimeout(() => server.closeAllConnections(), seconds * 1_000);
        server.close(() => {
          clearTimeout(cut);
          done();
        });
        server.closeIdleConnections();
      }),
  };
}

function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? refuse('HEADERS_TOO_LARGE')
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? refuse('REQUEST_TIMEOUT')
        : refuse('VALIDATION_ERROR', { text: { zh: '不是有效的HTTP请求', en: 'Not a valid HTTP request' } });
  const body = JSON.stringify(
    renderRefusal('drf', refusal, { language: 'zh', requestId: 'none', now: new Date() }),
  );
  socket.end(
    `HTTP/1.1 ${refusal.status} Error\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
