import {
  levelAfterSpending,
  levelForSpending,
  memberLevelOf,
  nextMemberLevel,
  type MemberLevel,
} from './member-level.ts';
import { standardMemberLevels } from './standard-member-levels.ts';

const now = new Date('2026-02-14T02:00:00Z');
const levels = standardMemberLevels.map(
  (standard, index): MemberLevel => ({
    ...standard,
    _id: index + 1,
    tenantId: 1,
    createdAt: now,
    updatedAt: now,
  }),
);
const codeOf = (level: MemberLevel | undefined) => level?.code;

test.each([
  [0, 'BASIC'],
  [49_999, 'BASIC'],
  [50_000, 'BRONZE'],
  [50_001, 'BRONZE'],
  [199_999, 'BRONZE'],
  [200_000, 'SILVER'],
  [500_000, 'GOLD'],
  [9_000_000, 'GOLD'],
])('%i spent reaches %s', (spent, code) => expect(codeOf(levelForSpending(levels, spent))).toBe(code));

test('who has no level yet is at the first, and one that was removed counts as none', () => {
  expect(codeOf(memberLevelOf(levels, {}))).toBe('BASIC');
  expect(codeOf(memberLevelOf(levels, { memberLevelId: 99 }))).toBe('BASIC');
  expect(memberLevelOf([], {})).toBeUndefined();
});

test('spending lifts; a refund does not lower; a level set by hand is a floor that spending may pass', () => {
  expect(codeOf(levelAfterSpending(levels, { memberLevelId: 1, moneySpent: 200_000 }))).toBe('SILVER');
  expect(codeOf(levelAfterSpending(levels, { memberLevelId: 3, moneySpent: 0 }))).toBe('SILVER');
  expect(codeOf(levelAfterSpending(levels, { memberLevelId: 1, memberLevelFloorId: 2, moneySpent: 0 }))).toBe(
    'BRONZE',
  );
  expect(
    codeOf(levelAfterSpending(levels, { memberLevelId: 2, memberLevelFloorId: 2, moneySpent: 500_000 })),
  ).toBe('GOLD');
});

test('progress is spent of what the next level requires; none at the top', () => {
  const silver = levels[2];
  expect(nextMemberLevel(levels, silver, 250_000)).toMatchObject({ remaining: 250_000, percentage: 50 });
  expect(nextMemberLevel(levels, silver, 600_000)).toMatchObject({ remaining: 0, percentage: 100 });
  expect(nextMemberLevel(levels, levels[3], 600_000)).toBeNull();
});
