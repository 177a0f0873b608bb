import { createRestartDelay } from './restart-delay.ts';

describe('the wait before a crashed service starts again', () => {
  test('doubles up to a limit while it keeps crashing', () => {
    const delay = createRestartDelay();
    expect(Array.from({ length: 7 }, () => delay(100))).toEqual([500, 1000, 2000, 4000, 8000, 15000, 15000]);
  });

  test('is short again after it ran for a minute', () => {
    const delay = createRestartDelay();
    delay(100);
    delay(100);
    expect(delay(60_000)).toBe(500);
    expect(delay(59_999)).toBe(1000);
  });
});
