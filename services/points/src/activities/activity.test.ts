import type { MemberLevel } from '../member-levels/member-level.ts';
import { standardMemberLevels } from '../member-levels/standard-member-levels.ts';
import { isEligible, whyNotNow } from './activity.ts';

const at = (second: number) => new Date(second * 1_000);
const stamps = { tenantId: 1, createdAt: at(0), updatedAt: at(0) };
const levels = standardMemberLevels.map(
  (level, index): MemberLevel => ({ ...level, ...stamps, _id: index + 1 }),
);

test.each([
  [9, '活动尚未开始'],
  [10, undefined],
  [20, undefined],
  [21, '活动已结束'],
])('at %i of 10 to 20: %s', (now, sentence) =>
  expect(whyNotNow({ startsAt: at(10), endsAt: at(20) }, at(now))?.sentence('zh')).toBe(sentence),
);

test('the level that is required and those above may take part', () => {
  const may = (requiredLevelId: number | null) =>
    levels.map((level) => isEligible({ requiredLevelId }, level, levels));
  expect(may(3)).toEqual([false, false, true, true]);
  expect(may(null)).toEqual([true, true, true, true]);
  expect(may(99)).toEqual([false, false, false, false]);
  expect(isEligible({ requiredLevelId: 1 }, undefined, levels)).toBe(false);
});
