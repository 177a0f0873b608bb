/** Streamed answers over a real connection: refusals before the first piece, slow readers, readers that leave, late failures. */
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { writeStream } from '@membership/platform/http/stream';
import { eventually } from '@membership/platform/testing/eventually';

const head = { contentType: 'text/csv; charset=utf-8', fileName: 'a.csv' };
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Answers every request with these pieces; what the writing came to is told. */
async function serving(pieces: () => AsyncIterable<string> | Iterable<string>) {
  const ended: unknown[] = [];
  server = createServer((_request, response) => {
    writeStream(response, head, pieces()).then(
      () => ended.push('done'),
      (error: Error) => {
        ended.push(error.message);
        if (!response.headersSent) response.writeHead(409).end();
      },
    );
  });
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const ask = () =>
    new Promise<IncomingMessage>((done, failed) =>
      get({ port, host: '127.0.0.1' }, done).on('error', failed),
    );
  return { ask, ended };
}
function refusedPiece(): string {
  throw new Error('refused');
}
async function textOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of answer) text += String(piece);
  return text;
}

test('pieces come in order under one head; none at all is an empty answer', async () => {
  const { ask } = await serving(() => ['a', 'b', 'c']);
  const answer = await ask();
  expect(answer.statusCode).toBe(200);
  expect(answer.headers).toMatchObject({
    'content-type': head.contentType,
    'content-disposition': 'attachment; filename="a.csv"',
  });
  expect(await textOf(answer)).toBe('abc');
  server?.close();
  const empty = await serving(() => []);
  expect(await textOf(await empty.ask())).toBe('');
});

test('what refuses before the first piece can still be answered', async () => {
  const { ask, ended } = await serving(async function* () {
    await pause(1);
    yield refusedPiece();
  });
  expect((await ask()).statusCode).toBe(409);
  expect(ended).toEqual(['refused']);
});

test('a slow reader is waited for, without a listener left for each piece', async () => {
  const warnings: string[] = [];
  const warn = (warning: Error) => warnings.push(warning.name);
  process.on('warning', warn);
  let asked = 0;
  const { ask, ended } = await serving(function* () {
    for (; asked < 400; asked++) yield 'x'.repeat(64 * 1024);
  });
  const answer = await ask();
  answer.pause();
  // It has stopped asking when two looks see the same.
  let seen = 0;
  await eventually(() => {
    const before = seen;
    seen = asked;
    expect([seen > 0, seen]).toEqual([true, before]);
  });
  expect(seen).toBeLessThan(400);
  expect((await textOf(answer)).length).toBe(400 * 64 * 1024);
  await eventually(() => expect(ended).toEqual(['done']));
  process.off('warning', warn);
  expect(warnings).toEqual([]);
});

test('a reader that leaves ends the asking; that is no failure', async () => {
  let isClosed = false;
  const { ask, ended } = await serving(async function* () {
    try {
      for (;;) {
        yield 'x'.repeat(64 * 1024);
        await pause(1);
      }
    } finally {
      isClosed = true;
    }
  });
  (await ask()).destroy();
  await eventually(() => expect([isClosed, ended]).toEqual([true, ['done']]));
});

test('a failure in the middle breaks the answer off and is told', async () => {
  const { ask, ended } = await serving(async function* () {
    yield 'a'.repeat(100_000);
    await pause(1);
    throw new Error('the store went');
  });
  await expect(textOf(await ask())).rejects.toThrow();
  // The reader may see the broken connection before the writer is done with its failure.
  await eventually(() => expect(ended).toEqual(['the store went']));
});
