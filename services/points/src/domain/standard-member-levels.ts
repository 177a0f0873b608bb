/** The member levels that a new tenant begins with (spec/architecture.md, demo data). */
import type { MemberLevel } from './member-level.ts';

type Standard = Omit<MemberLevel, '_id' | 'tenantId' | 'sequence' | 'createdAt' | 'updatedAt'>;

export const NO_BENEFITS = {
  freeShipping: false,
  birthdayGift: false,
  priorityService: false,
  exclusiveEvents: false,
} as const;

export const standardMemberLevels: readonly Standard[] = [
  {
    ...{ name: '注册会员', code: 'BASIC', requiredSpent: 0, payRate: 10_000, pointMultiplier: 100 },
    benefits: NO_BENEFITS,
  },
  {
    ...{ name: '铜牌会员', code: 'BRONZE', requiredSpent: 50_000, payRate: 9_500, pointMultiplier: 100 },
    benefits: { ...NO_BENEFITS, birthdayGift: true },
  },
  {
    ...{ name: '银牌会员', code: 'SILVER', requiredSpent: 200_000, payRate: 9_000, pointMultiplier: 100 },
    benefits: { ...NO_BENEFITS, birthdayGift: true, freeShipping: true },
  },
  {
    ...{ name: '金牌会员', code: 'GOLD', requiredSpent: 500_000, payRate: 8_500, pointMultiplier: 150 },
    benefits: { freeShipping: true, birthdayGift: true, priorityService: true, exclusiveEvents: true },
  },
];
