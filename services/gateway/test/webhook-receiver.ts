/** Somebody's server that webhooks are sent to. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@membership/platform/testing/eventually';

export type Received = {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly json: { type: string; data: Record<string, unknown> } & Record<string, unknown>;
};
/** What it does with a message to a path; `undefined` from a path without one: 204. */
type Answering = (response: ServerResponse, received: Received, count: number) => void;

export type Receiver = {
  readonly port: number;
  /** The address of one of its paths. */
  url(path: string): string;
  /** From now on, messages to this path are answered so; `count` is how many came to it so far, from 1. */
  answer(path: string, how: Answering): void;
  to(path: string): readonly Received[];
  /** Waits until so many came to a path. */
  untilReceived(path: string, count: number): Promise<readonly Received[]>;
  close(): Promise<void>;
};

/** Starts one on a free port of this machine. */
export async function startReceiver(): Promise<Receiver> {
  const received = new Map<string, Received[]>();
  const answers = new Map<string, Answering>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '/';
      const body = Buffer.concat(chunks).toString('utf8');
      const message = { path, headers: request.headers, body, json: JSON.parse(body) as Received['json'] };
      const all = received.get(path) ?? [];
      received.set(path, all);
      all.push(message);
      const how = answers.get(path);
      if (how) how(response, message, all.length);
      else response.writeHead(204).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: (path) => `http://127.0.0.1:${port}${path}`,
    answer: (path, how) => void answers.set(path, how),
    to: (path) => received.get(path) ?? [],
    untilReceived: (path, count) =>
      eventually(
        () => {
          const all = received.get(path) ?? [];
          if (all.length < count) throw new Error(`${path} has ${all.length} of ${count} messages`);
          return all;
        },
        { milliseconds: 60_000 },
      ),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** Whether one of a message's signatures is of this secret: as the standard says, with code of the test's own. */
export function isSignedWith(secret: string, { headers, body }: Pick<Received, 'headers' | 'body'>): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const expected = `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
  return String(headers['webhook-signature']).split(' ').includes(expected);
}
