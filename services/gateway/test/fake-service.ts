/** A service behind the gateway: a small HTTP server that remembers what it was asked and answers as it is told. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import jwt from 'jsonwebtoken';
import type { ContextClaims, ServiceName } from '@membership/contracts/claims';
import { keyOf } from '@membership/platform/http/context';

/** The key that the gateway of the tests shares with a service. */
export const keyFor = (name: string): string => `internal-key-of-${name}-0123456789-0123456789`;

export type Received = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** What the gateway says of the caller; null when it says nothing, or nothing that is signed for this service. */
  readonly context: ContextClaims | null;
  /** The port at the gateway's end: two requests with one port came over one connection. */
  readonly port: number | undefined;
};
type Answering = (request: IncomingMessage, response: ServerResponse, received: Received) => void;

export class FakeService {
  readonly received: Received[] = [];
  readonly server: Server;
  readonly #names: readonly ServiceName[];
  /** Answers instead of `{ok:true}`, once the body is read. */
  answering: Answering | undefined;
  /** Takes a request over before its body is read. */
  taking: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  /** Listens and never answers, not even a look at its health. */
  isHung = false;

  /** `names`: the services that it stands for. */
  constructor(names: readonly ServiceName[]) {
    this.#names = names;
    this.server = createServer((request, response) => void this.#answer(request, response));
  }

  async listen(port = 0): Promise<string> {
    await new Promise<void>((done) => this.server.listen(port, '127.0.0.1', done));
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get last(): Received {
    const last = this.received.at(-1);
    if (!last) throw new Error(`${this.#names.join(', ')}: not asked`);
    return last;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.isHung) return;
    if (request.url === '/healthz' || request.url === '/readyz') {
      const checks = { database: 'up', broker: 'up', events: 'up' };
      response.writeHead(200).end(JSON.stringify({ status: 'ready', checks }));
      return;
    }
    if (this.taking) {
      this.taking(request, response);
      return;
    }
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const received = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
      context: this.#contextOf(request.headers['x-membership-context']),
      port: request.socket.remotePort,
    };
    this.received.push(received);
    if (this.answering) this.answering(request, response, received);
    else
      answerJson(
        response,
        { ok: true },
        { 'x-membership-secret': 'inside', 'x-powered-by': 'inside', server: 'inside' },
      );
  }

  #contextOf(header: string | string[] | undefined): ContextClaims | null {
    if (typeof header !== 'string') return null;
    const named = (jwt.decode(header) as { aud?: ServiceName } | null)?.aud;
    if (!named || !this.#names.includes(named)) return null;
    try {
      return jwt.verify(header, keyOf(keyFor(named)), {
        algorithms: ['HS256'],
        audience: named,
        issuer: 'gateway',
      }) as ContextClaims;
    } catch {
      return null;
    }
  }

  /** Stops listening and cuts what is open, as a process that ended; `listen` with the same port brings it back. */
  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((done) => this.server.close(() => done()));
  }
}

/** Answers with JSON of a known length, as the services do. */
export function answerJson(
  response: ServerResponse,
  body: unknown,
  headers: Record<string, string> = {},
  status = 200,
): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      ...headers,
    })
    .end(text);
}
