/** How a server ends under its clients: none of them loses a request that it has begun. */
import { Agent, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { Worker } from 'node:worker_threads';
import { createHttpServer } from '@membership/platform/http/server';
import { eventually } from '@membership/platform/testing/eventually';

type Answer = { status: number; connection: string | undefined; reused: boolean };

/** A server whose requests to /slow wait until they are let go. */
async function serving() {
  const held: ServerResponse[] = [];
  const server = createHttpServer((request: IncomingMessage, response: ServerResponse) => {
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
  return { server, held, ask };
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
  const { server, ask } = await serving();
  // All of them are in the queue of the operating system when the server ends: this turn takes none.
  const waiting = Array.from({ length: 30 }, () => ask('/', keeping()));
  await new Promise<void>((done) => process.nextTick(done));
  const closing = server.close({ lingerMilliseconds: 0, idleMilliseconds: 0, requestMilliseconds: 60_000 });
  const answers = await Promise.all(waiting);
  expect(answers.filter(({ status, reused }) => status !== 200 || reused)).toEqual([]);
  // All told to close, their clients would come again on new ones, which the end of listening resets.
  expect(answers.map(({ connection }) => connection)).toContain('keep-alive');
  await closing;
});

/** A client of another thread, which asks while this one is at work: on two connections that it holds, then on a new one. */
const BUSY_CLIENT = `
  const { connect } = require('node:net');
  const { parentPort, workerData: { port, turn } } = require('node:worker_threads');
  const open = () => new Promise((done, failed) => {
    const socket = connect(port, '127.0.0.1', () => done(socket)).on('error', failed);
  });
  const ask = (socket, path) => socket.write('GET ' + path + ' HTTP/1.1\\r\\nhost: here\\r\\n\\r\\n');
  const passOn = (next) => { Atomics.store(turn, 0, next); Atomics.notify(turn, 0); };
  const isTurn = async (wanted) => {
    for (let now; (now = Atomics.load(turn, 0)) !== wanted; ) await Atomics.waitAsync(turn, 0, now).value;
  };
  (async () => {
    const [first, second] = [await open(), await open()];
    parentPort.postMessage('connected');
    await isTurn(1);
    ask(first, '/work');
    passOn(2);
    await isTurn(3);
    ask(second, '/work');
    passOn(4);
    await isTurn(5);
    const third = await open();
    ask(third, '/');
    third.on('data', (data) => parentPort.postMessage(String(data).split('\\r\\n', 1)[0]));
    third.on('error', (error) => parentPort.postMessage(error.code));
    passOn(6);
  })();
`;

test('a connection that comes while a turn is at work is answered', async () => {
  const turn = new Int32Array(new SharedArrayBuffer(4));
  const step = (next: number) => {
    Atomics.store(turn, 0, next);
    Atomics.notify(turn, 0);
    Atomics.wait(turn, 0, next);
  };
  let works = 0;
  const server = createHttpServer((request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/work') step(++works === 1 ? 3 : 5);
    response.end('ok');
  });
  let connections = 0;
  server.server.on('connection', () => connections++);
  const port = await server.listen(0, '127.0.0.1');
  const client = new Worker(BUSY_CLIENT, { eval: true, workerData: { port, turn } });
  try {
    const said: string[] = [];
    client.on('message', (word: string) => said.push(word));
    await eventually(() => expect([connections, said]).toEqual([2, ['connected']]));
    step(1);
    const closing = server.close({
      lingerMilliseconds: 0,
      idleMilliseconds: 60_000,
      requestMilliseconds: 60_000,
    });
    await eventually(() => expect(said.slice(1)).toEqual(['HTTP/1.1 200 OK']));
    expect(works).toBe(2);
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
