import { FairTurns } from './fair-turns.ts';

/** Turns whose work is ended by hand, in any order. */
function turns(width: number, { perKey = 1_000, inAll = 1_000 } = {}) {
  const fair = new FairTurns({ width, perKey, inAll, refuse: (why) => new Error(`too much: ${why}`) });
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const pass = (key: string, name = key) =>
    fair.pass(key, () => {
      begun.push(name);
      return new Promise<void>((done) => ends.push(done));
    });
  const endOne = async () => {
    ends.shift()?.();
    await new Promise((done) => setImmediate(done));
  };
  return { pass, begun, endOne };
}

test('whoever asks for one thing beside a thousand of another begins at once', () => {
  const { pass, begun } = turns(3);
  for (let index = 0; index < 1_000; index++) void pass('acme', `acme ${index}`);
  expect(begun).toEqual(['acme 0', 'acme 1']);
  void pass('globex');
  expect(begun).toEqual(['acme 0', 'acme 1', 'globex']);
});

test('whoever asks for one thing behind hundreds of several waits for one of those', async () => {
  const { pass, begun, endOne } = turns(2);
  for (let index = 0; index < 400; index++)
    for (const key of ['acme', 'globex']) void pass(key, `${key} ${index}`);
  expect(begun).toEqual(['acme 0', 'globex 0']);
  void pass('initech');
  for (let index = 0; index < 4; index++) await endOne();
  expect(begun.slice(2)).toEqual(['acme 1', 'globex 1', 'initech', 'acme 2']);
});

test('a key that asks for too much is refused, others are not; all together are bounded, too', async () => {
  const { pass, endOne } = turns(1, { perKey: 2, inAll: 3 });
  for (let index = 0; index < 3; index++) void pass('acme');
  await expect(pass('acme')).rejects.toThrow('too much: key');
  void pass('globex');
  await expect(pass('initech')).rejects.toThrow('too much: all');
  await endOne();
  void pass('initech');
});

test('work that fails gives its place on, and what waits for nobody begins at once', async () => {
  const fair = new FairTurns({ width: 1, perKey: 1, inAll: 1, refuse: () => new Error('too much') });
  await expect(fair.pass('acme', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await fair.pass('acme', () => Promise.resolve(7))).toBe(7);
});
