/** The way to the tests' Redis, which a test can cut, or leave open with nothing coming through. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type RedisLine = {
  /** What a process connects to. */
  readonly url: string;
  /** A prefix of keys that nobody else has. */
  readonly prefix: string;
  /** Ends all connections and takes none, as a Redis that was killed. */
  cut(): Promise<void>;
  /** Takes connections and bytes and answers nothing, as a Redis that hangs. */
  hold(): void;
  /** As before. */
  restore(): Promise<void>;
  close(): Promise<void>;
  /** What Redis answers to a command, its words apart by one space, asked past the line. */
  command(text: string): Promise<string>;
  /** Its keys behind the prefix, asked past the line. */
  keys(): Promise<string[]>;
};

export async function redisLine(): Promise<RedisLine> {
  const target = new URL(process.env.REDIS_URL as string);
  const sockets = new Set<Socket>();
  let isHeld = false;
  const server = createServer((inner) => {
    const outer = connect(Number(target.port || 6379), target.hostname);
    for (const socket of [inner, outer]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        inner.destroy();
        outer.destroy();
      });
    }
    inner.on('data', (bytes) => outer.write(bytes));
    // What was held stays away: nobody waits for it any more.
    outer.on('data', (bytes) => isHeld || inner.write(bytes));
  });
  const listen = (port: number) => new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const prefix = `t${randomBytes(5).toString('hex')}:`;
  const command = async (text: string) => {
    const socket = connect(Number(target.port || 6379), target.hostname);
    const words = text.split(' ').map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    socket.write(`*${words.length}\r\n${words.join('')}`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return answer.toString().trim();
  };
  const cut = async () => {
    if (!server.listening) return;
    const closed = new Promise((done) => server.close(done));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    url: `redis://127.0.0.1:${port}${target.pathname}`,
    prefix,
    cut,
    hold: () => void (isHeld = true),
    async restore() {
      const wasHeld = isHeld;
      isHeld = false;
      if (wasHeld) for (const socket of sockets) socket.destroy();
      if (!server.listening) await listen(port);
    },
    close: cut,
    command,
    keys: async () =>
      (await command(`KEYS ${prefix}*`))
        .split('\r\n')
        .flatMap((part) => (part.startsWith(prefix) ? [part.slice(prefix.length)] : [])),
  };
}
