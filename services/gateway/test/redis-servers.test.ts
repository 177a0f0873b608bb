/** A failover behind the address of Redis, and addresses that lead to another kind of server: real ones of the test's own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMetrics } from '@membership/platform/metrics';
import { eventually } from '@membership/platform/testing/eventually';
import { freePorts } from '../../../tools/stack/ports.ts';
import { answersRedis } from '../../../tools/stack/reachable.ts';
import { downloadedRedis, installedRedis } from '../../../tools/stack/redis-program.ts';
import type { RedisProgram } from '../../../tools/stack/redis-server.ts';
import { PassedOver } from '../../../tools/stack/store.ts';
import { SharedStore } from '@membership/platform/shared-store';

const say = (line: string): void => void process.stderr.write(`     Redis: ${line}\n`);
const program = await findRedis();
const withServer = program ? test : test.skip;
const folder = mkdtempSync(join(tmpdir(), 'redis-servers-'));
const servers: ChildProcess[] = [];
const ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
});
afterAll(async () => {
  await Promise.all(
    servers.map(async (server) => {
      const ended = server.exitCode === null ? once(server, 'exit') : undefined;
      server.kill('SIGKILL');
      await ended;
    }),
  );
  rmSync(folder, { recursive: true, force: true });
});

async function findRedis(): Promise<RedisProgram | null> {
  try {
    return await installedRedis().catch(() => downloadedRedis({ log: say }));
  } catch (error) {
    if (!(error instanceof PassedOver)) throw error;
    say(`NOT TESTED: ${error.message}`);
    return null;
  }
}

const ATTEMPTS = 5;
/** A redis-server with options of its own, once it answers; its port. */
async function aServer(...options: string[]): Promise<number> {
  const { binary, env } = program as RedisProgram;
  // A node of a cluster ends where the port 10,000 above its own is taken, too.
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const [port] = (await freePorts(1)) as [number];
    const server = spawn(
      binary,
      [...options, '--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder],
      { env: { ...process.env, ...env }, stdio: 'ignore' },
    );
    servers.push(server);
    const answers = () => answersRedis(`redis://127.0.0.1:${port}`);
    await eventually(async () => expect(server.exitCode !== null || (await answers())).toBe(true));
    if (server.exitCode === null) return port;
  }
  throw new Error(`redis-server ${options.join(' ')} ends at once`);
}
async function tell(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${command}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString().trim();
}

/** A store that asks this address, and what it says in the log. */
function aStore(port: number) {
  const said: string[] = [];
  const log = (fields: unknown, text?: string) =>
    void said.push(`${text} ${(fields as { hint?: string }).hint ?? ''}`.trim());
  const store = new SharedStore({
    url: `redis://127.0.0.1:${port}`,
    prefix: 'test:',
    logger: { info: log as never, warn: log as never },
    metrics: createMetrics('gateway'),
    gauge: 'redis_up',
    says: { up: 'it is asked', away: 'nobody asks it' },
  });
  ends.push(() => store.stop());
  store.start();
  return { store, said };
}
const count = (store: SharedStore) => store.run(`return redis.call('INCR', KEYS[1])`, ['test:count'], []);

/** A name that leads to one server, then to another; what is connected stays so. */
async function aName(first: number): Promise<{ port: number; leadTo(port: number): void }> {
  let target = first;
  const sockets = new Set<Socket>();
  const server: Server = createServer((inner) => {
    const outer = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined).on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, leadTo: (port) => void (target = port) };
}

withServer(
  'after a failover the connection leads to a replica: the name is asked again, and all goes on',
  async () => {
    const [one, two] = await Promise.all([aServer(), aServer()]);
    const name = await aName(one);
    const { store, said } = aStore(name.port);
    await eventually(async () => expect(await count(store)).toBe(1));
    name.leadTo(two);
    // As a Sentinel does it; the connection to what was the primary stays.
    expect(await tell(one, `REPLICAOF 127.0.0.1 ${two}`)).toBe('+OK');
    await expect(count(store)).rejects.toThrow('READONLY');
    expect(said.at(-1)).toMatch(/^Redis is away: .* REDIS_URL leads to a replica/);
    await eventually(async () => expect(await count(store)).toEqual(expect.any(Number)));
    expect(said.at(-1)).toMatch(/^Redis answers/);
    expect(await tell(two, 'GET test:count')).toMatch(/^\$\d+\r\n[1-9]\d*$/);
  },
);

withServer.each([
  ['a node of a cluster', ['--cluster-enabled', 'yes'], 'a node of a Redis Cluster'],
  ['a replica', ['--replicaof', '127.0.0.1', '9'], 'a replica'],
])('%s is told from a Redis that is away', async (_what, options, expected) => {
  const { store, said } = aStore(await aServer(...options));
  await eventually(() => expect(said).toEqual([expect.stringContaining(`REDIS_URL leads to ${expected}`)]));
  await expect(count(store)).rejects.toThrow();
});

withServer('so is a Sentinel', async () => {
  const file = join(folder, 'sentinel.conf');
  writeFileSync(file, '');
  const { store, said } = aStore(await aServer(file, '--sentinel'));
  await eventually(() => expect(said).toEqual([expect.stringContaining('REDIS_URL leads to a Sentinel')]));
  await expect(count(store)).rejects.toThrow();
});
