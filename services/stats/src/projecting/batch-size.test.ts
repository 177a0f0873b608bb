import fc from 'fast-check';
import { BatchSize, MADE, SERVED } from './batch-size.ts';

/** A size after so many full batches that took so long each. */
const after = (batches: number, milliseconds: number, size = new BatchSize()): BatchSize => {
  for (let batch = 0; batch < batches; batch++) size.counted(size.value, milliseconds);
  return size;
};

test('quick batches grow, by a quarter at a time, up to the most', () => {
  const size = new BatchSize();
  const first = size.value;
  size.counted(first, 999);
  expect(size.value).toBeLessThanOrEqual(Math.ceil(first * 1.25));
  expect(size.value).toBeGreaterThan(first);
  expect(after(20, 10, size).value).toBe(SERVED.most);
  expect(after(30, 10, new BatchSize(MADE)).value).toBe(MADE.most);
});

test('a batch that was not full says nothing of what more would take', () => {
  const size = new BatchSize();
  const first = size.value;
  size.counted(first - 1, 1);
  expect(size.value).toBe(first);
});

test('one that takes a second or two stays as it is', () => {
  const size = new BatchSize();
  const first = size.value;
  for (const milliseconds of [1_000, 1_500, 2_000]) expect(after(3, milliseconds, size).value).toBe(first);
});

test('slow batches shrink to what is done in a second, to a quarter at once', () => {
  const size = new BatchSize();
  const first = size.value;
  size.counted(first, 2_500);
  expect(size.value).toBe(Math.floor(first / 2.5));
  const before = size.value;
  size.counted(3, 60_000);
  expect(size.value).toBe(Math.floor(before / 4));
});

test('what failed at once is halved until it is one event; what failed late, sooner', () => {
  const halved = new BatchSize();
  const first = halved.value;
  halved.failed(5);
  expect(halved.value).toBe(first / 2);
  for (let failure = 0; failure < 10; failure++) halved.failed(5);
  expect(halved.value).toBe(1);
  halved.failed(5);
  expect(halved.value).toBe(1);
  const late = new BatchSize();
  late.failed(10_000);
  expect(late.value).toBe(Math.floor(first / 4));
});

/** Longer than this the server lets no transaction live. */
const LIFETIME = 10_000;
test.each([SERVED, MADE])(
  'of %p: on a machine of any speed it settles where batches take so long, after few that were in vain',
  (bounds) => {
    const { most, quick } = bounds;
    const machine = fc.record({
      each: fc.double({ min: 0.01, max: 1_500, noNaN: true }),
      once: fc.double({ min: 0, max: 400, noNaN: true }),
    });
    fc.assert(
      fc.property(machine, ({ each, once }) => {
        const size = new BatchSize(bounds);
        let vain = 0;
        for (let batch = 0; batch < 80; batch++) {
          const takes = once + each * size.value;
          if (takes > LIFETIME) {
            vain++;
            size.failed(LIFETIME);
          } else size.counted(size.value, takes);
        }
        expect(vain).toBeLessThanOrEqual(5);
        const settled = once + each * size.value;
        if (size.value > 1) expect(settled).toBeLessThanOrEqual(2 * quick);
        if (size.value < most)
          expect(once + each * (size.value + Math.ceil(size.value / 4))).toBeGreaterThan(quick / 1.25);
      }),
    );
  },
);
