// Asks over keep-alive connections and reads no more of an answer than it must, so that it is never what is measured.
import { connect, type Socket } from 'node:net';
import { NUMBERED, type Call, type Load, type LoadResult } from '../load.ts';
import { quantile } from '../report.ts';
import { serveRuns } from '../worker-protocol.ts';

const HEADER_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');
const PACE_MS = 2;
const FAILURES_UNTIL_GIVING_UP = 1_000;

type Answer = { isGood: boolean; body: string };
type Prepared = { sending: () => Buffer; expects: Buffer | undefined };

let numbered = 0;

/** The bytes of each next sending: the same ones, or with the next number in its place. */
function sendings(request: Buffer): () => Buffer {
  const at = request.indexOf(NUMBERED);
  if (at < 0) return () => request;
  return () => {
    const copy = Buffer.from(request);
    copy.write(String(++numbered).padStart(NUMBERED.length, '0'), at, 'latin1');
    return copy;
  };
}

/** A request as it goes over the wire, written once and sent many times. */
function wire(port: number, { method, path, headers = {}, body }: Call): Buffer {
  const text = body === undefined ? '' : JSON.stringify(body);
  const lines = [`${method} ${path} HTTP/1.1`, `host: 127.0.0.1:${port}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (text) lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(text)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${text}`);
}

/** The length of the answer at the start of the buffer, or undefined while it is not complete. */
function completeLength(data: Buffer): number | undefined {
  const headerEnd = data.indexOf(HEADER_END);
  if (headerEnd < 0) return undefined;
  const head = data.toString('latin1', 0, headerEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const end = headerEnd + 4 + Number(length);
    return data.length >= end ? end : undefined;
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return headerEnd + 4;
  const last = data.indexOf(LAST_CHUNK, headerEnd + 2);
  return last < 0 ? undefined : last + LAST_CHUNK.length;
}

/** One keep-alive connection with at most one request under way. */
class Connection {
  isBusy = false;
  readonly #port: number;
  readonly #onAnswer: (connection: Connection, answer: Answer | Error) => void;
  #socket: Socket | undefined;
  #data: Buffer | undefined;
  #expects: Buffer | undefined;
  #isClosed = false;

  constructor(port: number, onAnswer: (connection: Connection, answer: Answer | Error) => void) {
    this.#port = port;
    this.#onAnswer = onAnswer;
  }

  ask({ sending, expects }: Prepared): void {
    this.isBusy = true;
    this.#expects = expects;
    this.#socket ??= this.#connected();
    this.#socket.write(sending());
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.destroy();
  }

  #connected(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    let problem: Error | undefined;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => {
      problem = error;
    });
    socket.on('close', () => {
      this.#socket = undefined;
      this.#data = undefined;
      if (!this.isBusy || this.#isClosed) return;
      this.isBusy = false;
      this.#onAnswer(this, problem ?? new Error('the connection was closed in mid-request'));
    });
    return socket;
  }

  #receive(chunk: Buffer): void {
    const data = this.#data ? Buffer.concat([this.#data, chunk]) : chunk;
    const length = completeLength(data);
    this.#data = length === undefined ? data : undefined;
    if (length === undefined) return;
    const status = (data[9] as number) * 100 + (data[10] as number) * 10 + (data[11] as number) - 48 * 111;
    const isGood = status < 300 && (this.#expects === undefined || data.includes(this.#expects));
    this.isBusy = false;
    this.#onAnswer(this, {
      isGood,
      body: isGood ? '' : data.toString('utf8', 0, Math.min(length, 1_500)),
    });
  }
}

function generate({
  port,
  calls,
  connections,
  milliseconds,
  count = Number.POSITIVE_INFINITY,
  perSecond,
}: Load): Promise<LoadResult> {
  const requests = calls.map((call) => ({
    sending: sendings(wire(port, call)),
    expects: call.expects === undefined ? undefined : Buffer.from(call.expects),
  }));
  const latencies: number[] = [];
  let asked = 0;
  let failures = 0;
  let firstFailure: string | null = null;
  const cpu = process.cpuUsage();
  const started = performance.now();

  return new Promise((done) => {
    const since = new Map<Connection, number>();
    /** When those requests were due that no connection was free for: waiting counts. */
    const overdue: number[] = [];
    let pace: NodeJS.Timeout | undefined;
    let isOver = false;

    const ask = (connection: Connection, due: number): void => {
      since.set(connection, due);
      connection.ask(requests[asked++ % requests.length] as Prepared);
    };
    const finish = (): void => {
      if (isOver) return;
      isOver = true;
      const elapsed = performance.now() - started;
      clearTimeout(end);
      clearInterval(pace);
      for (const connection of all) connection.close();
      const { user, system } = process.cpuUsage(cpu);
      latencies.sort((left, right) => left - right);
      done({
        count: latencies.length,
        failures,
        firstFailure,
        milliseconds: elapsed,
        meanMs: latencies.reduce((sum, each) => sum + each, 0) / Math.max(1, latencies.length),
        p50Ms: quantile(latencies, 0.5),
        p99Ms: quantile(latencies, 0.99),
        generatorLoad: (user + system) / 1_000 / elapsed,
      });
    };
    const onAnswer = (connection: Connection, answer: Answer | Error): void => {
      if (isOver) return;
      const now = performance.now();
      if (answer instanceof Error || !answer.isGood) {
        firstFailure ??= answer instanceof Error ? answer.message : answer.body;
        if (++failures >= FAILURES_UNTIL_GIVING_UP) return finish();
      } else latencies.push(now - (since.get(connection) as number));
      if (latencies.length >= count) return finish();
      if (perSecond === undefined) {
        if (asked < count + failures) ask(connection, now);
        return;
      }
      const due = overdue.shift();
      if (due !== undefined) ask(connection, due);
    };

    const all = Array.from({ length: connections }, () => new Connection(port, onAnswer));
    const end = setTimeout(finish, milliseconds);
    if (perSecond === undefined) for (const connection of all) ask(connection, performance.now());
    else {
      let due = started;
      pace = setInterval(() => {
        for (const now = performance.now(); due <= now; due += 1_000 / perSecond) {
          const free = all.find((connection) => !connection.isBusy);
          if (free) ask(free, due);
          else overdue.push(due);
        }
      }, PACE_MS);
    }
  });
}

serveRuns(generate);
