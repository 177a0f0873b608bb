/** How a server ends under its clients: none of them loses a request that it has begun. */
import { once } from 'node:events';
import { Agent, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { createHttpServer } from '@membership/platform/http/server';
import { eventually } from '@membership/platform/testing/eventually';

type Answer = { status: number; connection: string | undefined; reused: boolean };

const never = new Int32Array(new SharedArrayBuffer(4));
/** Keeps this thread for 5 ms. */
const work = () => Atomics.wait(never, 0, 0, 5);

/** A server whose requests to /slow wait until they are let go, and those to /work keep it from all else for a while. */
async function serving() {
  const held: ServerResponse[] = [];
  const works: string[] = [];
  /** Whether it listened when it was asked, of each request. */
  const listened: boolean[] = [];
  const server = createHttpServer((request: IncomingMessage, response: ServerResponse) => {
    listened.push(server.server.listening);
    if (request.url === '/work') works.push(work());
    if (request.url === '/slow') held.push(response);
    else response.end('ok');
  });
  const port = await server.listen(0, '127.0.0.1');
  const ask = (path: string, agent: Agent) =>
    new Promise<Answer>((done, failed) => {
      const sent = get({ host: '127.0.0.1', port, path, agent }, (answer) => {
        answer.resume().on('end', () =>
          done({
            status: answer.statusCode ?? 0,
            connection: answer.headers.connection,
            reused: sent.reusedSocket,
          }),
        );
      }).on('error', failed);
    });
  return { server, port, held, works, listened, ask };
}
const keeping = () => new Agent({ keepAlive: true, maxSockets: 1 });

test('for a while nothing is different: connections stay, and new ones are taken', async () => {
  const { server, ask } = await serving();
  const [known, fresh] = [keeping(), keeping()];
  expect(await ask('/', known)).toEqual({ status: 200, connection: 'keep-alive', reused: false });
  const closing = server.close({
    lingerMilliseconds: 60_000,
    idleMilliseconds: 0,
    requestMilliseconds: 1_000,
  });
  expect(await ask('/', known)).toEqual({ status: 200, connection: 'keep-alive', reused: true });
  expect(await ask('/', fresh)).toEqual({ status: 200, connection: 'keep-alive', reused: false });
  for (const agent of [known, fresh]) agent.destroy();
  // Nobody holds a connection any more: there is nothing to wait for.
  await closing;
  await expect(ask('/', keeping())).rejects.toThrow('ECONNREFUSED');
});

test('then nothing new is taken; a connection that lies idle may be used once more, and is told', async () => {
  const { server, ask } = await serving();
  const known = keeping();
  await ask('/', known);
  const closing = server.close({
    lingerMilliseconds: 0,
    idleMilliseconds: 60_000,
    requestMilliseconds: 60_000,
  });
  await eventually(() => expect(server.server.listening).toBe(false));
  expect(await ask('/', known)).toEqual({ status: 200, connection: 'close', reused: true });
  await closing;
  await expect(ask('/', keeping())).rejects.toThrow('ECONNREFUSED');
});

test('connections that wait to be taken, and those that have not asked yet, are answered before the end', async () => {
  const { server, listened, ask } = await serving();
  // All of them are in the queue of the operating system when the server ends: this turn takes none.
  const waiting = Array.from({ length: 30 }, () => ask('/', keeping()));
  await new Promise<void>((done) => process.nextTick(done));
  const closing = server.close({ lingerMilliseconds: 0, idleMilliseconds: 0, requestMilliseconds: 60_000 });
  const answers = await Promise.all(waiting);
  expect(answers.filter(({ status, reused }) => status !== 200 || reused)).toEqual([]);
  // Told to close any sooner, their clients would come again on new ones, which the end of listening resets.
  expect(new Set(listened)).toEqual(new Set([false]));
  expect(new Set(answers.map(({ connection }) => connection))).toEqual(new Set(['close']));
  await closing;
});

test('what they ask waits until all are taken: a process that does as it comes takes one a turn, and turns are long', async () => {
  const { server, works, ask } = await serving();
  const waiting = Array.from({ length: 100 }, () => ask('/work', keeping()));
  await new Promise<void>((done) => process.nextTick(done));
  const closing = server.close({ lingerMilliseconds: 0, idleMilliseconds: 0, requestMilliseconds: 60_000 });
  expect((await Promise.all(waiting)).filter(({ status }) => status !== 200)).toEqual([]);
  expect(works).toHaveLength(100);
  await closing;
});

test('they do not wait for turns that are long of other work, and one whose client has gone is not begun', async () => {
  const { server, listened, ask } = await serving();
  const [known, gone] = [keeping(), keeping()];
  await Promise.all([ask('/', known), ask('/', gone)]);
  let turns = 0;
  const busy = () => {
    if (!server.server.listening) return;
    turns++;
    work();
    if (turns === 3) gone.destroy();
    setImmediate(busy);
  };
  busy();
  const answered = ask('/', known);
  const left = ask('/', gone).catch((error: Error) => error.message);
  await new Promise<void>((done) => process.nextTick(done));
  const closing = server.close({ lingerMilliseconds: 0, idleMilliseconds: 0, requestMilliseconds: 60_000 });
  expect(await answered).toMatchObject({ status: 200, connection: 'close' });
  expect(await left).toBe('socket hang up');
  expect(turns).toBeLessThan(16);
  expect(listened).toEqual([true, true, false]);
  await closing;
});

/** A client of another thread, which connects and asks when it is told to, while this one is at work. */
const OTHER_CLIENT = `
  const { connect } = require('node:net');
  const { parentPort, workerData: { port, turn } } = require('node:worker_threads');
  parentPort.postMessage('ready');
  parentPort.once('message', () => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('GET / HTTP/1.1\\r\\nhost: here\\r\\n\\r\\n');
      Atomics.store(turn, 0, 1);
      Atomics.notify(turn, 0);
    });
    socket.on('data', (data) => parentPort.postMessage(String(data).split('\\r\\n', 1)[0]));
    socket.on('error', (error) => parentPort.postMessage(error.code));
  });
`;

test('a connection that comes while a turn is at work is answered', async () => {
  const { server, port } = await serving();
  const turn = new Int32Array(new SharedArrayBuffer(4));
  const client = new Worker(OTHER_CLIENT, { eval: true, workerData: { port, turn } });
  try {
    const said: string[] = [];
    client.on('message', (word: string) => said.push(word));
    await eventually(() => expect(said).toEqual(['ready']));
    // In each turn this comes before the server's look at what that turn brought.
    setImmediate(() =>
      setImmediate(() => {
        client.postMessage('ask');
        Atomics.wait(turn, 0, 0, 10_000);
        work();
      }),
    );
    const closing = server.close({ lingerMilliseconds: 0, idleMilliseconds: 0, requestMilliseconds: 60_000 });
    await eventually(() => expect(said.slice(1)).toEqual(['HTTP/1.1 200 OK']));
    await client.terminate();
    await closing;
  } finally {
    await client.terminate();
  }
});

test('a request that is being answered is answered; its connection ends with it', async () => {
  const { server, held, ask } = await serving();
  const answered = ask('/slow', keeping());
  await eventually(() => expect(held).toHaveLength(1));
  const closing = server.close({ lingerMilliseconds: 0, idleMilliseconds: 0, requestMilliseconds: 60_000 });
  await eventually(() => expect(server.server.listening).toBe(false));
  held[0]?.end('ok');
  expect(await answered).toMatchObject({ status: 200, connection: 'close' });
  await closing;
});

test('an answer that had begun before ends; its connection does not hold up the end', async () => {
  const { server, held, ask } = await serving();
  const answered = ask('/slow', keeping());
  await eventually(() => expect(held).toHaveLength(1));
  held[0]?.writeHead(200, { 'content-length': 2 }).write('o');
  const closing = server.close({ lingerMilliseconds: 0, idleMilliseconds: 0, requestMilliseconds: 60_000 });
  held[0]?.end('k');
  expect(await answered).toMatchObject({ status: 200, connection: 'keep-alive' });
  await closing;
});

test('an answer that its client takes slowly goes out whole, though it has ended here', async () => {
  const long = 'x'.repeat(8 * 1024 * 1024);
  const { server, held, port } = await serving();
  const answered = new Promise<number>((done, failed) => {
    let length = 0;
    get({ host: '127.0.0.1', port, path: '/slow', agent: keeping() }, (answer) => {
      answer.on('data', (data: Buffer) => {
        length += data.length;
        answer.pause();
        setTimeout(() => answer.resume(), 5);
      });
      answer.on('end', () => done(length)).on('error', failed);
    }).on('error', failed);
  });
  await eventually(() => expect(held).toHaveLength(1));
  held[0]?.writeHead(200, { 'content-length': long.length }).flushHeaders();
  const closing = server.close({ lingerMilliseconds: 0, idleMilliseconds: 0, requestMilliseconds: 60_000 });
  held[0]?.end(long);
  expect(await answered).toBe(long.length);
  await closing;
});

test('a connection on which nothing was ever sent does not hold up the end; one with half a request is waited for', async () => {
  const { server, port } = await serving();
  const [silent, slow] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
  await Promise.all([once(silent, 'connect'), once(slow, 'connect')]);
  slow.write('GET / HTTP/1.1\r\nhost: ');
  const ended = once(silent.resume(), 'close');
  // Longer than a test may take.
  const closing = server.close({ lingerMilliseconds: 0, idleMilliseconds: 0, requestMilliseconds: 600_000 });
  await ended;
  slow.write('here\r\n\r\n');
  const [answer] = (await once(slow, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  await closing;
});

test('what does not end in time is cut off', async () => {
  const { server, held, ask } = await serving();
  const cut = ask('/slow', keeping()).then(
    () => undefined,
    (error: Error) => error.message,
  );
  await eventually(() => expect(held).toHaveLength(1));
  await server.close({ lingerMilliseconds: 0, idleMilliseconds: 0, requestMilliseconds: 50 });
  expect(await cut).toBe('socket hang up');
});
