/** Requests as they are written: no client tidies the path, the headers or the body, and each piece of the answer is seen. */
import {
  request as httpRequest,
  type Agent,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http';
import { connect } from 'node:net';
import type { ClientAnswer } from '@membership/contracts/client';

export type RawAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body of any dialect, read as JSON; undefined where it is none. */
  readonly body: ClientAnswer['body'];
  /** Whether it came whole; false: it broke off. */
  readonly isWhole: boolean;
};
export type RawRequest = {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  /** Sent piece by piece, without a length. */
  readonly chunks?: Iterable<string | Buffer> | AsyncIterable<string | Buffer>;
  readonly agent?: Agent;
  readonly signal?: AbortSignal;
};

/** One request. Rejects when the connection ends before an answer has begun. */
export async function rawRequest(
  base: string,
  path: string,
  { method = 'GET', headers = {}, body, chunks, agent, signal }: RawRequest = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(base);
  const request = httpRequest({
    hostname,
    port,
    path,
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      ...(body === undefined && chunks === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(agent ? { agent } : {}),
    ...(signal ? { signal } : {}),
  });
  const answer = new Promise<RawAnswer>((done, failed) => {
    request.on('error', failed);
    request.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', () => undefined);
      response.on('close', () => {
        const text = Buffer.concat(parts).toString('utf8');
        done({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          body: parsed(text),
          isWhole: response.complete,
        });
      });
    });
  });
  if (chunks) {
    // What is refused before it is sent whole ends the writing; the answer says why.
    (async () => {
      for await (const chunk of chunks) {
        if (request.destroyed || request.errored) return;
        request.write(chunk);
      }
      request.end();
    })().catch(() => undefined);
  } else request.end(body);
  return await answer;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Bytes on a connection, and everything that came back until it closed. */
export function rawBytes(base: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(base);
  return new Promise((done, failed) => {
    const parts: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on('data', (part) => parts.push(part));
    socket.on('error', failed);
    socket.on('close', () => done(Buffer.concat(parts).toString('latin1')));
  });
}

/** The value of a sample in the text of /metrics, or undefined. */
export function sampleOf(
  text: string,
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const line = text
    .split('\n')
    .find(
      (one) =>
        (one.startsWith(`${name}{`) || one.startsWith(`${name} `)) &&
        Object.entries(labels).every(([label, value]) => one.includes(`${label}="${value}"`)),
    );
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
}
