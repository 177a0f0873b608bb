/** The HTTP server of a process: limits on headers, time and keep-alive, and answers in JSON even to what is no HTTP. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { renderRefusal } from '@membership/contracts/dialects';
import { refuse } from '@membership/contracts/errors';
import { listenOn } from '../metrics.ts';

export type HttpServer = {
  readonly server: Server;
  listen(port: number, host: string): Promise<number>;
  /** Ends it without breaking a request that anybody has begun: see `Drain`. */
  close(drain: Drain): Promise<void>;
};

/**
 * How a server ends. For `lingerMilliseconds` it goes on as before, while those who send requests learn by other ways that it
 * goes. Then nothing new is taken, each answer says `Connection: close`, and connections that lie idle are kept for
 * `idleMilliseconds`, so that whoever holds several learns of it from an answer on one of them, and not by a connection that closes under a
 * request. What is in hand has `requestMilliseconds` to end; what is left after that is cut. Said any sooner, each request
 * would come on a connection of its own: what is in the queue of the operating system when the server stops listening is reset.
 */
export type Drain = {
  readonly lingerMilliseconds: number;
  readonly idleMilliseconds: number;
  readonly requestMilliseconds: number;
};

/** What came and was no request that could be read: how it was answered, what its parser says, who sent it. */
export type Unreadable = {
  readonly status: number;
  readonly reason: string | undefined;
  readonly address: string | undefined;
};
export type ServerOptions = {
  /** How long a client may take nothing of an answer that waits for it; then its connection is cut. */
  readonly stallSeconds?: number;
  /** Hears of each that never reaches `handle`. */
  readonly onUnreadable?: (refused: Unreadable) => void;
};

