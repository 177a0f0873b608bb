import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { choosePorts, firstOutgoingPort, freePorts, isPortFree } from './ports.ts';

describe('free ports', () => {
  test('are different, free, and none that an outgoing connection may be given', async () => {
    const ports = await freePorts(20);
    expect(new Set(ports).size).toBe(20);
    for (const port of ports) {
      expect(port).toBeLessThan(firstOutgoingPort());
      expect(await isPortFree(port)).toBe(true);
    }
  });

  test('a remembered one is kept while nobody listens on it', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port: taken } = server.address() as AddressInfo;
    const [free] = (await freePorts(1)) as [number];
    const chosen = await choosePorts(['one', 'other'], { one: free, other: taken });
    expect(chosen.one).toBe(free);
    expect(chosen.other).not.toBe(taken);
    await new Promise((done) => server.close(done));
  });

  test('none is given to two processes, though nobody listens on it yet', async () => {
    const others = [processWithPorts(), processWithPorts()] as const;
    try {
      const [some, more] = await Promise.all([others[0].ports, others[1].ports]);
      expect(some.filter((port) => more.includes(port))).toEqual([]);
      const { one } = await choosePorts(['one'], { one: some[0] as number });
      expect(one).not.toBe(some[0]);
    } finally {
      await Promise.all(others.map((other) => other.end()));
    }
  });

  test('what a process had is free for others once it has ended', async () => {
    const other = processWithPorts();
    const [port] = (await other.ports) as [number];
    await other.end();
    expect((await choosePorts(['one'], { one: port })).one).toBe(port);
  });
});

/** So many that two processes which only look would choose some of the same, all but surely. */
const MANY = 400;

/** A process that chooses ports and stays until it is ended. */
function processWithPorts() {
  const program = `import { freePorts } from ${JSON.stringify(new URL('./ports.ts', import.meta.url))};
    console.log(JSON.stringify(await freePorts(${MANY})));
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = new Promise((done) => child.once('exit', done));
  return {
    ports: (async () => {
      for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line) as number[];
      throw new Error('The process ended without a word.');
    })(),
    end: () => {
      child.stdin.end();
      return gone;
    },
  };
}
