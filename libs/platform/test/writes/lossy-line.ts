/** A line to MongoDB that loses what a test wants it to lose: commits on their way, or their answers. */
import { createServer, connect as connectSocket, type Server, type Socket } from 'node:net';
import mongoose, { type Connection, type ConnectOptions } from 'mongoose';

/**
 * `answer`: the server has the commit, its answer is lost. `commit`: the server never sees it. `hang`: the server has it, and
 * nothing comes back nor breaks off.
 */
export type Loss = 'answer' | 'commit' | 'hang';

/** Bytes that arrive at once: more than a command has that is not made large. */
const MUCH = 32_768;

export class LossyLine {
  readonly #sockets = new Set<Socket>();
  /** Those of them on which the driver has sent commands, and not just looked for the server. */
  readonly #asked = new Set<Socket>();
  readonly #server: Server;
  #loss: Loss | undefined;
  #isDown = false;
  #isSilent = false;
  #breaksUnderMuch = false;
  /** Commits that arrived here. */
  commits = 0;

  private constructor(host: string, port: number) {
    this.#server = createServer((near) => this.#join(near, connectSocket({ host, port, noDelay: true })));
  }

  static async to(host: string, port: number): Promise<LossyLine> {
    const line = new LossyLine(host, port);
    await new Promise<void>((done) => line.#server.listen(0, '127.0.0.1', done));
    return line;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** Loses the next commit; the server is out of reach afterwards, until `restore`. */
  loseNext(loss: Loss): void {
    this.#loss = loss;
  }

  /** From now on nothing gets through, and nothing breaks off. */
  silence(): void {
    this.#isSilent = true;
  }

  /** From now on nobody gets through. */
  takeDown(): void {
    this.#isDown = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Ends the connections that have carried commands, as a server does that is killed; new ones get through. */
  hangUp(): void {
    for (const socket of this.#asked) socket.end();
  }

  /** Breaks the next connection on which much is sent, in the middle of it; new ones get through. */
  breakUnderMuch(): void {
    this.#breaksUnderMuch = true;
  }

  restore(): void {
    this.#breaksUnderMuch = false;
    this.#isDown = false;
    this.#isSilent = false;
    this.#loss = undefined;
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((done) => this.#server.close(() => done()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join(near: Socket, far: Socket): void {
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.#asked.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    if (this.#isDown) {
      near.destroy();
      far.destroy();
      return;
    }
    let losing: Loss | undefined;
    near.on('data', (chunk: Buffer) => {
      if (this.#isSilent) return;
      if (chunk.includes('lsid')) this.#asked.add(near);
      if (this.#breaksUnderMuch && chunk.length > MUCH) {
        this.#breaksUnderMuch = false;
        near.pause();
        near.resetAndDestroy();
        return;
      }
      if (chunk.includes('commitTransaction')) {
        this.commits++;
        losing = this.#loss;
        this.#loss = undefined;
        if (losing === 'commit') {
          this.takeDown();
          return;
        }
      }
      far.write(chunk);
    });
    far.on('data', (chunk: Buffer) => {
      if (losing === 'answer') this.takeDown();
      else if (losing !== 'hang' && !this.#isSilent) near.write(chunk);
    });
  }
}

/** A connection through a line, which finds out within a third of a second that the server is away, unless it is to wait. */
export async function connectThrough(
  line: LossyLine,
  database: string,
  waits = 300,
  options: ConnectOptions = {},
): Promise<Connection> {
  return mongoose
    .createConnection(`mongodb://127.0.0.1:${line.port}/${database}?directConnection=true`, {
      ...options,
      serverSelectionTimeoutMS: waits,
      heartbeatFrequencyMS: 500,
      bufferCommands: false,
      autoIndex: false,
    })
    .asPromise();
}

/** Where the server that takes writes really is. */
export async function primaryOf(connection: Connection): Promise<{ host: string; port: number }> {
  const hello = await connection.getClient().db('admin').command({ hello: 1 });
  const { primary } = hello as unknown as { primary: string };
  const [host = '127.0.0.1', port = '27017'] = primary.split(':');
  return { host, port: Number(port) };
}
