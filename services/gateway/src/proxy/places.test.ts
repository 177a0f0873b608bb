import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Places, waitOf, type Release } from './places.ts';
import { ClientGone } from './upstream-failure.ts';

const never = () => new AbortController().signal;
/** Whoever got a place, in order; and how to give one back. */
function aService(options: { places: number; perHolder: number; waiting: number }) {
  const places = new Places(options);
  const served: string[] = [];
  const held = new Map<string, Release>();
  const come = (name: string, signal = never) => {
    const got = (release: Release) => {
      served.push(name);
      held.set(name, release);
    };
    const place = places.take(name.split(' ', 1)[0] as string, signal);
    return place instanceof Promise ? place.then(got) : got(place);
  };
  const settled = () => new Promise<void>((done) => setImmediate(done));
  const leave = async (name: string) => {
    held.get(name)?.();
    await settled();
  };
  return { places, served, come, leave, settled };
}

test('a holder has its part of the places, others have the rest', async () => {
  const { served, come, leave } = aService({ places: 4, perHolder: 3, waiting: 10 });
  for (const name of ['acme 1', 'acme 2', 'acme 3', 'acme 4', 'acme 5', 'globex 1']) void come(name);
  expect(served).toEqual(['acme 1', 'acme 2', 'acme 3', 'globex 1']);
  await leave('globex 1');
  expect(served).toHaveLength(4);
  await leave('acme 2');
  expect(served.at(-1)).toBe('acme 4');
});

test('lines take turns, whatever their length', async () => {
  const { served, come, leave } = aService({ places: 1, perHolder: 1, waiting: 100 });
  const names = ['acme 1', 'acme 2', 'acme 3', 'acme 4', 'globex 1', 'initech 1', 'globex 2'];
  for (const name of names) void come(name);
  for (let index = 0; index < names.length; index++) await leave(served[index] as string);
  expect(served).toEqual(['acme 1', 'acme 2', 'globex 1', 'initech 1', 'acme 3', 'globex 2', 'acme 4']);
});

test('what finds no room in its line is refused, and others still find some', async () => {
  const { come, places } = aService({ places: 1, perHolder: 1, waiting: 4 });
  for (const name of ['acme 1', 'acme 2', 'acme 3']) void come(name);
  expect(() => come('acme 4')).toThrow(expect.objectContaining({ code: 'SYS_002' }));
  void come('globex 1');
  void come('globex 2');
  expect(() => come('initech 1')).toThrow(expect.objectContaining({ code: 'SYS_002' }));
  expect(places.waiting).toBe(4);
});

test('whoever leaves the line is passed over, and a place given back twice is one', async () => {
  const { served, come, leave, places } = aService({ places: 1, perHolder: 1, waiting: 10 });
  const leaving = new AbortController();
  void come('acme 1');
  const gone = come('acme 2', () => leaving.signal);
  void come('globex 1');
  leaving.abort(new Error('gone'));
  await expect(gone).rejects.toThrow('gone');
  expect(places.waiting).toBe(1);
  await leave('acme 1');
  await leave('acme 1');
  expect(served).toEqual(['acme 1', 'globex 1']);
  void come('initech 1');
  expect(served).toHaveLength(2);
  const over = AbortSignal.abort(new Error('over'));
  await expect(come('initech 2', () => over)).rejects.toThrow('over');
  expect(places.waiting).toBe(1);
});

test('a wait ends when the client goes, and leaves nothing at its answer once it is over', () => {
  const response = new EventEmitter() as ServerResponse;
  const [left, served] = [waitOf(response, 60_000), waitOf(response, 60_000)];
  served.over();
  response.emit('close');
  expect([left.signal.reason, served.signal.aborted]).toEqual([expect.any(ClientGone), false]);
  left.over();
  const another = waitOf(response, 60_000);
  expect(response.listenerCount('close')).toBe(1);
  another.over();
  expect(response.listenerCount('close')).toBe(0);
});