export function createHttpServer(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  { stallSeconds = 30, onUnreadable = () => undefined }: ServerOptions = {},
): HttpServer {
  const underway = new Set<ServerResponse>();
  /** The last of what is being answered on a connection. */
  const answering = new WeakMap<Socket, ServerResponse>();
  /** Connections on which nothing was asked yet, and when they were taken. */
  const unasked = new Map<Socket, number>();
  /** Connections so far, and requests. */
  let [taken, asked] = [0, 0];
  let isDraining = false;
  /** What is asked while connections are taken, to begin afterwards. */
  let held: (() => unknown)[] | undefined;
  const server = createServer(
    {
      maxHeaderSize: 16 * 1024,
      noDelay: true,
      keepAlive: true,
      requestTimeout: 30_000,
      headersTimeout: 15_000,
      keepAliveTimeout: 75_000,
    },
    (request, response) => {
      asked++;
      unasked.delete(request.socket);
      if (isDraining) response.shouldKeepAlive = false;
      underway.add(response);
      response.once('close', () => underway.delete(response));
      answering.set(request.socket, response);
      response.on('timeout', cutIfStalled);
      if (held) held.push(() => response.destroyed || handle(request, response));
      else handle(request, response);
    },
  );
  server.on('connection', (socket: Socket) => {
    taken++;
    unasked.set(socket, performance.now());
    socket.once('close', () => unasked.delete(socket));
  });
  server.setTimeout(stallSeconds * 1_000);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const response = answering.get(socket);
    // What was asked before is answered, and whole: another answer in its place would be taken for it.
    if (response && !response.writableFinished && (response.headersSent || response.req.complete))
      response.once('finish', () => socket.destroySoon());
    else answerUnreadable(error, socket, onUnreadable);
  });
  const connections = () =>
    new Promise<number>((done) => server.getConnections((_error, count) => done(count)));

  /** Over as soon as nobody holds a connection. */
  async function whileHeld(milliseconds: number): Promise<void> {
    for (
      const until = performance.now() + milliseconds;
      performance.now() < until;
      await delay(LOOK_MILLISECONDS)
    )
      if ((await connections()) === 0) return;
  }

  /**
   * Until turns of the event loop bring nothing: what waits to be taken, or has arrived on a connection, is lost with what is
   * closed. One connection is taken a turn. What comes while a turn is at work is seen by the next one alone, so that one that
   * had nothing to do says more.
   */
  async function quietTurns(count: () => number, milliseconds: number): Promise<void> {
    const until = performance.now() + milliseconds;
    for (let [quiet, quick] = [0, 0]; quick < 2 && quiet < 8 && performance.now() < until; ) {
      const [before, began] = [count(), performance.now()];
      await nextTurn();
      const isQuick = performance.now() - began < QUICK_MILLISECONDS;
      [quiet, quick] = count() === before ? [quiet + 1, isQuick ? quick + 1 : 0] : [0, 0];
    }
  }

  /**
   * Takes nothing new. Unlike the server's own `close` it breaks no connection that waits to be taken. These are taken first, and
   * what is asked waits meanwhile: in a process with more to do than it can, a turn takes a quarter of a second, and the line
   * grows faster than one is taken a turn.
   */
  async function stopListening(milliseconds: number): Promise<{ isOver: Promise<void> }> {
    isDraining = true;
    held = [];
    await quietTurns(() => taken, milliseconds);
    const isOver = new Promise<void>((done) => NetServer.prototype.close.call(server, () => done()));
    held.forEach(queueMicrotask);
    held = undefined;
    for (const response of underway) response.shouldKeepAlive = false;
    return { isOver };
  }

  /** Nobody loses what was sent or asked: what has arrived on them is read before, and an answer that is on its way goes out. */
  async function closeIdle(): Promise<void> {
    await quietTurns(() => taken + asked, QUIET_MILLISECONDS);
    // Node takes a connection for idle whose answer has ended, though it may not have gone out.
    const isSending = [...underway].some((response) => response.writableEnded);
    if (!isSending) server.closeIdleConnections();
    // Node takes one on which nothing ever came for busy, and clients open some that they do not need.
    const before = performance.now() - SILENT_MILLISECONDS;
    for (const [socket, since] of unasked) if (since < before && socket.bytesRead === 0) socket.destroy();
  }

  let closing: Promise<void> | undefined;
  return {
    server,
    listen: (port, host) => listenOn(server, port, host),
    close: ({ lingerMilliseconds, idleMilliseconds, requestMilliseconds }) =>
      (closing ??= (async () => {
        if (lingerMilliseconds > 0) await whileHeld(lingerMilliseconds);
        const until = performance.now() + requestMilliseconds;
        const closed = await stopListening(Math.min(TAKE_MILLISECONDS, requestMilliseconds / 2));
        const cut = setTimeout(() => server.closeAllConnections(), until - performance.now());
        await whileHeld(Math.min(idleMilliseconds, requestMilliseconds));
        // An answer that had begun before could not say it any more: its connection is idle afterwards.
        const isOver = closed.isOver.then(() => true);
        do await closeIdle();
        while (!(await Promise.race([isOver, delay(LOOK_MILLISECONDS, false)])));
        clearTimeout(cut);
      })()),
  };
}

const LOOK_MILLISECONDS = 50;
/** Where new ones come faster than they are taken there is no good moment; what is held waits no longer. */
const TAKE_MILLISECONDS = 1_000;
/** The same of what arrives on connections that are to be closed. */
const QUIET_MILLISECONDS = 250;
/** Who connects to ask does so at once. */
const SILENT_MILLISECONDS = 2_000;
/** A turn that does nothing is over sooner. */
const QUICK_MILLISECONDS = 2;
/** Nothing was read or written for long. Where nothing is waiting to be written, the answer is still being made. */
function cutIfStalled(socket: Socket): void {
  if (socket.writableLength > 0) socket.destroy();
}

function answerUnreadable(
  error: NodeJS.ErrnoException,
  socket: Socket,
  tell: (refused: Unreadable) => void,
): void {
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
  tell({ status: refusal.status, reason: error.code, address: socket.remoteAddress });
  const body = JSON.stringify(
    renderRefusal('drf', refusal, { language: 'zh', requestId: 'none', now: new Date() }),
  );
  socket.end(
    `HTTP/1.1 ${refusal.status} Error\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
