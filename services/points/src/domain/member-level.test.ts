import { Refusal } from '@membership/contracts/errors';
import {
  admits,
  checkRequiredLevel,
  decideMemberLevel,
  memberLevelOf,
  memberLevelWithFloor,
  nextMemberLevel,
  type MemberLevel,
  type Standing,
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

const policy = { basis: 'total', downgrade: 'none', reviewDays: 30 } as const;
const decide = (standing: Standing, downgrade: 'none' | 'recompute' | 'one_step' = 'none', at = now) =>
  decideMemberLevel(levels, standing, { ...policy, downgrade }, at);

test.each([
  [0, 'BASIC'],
  [49_999, 'BASIC'],
  [50_000, 'BRONZE'],
  [50_001, 'BRONZE'],
  [199_999, 'BRONZE'],
  [200_000, 'SILVER'],
  [500_000, 'GOLD'],
  [9_000_000, 'GOLD'],
])('%i spent reaches %s', (moneySpent, code) => expect(codeOf(decide({ moneySpent }).level)).toBe(code));

test.each([
  [0, 'SILVER', 'SILVER'],
  [250_000, 'BRONZE', 'SILVER'],
  [250_000, 'GOLD', 'GOLD'],
])(
  'who has spent %i and is set to %s has %s: nothing that the money reaches is taken',
  (moneySpent, set, has) => {
    const floor = levels.find(({ code }) => code === set) as MemberLevel;
    expect(memberLevelWithFloor(levels, { moneySpent }, floor).code).toBe(has);
  },
);

test('who has no level yet is at the first, and one that was removed counts as none', () => {
  expect(codeOf(memberLevelOf(levels, {}))).toBe('BASIC');
  expect(codeOf(memberLevelOf(levels, { memberLevelId: 99 }))).toBe('BASIC');
  expect(memberLevelOf([], {})).toBeUndefined();
});

test('what requires a level is for its members and those above; a removed one admits nobody', () => {
  const whom = (requiredLevelId: number | null) =>
    levels.map((level) => admits({ requiredLevelId }, level, levels));
  expect(whom(3)).toEqual([false, false, true, true]);
  expect(whom(null)).toEqual([true, true, true, true]);
  expect(whom(99)).toEqual([false, false, false, false]);
  expect(admits({ requiredLevelId: 1 }, undefined, levels)).toBe(false);
});

test('a level of the ladder may be required, or none', () => {
  for (const required of [{}, { requiredLevelId: null }, { requiredLevelId: 4 }])
    checkRequiredLevel(required, levels);
  expect(() => checkRequiredLevel({ requiredLevelId: 5 }, levels)).toThrow(Refusal);
});

test('a refund lowers the level as the policy says: not, at once, or a step at each review', () => {
  const standing = { memberLevelId: 4, moneySpent: 0 };
  expect(codeOf(decide(standing).level)).toBe('GOLD');
  expect(codeOf(decide(standing, 'recompute').level)).toBe('BASIC');
  const first = decide(standing, 'one_step');
  expect([codeOf(first.level), first.reviewAt]).toEqual(['GOLD', new Date('2026-03-16T02:00:00Z')]);
  const reviewAt = now;
  const stepped = decide({ ...standing, memberLevelReviewAt: reviewAt }, 'one_step');
  expect([codeOf(stepped.level), stepped.because]).toEqual(['SILVER', 'review']);
  const last = decide({ ...standing, memberLevelId: 2, memberLevelReviewAt: reviewAt }, 'one_step');
  expect([codeOf(last.level), last.reviewAt]).toEqual(['BASIC', null]);
});

test('a level set by hand is a floor that spending may pass and no policy goes below', () => {
  const floor = { memberLevelFloorId: 2 };
  expect(codeOf(decide({ ...floor, memberLevelId: 1, moneySpent: 0 }).level)).toBe('BRONZE');
  expect(codeOf(decide({ ...floor, memberLevelId: 2, moneySpent: 500_000 }).level)).toBe('GOLD');
  expect(codeOf(decide({ ...floor, memberLevelId: 4, moneySpent: 0 }, 'recompute').level)).toBe('BRONZE');
});

test('progress is spent of what the next level requires; none at the top', () => {
  const silver = levels[2];
  expect(nextMemberLevel(levels, silver, 250_000)).toMatchObject({ remaining: 250_000, percentage: 50 });
  expect(nextMemberLevel(levels, silver, 600_000)).toMatchObject({ remaining: 0, percentage: 100 });
  expect(nextMemberLevel(levels, levels[3], 600_000)).toBeNull();
});
