/** The families of endpoints, in the order in which somebody meets them: groups and tags of the reference. */
import type { Text } from './text.ts';

type Tag = { readonly name: Text; readonly description: Text };
type Group = { readonly name: Text; readonly tags: Readonly<Record<string, Tag>> };
const tag = (zh: string, en: string, description: Text): Tag => ({ name: { zh, en }, description });

const groups = {
  identity: {
    name: { zh: '身份与租户', en: 'Identity and tenants' },
    tags: {
      Auth: tag('登录认证', 'Auth', {
        zh: '从这里开始：登录、刷新令牌、服务令牌、密码',
        en: 'Begin here: logging in, refreshing, service tokens, passwords',
      }),
      Tenants: tag('租户', 'Tenants', {
        zh: '平台上的租户：新建、限额、停用（平台管理员）',
        en: 'Tenants of the platform: setting up, limits, suspending (platform administrators)',
      }),
      Members: tag('成员', 'Members', {
        zh: '租户的成员和管理员：新增、批量导入、停用',
        en: 'Members and administrators of a tenant: adding, importing, deactivating',
      }),
      Clients: tag('服务客户端', 'Service clients', {
        zh: '以权限范围调用的其他系统，及其密钥',
        en: 'Other systems that call with scopes, and their secrets',
      }),
      'API keys': tag('API 密钥', 'API keys', {
        zh: '租户服务器随每个请求出示的密钥：权限范围、失效时间、更换、吊销',
        en: 'Keys that a tenant’s servers show with each request: scopes, end, rotation, revoking',
      }),
      'External issuers': tag('外部签发方', 'External issuers', {
        zh: '租户信任的其他签发方：其令牌可直接使用',
        en: 'Others whose tokens a tenant trusts',
      }),
    },
  },
  points: {
    name: { zh: '积分', en: 'Points' },
    tags: {
      'Points profiles': tag('积分档案', 'Points profiles', {
        zh: '每位成员的余额、等级、权限和配额',
        en: 'Balance, level, permissions and quotas of each member',
      }),
      'Points ledger': tag('积分流水', 'Points ledger', {
        zh: '获得、消费、调整、转账，以及由此产生的积分记录',
        en: 'Earning, spending, adjusting, transferring, and the records that these leave',
      }),
      'Points holds': tag('冻结积分', 'Points holds', {
        zh: '为进行中的购买预留积分，随后扣除或释放',
        en: 'Points set aside for a purchase under way, then captured or released',
      }),
      'Points statements': tag('对账单', 'Points statements', {
        zh: '某段时间的对账单、某一时刻的余额、即将到期的积分',
        en: 'Statements of a time, the balance at a moment, what ends soon',
      }),
      'User levels': tag('用户等级', 'User levels', {
        zh: '按积分划分的等级，及其权限和配额',
        en: 'The ladder by points, with its permissions and quotas',
      }),
      'User type tags': tag('用户类型标签', 'User type tags', {
        zh: '用户可以拥有的标签定义（与 VIP 标签相同）',
        en: 'Definitions of the tags that users may have (the VIP tags)',
      }),
      'Award rules': tag('奖励规则', 'Award rules', {
        zh: '哪些事件给多少积分；可以试算',
        en: 'Which events give how many points; with a dry run',
      }),
      'Points settings': tag('积分设置', 'Points settings', {
        zh: '租户如何计算积分：到期、每日上限、等级策略',
        en: 'How a tenant counts points: expiry, daily limits, levels',
      }),
    },
  },
  vip: {
    name: { zh: 'VIP 与标签', en: 'VIP and tags' },
    tags: {
      VIP: tag('VIP 标签', 'VIP', {
        zh: '标签的定义、授予、购买、续期、暂停和撤销',
        en: 'Tags: defining, granting, buying, renewing, suspending, revoking',
      }),
    },
  },
  licences: {
    name: { zh: '许可证', en: 'Licences' },
    tags: {
      'Licence catalogue': tag('产品与套餐', 'Licence catalogue', {
        zh: '许可证所属的产品与套餐',
        en: 'The products and plans that licences are of',
      }),
      Licences: tag('许可证', 'Licences', {
        zh: '发放、续期、撤销、校验，以及离线许可证文件的公钥',
        en: 'Issuing, renewing, revoking, validating, and the public keys of licence files',
      }),
      'Licence assignments': tag('许可证分配管理', 'Licence assignments', {
        zh: '把许可证分配给成员，单个或批量',
        en: 'Giving licences to members, one or many at a time',
      }),
      'My licences': tag('用户许可证', 'My licences', {
        zh: '成员自己的许可证：激活设备、心跳、用量、离线文件',
        en: 'A member’s own licences: activating devices, heartbeats, usage, files for use offline',
      }),
      'Licence reports': tag('许可证统计报表', 'Licence reports', {
        zh: '使用情况、到期预警、用户活跃度',
        en: 'Usage, what ends soon, activity of members',
      }),
    },
  },
  memberSystem: {
    name: { zh: '会员系统', en: 'Member system' },
    tags: {
      'Member profile': tag('会员信息', 'Member profile', {
        zh: '会员自己的等级、积分、消费和偏好',
        en: 'A member’s own level, points, spending and preferences',
      }),
      'Member levels': tag('会员等级', 'Member levels', {
        zh: '按累计消费划分的等级',
        en: 'The ladder by money spent',
      }),
      'Member points': tag('会员积分', 'Member points', {
        zh: '购物获得积分、用积分抵扣、积分明细',
        en: 'Points for purchases, paying with points, one’s own movements',
      }),
      Redemptions: tag('积分兑换', 'Redemptions', {
        zh: '用积分兑换商品，及其发货',
        en: 'Items for points, and their delivery',
      }),
      Benefits: tag('会员权益', 'Benefits', {
        zh: '会员等级带来的折扣、免运费和礼品，及其使用',
        en: 'Discounts, shipping and gifts of member levels, and using them',
      }),
      Activities: tag('会员活动', 'Activities', {
        zh: '谁可以参加，参加得到什么',
        en: 'Who may join, and what joining gives',
      }),
      'Member webhooks': tag('商店通知', 'Member webhooks', {
        zh: '商店通知订单、退款和会员行为',
        en: 'What shops tell of orders, refunds and members',
      }),
      'Member system administration': tag('会员系统管理', 'Member system administration', {
        zh: '一次处理多名会员的积分',
        en: 'Points of many members at once',
      }),
    },
  },
  applications: {
    name: { zh: '应用', en: 'Applications' },
    tags: {
      Applications: tag('应用管理', 'Applications', {
        zh: '应用及其文章和反馈',
        en: 'Applications with their articles and feedback',
      }),
    },
  },
  statistics: {
    name: { zh: '统计', en: 'Statistics' },
    tags: {
      Statistics: tag('统计分析', 'Statistics', {
        zh: '由事件统计的数字：概览、会员、积分',
        en: 'Figures counted from the events: overview, members, points',
      }),
      'Audit trail': tag('审计记录', 'Audit trail', {
        zh: '租户的全部事件，及其起因与后果',
        en: 'Every event of a tenant, what led to it and what came of it',
      }),
    },
  },
  platform: {
    name: { zh: '平台', en: 'Platform' },
    tags: {
      Webhooks: tag('事件通知 Webhook', 'Webhooks', {
        zh: '把租户的事件发送到其自己的系统',
        en: 'A tenant’s events, sent to its own systems',
      }),
      Platform: tag('平台状态与文档', 'Platform', {
        zh: '健康检查、接口文档，以及未能处理的事件',
        en: 'Health, documents of the API, and events that could not be handled',
      }),
    },
  },
} as const satisfies Record<string, Group>;

type NamesIn<G> = G extends { readonly tags: infer T } ? keyof T & string : never;
/** What an endpoint names as its `tag`. Another one is added above, where its group stands. */
export type TagName = { [Key in keyof typeof groups]: NamesIn<(typeof groups)[Key]> }[keyof typeof groups];

export const tagGroups: readonly Group[] = Object.values(groups);
const allTags = Object.assign({}, ...tagGroups.map((group) => group.tags)) as Readonly<Record<TagName, Tag>>;
export const tagNamed = (name: TagName): Tag => allTags[name];
/** Every tag in the order of the reference. */
export const tagNames = Object.keys(allTags) as TagName[];
