import type { MemberLevel } from './member-level.ts';
import { standardMemberLevels } from './standard-member-levels.ts';
import { descriptionFor, discountOf, isBirthdayMonth, periodOf, valueFor, type Benefit } from './benefit.ts';

const now = new Date('2026-02-14T02:00:00Z');
const stamps = { tenantId: 1, createdAt: now, updatedAt: now };
const levels = standardMemberLevels.map(
  (level, index): MemberLevel => ({ ...level, ...stamps, _id: index + 1 }),
);
const [, , silver, gold] = levels as [MemberLevel, MemberLevel, MemberLevel, MemberLevel];
const aBenefit = (more: Partial<Benefit> = {}): Benefit => ({
  ...{ _id: 1, ...stamps, code: 'B001', type: 'DISCOUNT', name: '会员专享折扣', value: null },
  ...{ description: '全场商品{discount}折优惠', requiredLevelId: 3, usageLimit: null, limitPeriod: null },
  isActive: true,
  ...more,
});

test('a discount is what the level pays, unless the benefit says otherwise', () => {
  expect([valueFor(aBenefit(), silver), descriptionFor(aBenefit(), silver)]).toEqual([
    0.9,
    '全场商品9折优惠',
  ]);
  expect(descriptionFor(aBenefit(), gold)).toBe('全场商品8.5折优惠');
  expect(valueFor(aBenefit({ value: 0.7 }), gold)).toBe(0.7);
});

test.each([
  [10_000, 1_000],
  [99, 10],
  [95, 10],
  [94, 9],
  [0, 0],
])('10 %% off %i is %i, half up', (amount, discount) =>
  expect(discountOf(aBenefit(), silver, { amount, shipping: 0 })).toBe(discount),
);

test('shipping is taken off whole; a gift takes nothing off', () => {
  const order = { amount: 10_000, shipping: 800 };
  expect(discountOf(aBenefit({ type: 'FREE_SHIPPING' }), silver, order)).toBe(800);
  expect(discountOf(aBenefit({ type: 'BIRTHDAY_GIFT' }), silver, order)).toBe(0);
});

test('periods end with the year or the month', () => {
  expect(periodOf({ limitPeriod: null }, '2024-02-10')).toEqual({ key: 'all', last: null });
  expect(periodOf({ limitPeriod: 'year' }, '2024-02-10')).toEqual({ key: '2024', last: '2024-12-31' });
  expect(periodOf({ limitPeriod: 'month' }, '2024-02-10')).toEqual({ key: '2024-02', last: '2024-02-29' });
});

test('a birthday gift is for the month of the birthday', () => {
  expect(isBirthdayMonth('1990-09-15', '2024-09-01')).toBe(true);
  expect(isBirthdayMonth('1990-09-15', '2024-10-01')).toBe(false);
  expect(isBirthdayMonth(null, '2024-10-01')).toBe(false);
});
