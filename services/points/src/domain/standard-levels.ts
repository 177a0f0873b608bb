/** The levels that a new tenant begins with (seed 001; spec/architecture.md, demo data). */
import type { Level } from './level.ts';

type Standard = Omit<Level, '_id' | 'tenantId' | 'sequence' | 'createdAt' | 'updatedAt'>;
const always = { isActive: true } as const;

export const standardLevels: readonly Standard[] = [
  {
    ...always,
    name: '青铜会员',
    code: 'BRONZE',
    order: 1,
    minPoints: 0,
    maxPoints: 999,
    isDefault: true,
    color: '#CD7F32',
    icon: '🥉',
    description: '新用户的起始等级',
    permissions: { can_view_basic_content: true, discount_rate: 0.05, priority_support: false },
    quotas: { max_downloads_per_day: 10, max_api_calls_per_hour: 100 },
  },
  {
    ...always,
    name: '白银会员',
    code: 'SILVER',
    order: 2,
    minPoints: 1000,
    maxPoints: 1999,
    isDefault: false,
    color: '#C0C0C0',
    icon: '🥈',
    description: '中级会员等级',
    permissions: {
      can_view_basic_content: true,
      can_view_premium_content: true,
      discount_rate: 0.1,
      priority_support: false,
    },
    quotas: { max_downloads_per_day: 20, max_api_calls_per_hour: 200 },
  },
  {
    ...always,
    name: '黄金会员',
    code: 'GOLD',
    order: 3,
    minPoints: 2000,
    maxPoints: 9999,
    isDefault: false,
    color: '#FFD700',
    icon: '🥇',
    description: '高级会员等级',
    permissions: {
      can_view_basic_content: true,
      can_view_premium_content: true,
      discount_rate: 0.15,
      priority_support: false,
    },
    quotas: { max_downloads_per_day: 20, max_api_calls_per_hour: 200 },
  },
  {
    ...always,
    name: '钻石会员',
    code: 'DIAMOND',
    order: 4,
    minPoints: 10_000,
    maxPoints: null,
    isDefault: false,
    color: '#B9F2FF',
    icon: '💎',
    description: '最高会员等级',
    permissions: {
      can_view_basic_content: true,
      can_view_premium_content: true,
      discount_rate: 0.2,
      priority_support: true,
    },
    quotas: { max_downloads_per_day: 50, max_api_calls_per_hour: 500 },
  },
];
