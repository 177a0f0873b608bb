/** Requests that come while a process starts: they wait for it, so many and so long, and no client is kept for nothing. */
import { get } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WaitingRoom } from '@membership/platform/http/waiting-room';
import { eventually } from '@membership/platform/testing/eventually';

const ends: (() => unknown)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A server that has not started yet; `ask` gives the status and what was answered. */
async function starting({ places = 10, milliseconds = 60_000 } = {}) {
  const room = new WaitingRoom({ places, milliseconds });
  const server = createServer((request, response) =>
    room.enter(response, {
      go: () => response.end(request.url),
      turnAway: () => response.writeHead(503).end(),
    }),
  );
  ends.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const ask = (path = '/') => {
    const sent = get({ host: '127.0.0.1', port, path, agent: false });
    const answer = new Promise<[number | undefined, string]>((done, failed) => {
      sent.on('error', failed).on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => done([response.statusCode, text]));
      });
    });
    return { answer, hangUp: () => sent.destroy() };
  };
  return { room, ask };
}

test('they are answered once it has started', async () => {
  const { room, ask } = await starting();
  const asked = [ask('/1'), ask('/2')];
  await eventually(() => expect(room.waiting).toBe(2));
  room.open();
  expect(await Promise.all(asked.map(({ answer }) => answer))).toEqual([
    [200, '/1'],
    [200, '/2'],
  ]);
  expect(room.waiting).toBe(0);
  expect(await ask('/3').answer).toEqual([200, '/3']);
});

test('who finds no place is turned away at once; the others keep theirs', async () => {
  const { room, ask } = await starting({ places: 1 });
  const first = ask('/first');
  await eventually(() => expect(room.waiting).toBe(1));
  expect(await ask().answer).toEqual([503, '']);
  room.open();
  expect(await first.answer).toEqual([200, '/first']);
});

test('who has waited long enough is turned away', async () => {
  const { room, ask } = await starting({ milliseconds: 20 });
  expect(await ask().answer).toEqual([503, '']);
  expect(room.waiting).toBe(0);
});

test('a start that fails turns everybody away, later ones too', async () => {
  const { room, ask } = await starting();
  const waiting = ask();
  await eventually(() => expect(room.waiting).toBe(1));
  room.close();
  expect([await waiting.answer, await ask().answer]).toEqual([
    [503, ''],
    [503, ''],
  ]);
});

test('a client that leaves gives its place back', async () => {
  const { room, ask } = await starting({ places: 1 });
  const left = ask();
  left.answer.catch(() => undefined);
  await eventually(() => expect(room.waiting).toBe(1));
  left.hangUp();
  await eventually(() => expect(room.waiting).toBe(0));
  const next = ask('/next');
  await eventually(() => expect(room.waiting).toBe(1));
  room.open();
  expect(await next.answer).toEqual([200, '/next']);
});
