import { changePercent } from './proportions.ts';

describe('the change from yesterday to today', () => {
  test.each([
    [150, 100, 50],
    [0, 100, -100],
    [100, 100, 0],
    [1, 3, -66.7],
    [0, 0, null],
    [5, 0, null],
  ])('from %i today and %i yesterday', (today, yesterday, change) =>
    expect(changePercent(today, yesterday)).toBe(change),
  );
});
