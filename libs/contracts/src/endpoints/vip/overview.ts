/** What administrators see of a tenant's tags: which end soon, and how many there are. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { count, id, instant, pageQuery, queryInteger } from '../../schemas.ts';
import { userTag } from './schemas.ts';

const common = { service: 'vip', dialect: 'drf', tag: 'VIP', access: ['admin'] } as const;

export const listExpiringTags = endpoint({
  ...common,
  name: 'listExpiringTags',
  method: 'get',
  path: '/api/v1/vip/expiring/',
  kind: 'list',
  summary: {
    zh: '若干天内到期的会员标签，最早到期的在前',
    en: 'Tags of members that end within some days, the soonest first',
  },
  description: {
    zh: '只含激活的：宽限期内的已经到期，暂停的不生效。',
    en: 'Active ones: what is in grace has ended already, what is suspended gives nothing.',
  },
  query: z.strictObject({ ...pageQuery(20), days: queryInteger(1, 366).default(7) }),
  response: userTag,
});

export const runDueWork = endpoint({
  ...common,
  name: 'runDueWork',
  method: 'post',
  path: '/api/v1/vip/run-due/',
  kind: 'action',
  summary: { zh: '立即处理整个租户内到期的事项', en: 'Do what is due now, in the whole tenant' },
  description: {
    zh: '到期的标签、无人及时结算的购买、自动续期的标签。后台任务会在数秒内自动处理。最多几秒后返回：`is_complete` 说明是否已全部处理。',
    en: 'Tags that ended, purchases that nobody settled in time, tags that renew themselves. Jobs do so by themselves within seconds. Answers after some seconds at most: `is_complete` says whether anything is left.',
  },
  response: z
    .object({
      tags: count,
      purchases: count,
      renewals: count,
      is_complete: z.boolean(),
      timestamp: instant,
    })
    .meta({ id: 'VipDueWork' }),
  message: {
    zh: '已处理 {tags} 个到期标签、{purchases} 个超时购买、{renewals} 个自动续期',
    en: 'Dealt with {tags} tags that ended, {purchases} purchases out of time, {renewals} renewals',
  },
  examples: {
    response: { tags: 2, purchases: 0, renewals: 1, is_complete: true, timestamp: '2025-09-25T10:00:00Z' },
  },
});

const byStatus = {
  active: count,
  grace: count,
  suspended: count,
  expired: count,
  revoked: count,
};
export const getVipSummary = endpoint({
  ...common,
  name: 'getVipSummary',
  method: 'get',
  path: '/api/v1/vip/summary/',
  kind: 'object',
  summary: {
    zh: '会员持有的标签数，按状态和标签统计',
    en: 'How many tags members hold, by status and by tag',
  },
  description: {
    zh: '为 `as_of` 时刻的数据：通常即查询时刻；租户持有的标签超过10,000个时，每分钟统计一次。`vip_members`：至少持有一个生效标签（激活或宽限期）的会员数。`expiring_in_7_days` 统计激活的标签。从未有人持有的标签不列出；已下架但仍有人持有的会列出。',
    en: 'True at `as_of`: the time of asking, or, for a tenant with more than 10,000 holdings, a minute before at most. `vip_members`: members with at least one tag that gives its privileges (active or in grace). `expiring_in_7_days` counts active ones. Tags that nobody ever held are left out; retired ones that somebody holds are not.',
  },
  response: z
    .object({
      as_of: instant,
      vip_members: count,
      expiring_in_7_days: count,
      by_status: z.object(byStatus),
      by_tag: z.array(
        z.object({
          tag_id: id,
          tag_name: z.string(),
          tag_code: z.string(),
          tag_level: z.int(),
          is_retired: z.boolean(),
          ...byStatus,
        }),
      ),
    })
    .meta({ id: 'VipSummary' }),
  examples: {
    response: {
      as_of: '2025-09-25T10:00:00Z',
      vip_members: 12,
      expiring_in_7_days: 2,
      by_status: { active: 11, grace: 1, suspended: 1, expired: 4, revoked: 0 },
      by_tag: [
        {
          tag_id: 1,
          tag_name: 'VIP金牌',
          tag_code: 'VIP_GOLD',
          tag_level: 10,
          is_retired: false,
          active: 11,
          grace: 1,
          suspended: 1,
          expired: 4,
          revoked: 0,
        },
      ],
    },
  },
});
