/** One line a page: its address, its place in the menu, and what it is loaded from. */
import type { ComponentType } from 'react';
import type { Text } from '../preferences.ts';

export type PageLine = {
  readonly path: string;
  readonly load: () => Promise<ComponentType>;
  /** In the menu; without it, it is reached from another page. */
  readonly menu?: Text;
  readonly group?: Text;
};

const POINTS = { zh: '积分', en: 'Points' };
const PROGRAMME = { zh: '会员系统', en: 'Member system' };
const VIP = { zh: 'VIP', en: 'VIP' };
const LICENCES = { zh: '许可证', en: 'Licences' };
const STATISTICS = { zh: '统计', en: 'Statistics' };
const DEVELOPERS = { zh: '开发者', en: 'Developers' };

const account = async () => (await import('../features/account.tsx')).Account;

export const PAGES: readonly PageLine[] = [
  {
    path: 'overview',
    menu: { zh: '概览', en: 'Overview' },
    load: async () => (await import('../features/overview.tsx')).Overview,
  },
  {
    path: 'members',
    menu: { zh: '成员', en: 'Members' },
    load: async () => (await import('../features/members.tsx')).Members,
  },
  {
    path: 'members/import',
    load: async () => (await import('../features/members-import.tsx')).MembersImport,
  },
  { path: 'members/$id', load: async () => (await import('../features/member.tsx')).MemberPage },
  {
    path: 'points/records',
    group: POINTS,
    menu: { zh: '积分记录', en: 'Records' },
    load: async () => (await import('../features/points-records.tsx')).PointsRecords,
  },
  {
    path: 'points/many',
    load: async () => (await import('../features/points-many.tsx')).PointsMany,
  },
  {
    path: 'points/holds',
    group: POINTS,
    menu: { zh: '冻结', en: 'Holds' },
    load: async () => (await import('../features/points-holds.tsx')).PointsHolds,
  },
  {
    path: 'points/rules',
    group: POINTS,
    menu: { zh: '奖励规则', en: 'Award rules' },
    load: async () => (await import('../features/award-rules.tsx')).AwardRules,
  },
  {
    path: 'points/levels',
    group: POINTS,
    menu: { zh: '用户等级', en: 'User levels' },
    load: async () => (await import('../features/user-levels.tsx')).UserLevels,
  },
  {
    path: 'points/settings',
    group: POINTS,
    menu: { zh: '积分设置', en: 'Settings' },
    load: async () => (await import('../features/points-settings.tsx')).PointsSettings,
  },
  {
    path: 'programme/redemptions',
    group: PROGRAMME,
    menu: { zh: '兑换', en: 'Redemptions' },
    load: async () => (await import('../features/redemptions.tsx')).Redemptions,
  },
  {
    path: 'programme/items',
    group: PROGRAMME,
    menu: { zh: '兑换商品', en: 'Redemption items' },
    load: async () => (await import('../features/redemption-items.tsx')).RedemptionItems,
  },
  {
    path: 'programme/levels',
    group: PROGRAMME,
    menu: { zh: '会员等级', en: 'Member levels' },
    load: async () => (await import('../features/member-levels.tsx')).MemberLevels,
  },
  {
    path: 'programme/benefits',
    group: PROGRAMME,
    menu: { zh: '会员权益', en: 'Benefits' },
    load: async () => (await import('../features/benefits.tsx')).Benefits,
  },
  {
    path: 'programme/activities',
    group: PROGRAMME,
    menu: { zh: '会员活动', en: 'Activities' },
    load: async () => (await import('../features/activities.tsx')).Activities,
  },
  { path: 'vip/many', load: async () => (await import('../features/vip-many.tsx')).VipMany },
  {
    path: 'vip/holdings',
    group: VIP,
    menu: { zh: '标签持有', en: 'Holdings' },
    load: async () => (await import('../features/vip-holdings.tsx')).VipHoldings,
  },
  {
    path: 'vip/tags',
    group: VIP,
    menu: { zh: '标签定义', en: 'Tag definitions' },
    load: async () => (await import('../features/vip-tags.tsx')).VipTags,
  },
  {
    path: 'vip/purchases',
    group: VIP,
    menu: { zh: '标签购买', en: 'Purchases' },
    load: async () => (await import('../features/vip-purchases.tsx')).VipPurchases,
  },
  {
    path: 'vip/report',
    group: VIP,
    menu: { zh: '标签报表', en: 'Tag report' },
    load: async () => (await import('../features/vip-report.tsx')).VipReport,
  },
  {
    path: 'licences/assignments',
    group: LICENCES,
    menu: { zh: '许可证分配', en: 'Assignments' },
    load: async () => (await import('../features/assignments.tsx')).Assignments,
  },
  {
    path: 'licences/batches',
    group: LICENCES,
    menu: { zh: '批次', en: 'Batches' },
    load: async () => (await import('../features/licence-batches.tsx')).LicenceBatches,
  },
  {
    path: 'licences/many',
    load: async () => (await import('../features/licences-many.tsx')).LicencesMany,
  },
  {
    path: 'licences/keys',
    group: LICENCES,
    menu: { zh: '许可证', en: 'Licences' },
    load: async () => (await import('../features/licences.tsx')).Licences,
  },
  {
    path: 'licences/catalogue',
    group: LICENCES,
    menu: { zh: '产品与套餐', en: 'Products and plans' },
    load: async () => (await import('../features/catalogue.tsx')).Catalogue,
  },
  {
    path: 'licences/report',
    group: LICENCES,
    menu: { zh: '许可证报表', en: 'Licence report' },
    load: async () => (await import('../features/licence-report.tsx')).LicenceReport,
  },
  {
    path: 'applications',
    menu: { zh: '应用', en: 'Applications' },
    load: async () => (await import('../features/applications.tsx')).Applications,
  },
  {
    path: 'applications/$id',
    load: async () => (await import('../features/application.tsx')).ApplicationPage,
  },
  {
    path: 'statistics',
    group: STATISTICS,
    menu: { zh: '趋势', en: 'Trends' },
    load: async () => (await import('../features/statistics.tsx')).Statistics,
  },
  {
    path: 'statistics/retention',
    group: STATISTICS,
    menu: { zh: '留存', en: 'Retention' },
    load: async () => (await import('../features/retention.tsx')).Retention,
  },
  {
    path: 'statistics/liability',
    group: STATISTICS,
    menu: { zh: '积分负债', en: 'Liability' },
    load: async () => (await import('../features/liability.tsx')).Liability,
  },
  {
    path: 'statistics/leaderboards',
    group: STATISTICS,
    menu: { zh: '排行榜', en: 'Leaderboards' },
    load: async () => (await import('../features/leaderboards.tsx')).Leaderboards,
  },
  {
    path: 'statistics/trail',
    group: STATISTICS,
    menu: { zh: '审计记录', en: 'Audit trail' },
    load: async () => (await import('../features/audit-trail.tsx')).AuditTrail,
  },
  {
    path: 'developers/clients',
    group: DEVELOPERS,
    menu: { zh: '服务客户端', en: 'Service clients' },
    load: async () => (await import('../features/service-clients.tsx')).ServiceClients,
  },
  {
    path: 'developers/keys',
    group: DEVELOPERS,
    menu: { zh: 'API 密钥', en: 'API keys' },
    load: async () => (await import('../features/api-keys.tsx')).ApiKeys,
  },
  {
    path: 'developers/issuers',
    group: DEVELOPERS,
    menu: { zh: '外部签发方', en: 'External issuers' },
    load: async () => (await import('../features/external-issuers.tsx')).ExternalIssuers,
  },
  {
    path: 'developers/security',
    group: DEVELOPERS,
    menu: { zh: '安全设置', en: 'Security' },
    load: async () => (await import('../features/security.tsx')).Security,
  },
  {
    path: 'developers/usage',
    group: DEVELOPERS,
    menu: { zh: '套餐与用量', en: 'Plan and usage' },
    load: async () => (await import('../features/usage.tsx')).TenantUsage,
  },
  {
    path: 'developers/webhooks',
    group: DEVELOPERS,
    menu: { zh: 'Webhook 端点', en: 'Webhook endpoints' },
    load: async () => (await import('../features/webhooks.tsx')).Webhooks,
  },
  {
    path: 'developers/deliveries',
    group: DEVELOPERS,
    menu: { zh: 'Webhook 投递', en: 'Deliveries' },
    load: async () => (await import('../features/deliveries.tsx')).Deliveries,
  },
  { path: 'account', load: account },
];
export const PLATFORM_PAGES: readonly PageLine[] = [
  {
    path: 'tenants',
    menu: { zh: '租户', en: 'Tenants' },
    load: async () => (await import('../features/tenants.tsx')).Tenants,
  },
  {
    path: 'plans',
    menu: { zh: '租户套餐', en: 'Tenant plans' },
    load: async () => (await import('../features/tenant-plans.tsx')).TenantPlans,
  },
  {
    path: 'health',
    menu: { zh: '平台状态', en: 'Health' },
    load: async () => (await import('../features/platform-health.tsx')).PlatformHealth,
  },
  {
    path: 'dead-letters',
    menu: { zh: '死信', en: 'Dead letters' },
    load: async () => (await import('../features/dead-letters.tsx')).DeadLetters,
  },
  {
    path: 'token-keys',
    menu: { zh: '令牌密钥', en: 'Token keys' },
    load: async () => (await import('../features/token-keys.tsx')).TokenKeys,
  },
  { path: 'account', load: account },
];
