import { whyNotNow } from './activity.ts';

const at = (second: number) => new Date(second * 1_000);

test.each([
  [9, '活动尚未开始'],
  [10, undefined],
  [20, undefined],
  [21, '活动已结束'],
])('at %i of 10 to 20: %s', (now, sentence) =>
  expect(whyNotNow({ startsAt: at(10), endsAt: at(20) }, at(now))?.sentence('zh')).toBe(sentence),
);
