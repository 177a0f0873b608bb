import { backoff, pause, Wake } from './wake.ts';

test('a call while awake is remembered, several count as one', async () => {
  const wake = new Wake();
  wake.raise();
  wake.raise();
  await wake.wait(60_000);
  const started = performance.now();
  await wake.wait(30);
  expect(performance.now() - started).toBeGreaterThanOrEqual(25);
});

test('a call while asleep ends the sleep', async () => {
  const wake = new Wake();
  const waiting = wake.wait(60_000);
  wake.raise();
  await waiting;
});

test('a pause ends with its signal', async () => {
  const ending = new AbortController();
  const pausing = pause(60_000, ending.signal);
  ending.abort();
  await pausing;
  await pause(60_000, ending.signal);
});

test('waits grow to a bound', () => {
  for (let attempt = 1; attempt < 50; attempt++) {
    const wait = backoff(attempt, { first: 100, most: 1_000 });
    expect(wait).toBeGreaterThanOrEqual(80);
    expect(wait).toBeLessThanOrEqual(1_200);
  }
  expect(backoff(1, { first: 100 })).toBeLessThanOrEqual(120);
});
