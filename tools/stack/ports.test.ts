import { createServer, type AddressInfo } from 'node:net';
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
});
