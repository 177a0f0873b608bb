import { KeptCounts } from './kept-counts.ts';

let counted = 0;
const count = () => Promise.resolve({ count: ++counted });
const much = () => Promise.resolve(null);
const never = () => Promise.reject(new Error('was asked'));
beforeEach(() => {
  counted = 0;
});

test('little is counted each time', async () => {
  const counts = new KeptCounts();
  expect([await counts.of('a', count, never), await counts.of('a', count, never)]).toEqual([
    { count: 1 },
    { count: 2 },
  ]);
});

test('much is counted once for all who ask, each thing by itself', async () => {
  const counts = new KeptCounts();
  const asked = ['a', 'a', 'b', 'a'].map((key) => counts.of(key, much, count));
  expect(await Promise.all(asked)).toEqual([{ count: 1 }, { count: 1 }, { count: 2 }, { count: 1 }]);
  expect(await counts.of('a', never, never)).toEqual({ count: 1 });
});

test('much is counted again when its time is over, and when counting failed', async () => {
  const counts = new KeptCounts({ milliseconds: 1 });
  await counts.of('a', much, count);
  for (const over = performance.now() + 3; performance.now() < over; );
  await counts.of('a', much, count);
  expect(counted).toBe(2);
  const failing = new KeptCounts();
  const fails = () => Promise.reject(new Error('the store is away'));
  await expect(failing.of('a', much, fails)).rejects.toThrow('the store is away');
  expect(await failing.of('a', much, count)).toEqual({ count: 3 });
});
