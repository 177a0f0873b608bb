/** What the platform's own permissions and quotas are called; a name that a tenant made itself is shown as it is. */
import type { Text } from '../preferences.ts';

const NAMES: Readonly<Record<string, Text>> = {
  can_view_basic_content: { zh: '查看基础内容', en: 'View basic content' },
  can_view_premium_content: { zh: '查看高级内容', en: 'View premium content' },
  can_view_exclusive_content: { zh: '查看专属内容', en: 'View exclusive content' },
  can_use_basic_features: { zh: '使用基础功能', en: 'Use basic features' },
  can_earn_points: { zh: '获得积分', en: 'Earn points' },
  can_spend_points: { zh: '消费积分', en: 'Spend points' },
  can_manage_points: { zh: '管理积分', en: 'Manage points' },
  discount_rate: { zh: '折扣率', en: 'Discount rate' },
  priority_support: { zh: '优先支持', en: 'Priority support' },
  max_downloads_per_day: { zh: '每日下载次数', en: 'Downloads per day' },
  max_api_calls_per_hour: { zh: '每小时 API 调用次数', en: 'API calls per hour' },
};
/** Nothing for a name of the tenant's own, whatever it is. */
export const permissionName = (name: string): Text | undefined =>
  Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
