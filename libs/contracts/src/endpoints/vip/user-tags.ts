/** The tags that members hold: granted, renewed, suspended, resumed, revoked; their history and what they are worth now. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { byId, idFilter, momentFilter, ordering, pageQuery } from '../../schemas.ts';
import {
  autoRenewBody,
  batchGrantBody,
  batchGrantResult,
  byMember,
  changedUserTag,
  grantBody,
  historyEntry,
  memberStatus,
  reasonBody,
  renewBody,
  userTag,
  userTagStatus,
} from './schemas.ts';

const common = { service: 'vip', dialect: 'drf', tag: 'VIP' } as const;
const vip_status = { is_active: true, is_expired: false, is_in_grace_period: false, days_until_expiry: 97 };
const tagNames = {
  tag_name: 'VIP金牌',
  tag_code: 'VIP_GOLD',
  tag_type: 'vip' as const,
  tag_color: '#FFD700',
  tag_icon: '👑',
  tag_level: 10,
};
const example = {
  id: 501,
  member_id: 123,
  member_info: { id: 123, username: 'john_doe', email: 'john@example.com' },
  tag_id: 1,
  tag_info: { id: 1, ...tagNames },
  status: 'active' as const,
  vip_status,
  granted_at: '2025-09-25T10:00:00Z',
  expires_at: '2025-12-31T23:59:59Z',
  grace_ends_at: '2026-01-07T23:59:59Z',
  suspended_at: null,
  revoked_at: null,
  auto_renew: false,
  renewal: null,
  reason: '活动赠送',
  created_at: '2025-09-25T10:00:00Z',
  updated_at: '2025-09-25T10:00:00Z',
};
const held = {
  id: 501,
  tag_id: 1,
  ...tagNames,
  expires_at: example.expires_at,
  grace_ends_at: example.grace_ends_at,
  status: 'active' as const,
  vip_status,
  auto_renew: false,
};
const status = { member_id: 123, is_vip: true, highest_tag: held, active_tags: [held], other_tags: [] };

export const listUserTags = endpoint({
  ...common,
  name: 'listUserTags',
  method: 'get',
  path: '/api/v1/vip/user-tags/',
  access: ['member'],
  kind: 'list',
  summary: { zh: '会员持有或曾持有的标签', en: 'Tags that members hold or held' },
  description: {
    zh: '成员只能看到自己的。`status` 为查询时的状态。',
    en: 'Members see their own. `status` is true at the time of asking.',
  },
  query: z.strictObject({
    ...pageQuery(20),
    member: idFilter.optional(),
    tag: idFilter.optional(),
    status: userTagStatus.optional(),
    expires_before: momentFilter.optional(),
    ordering: ordering(['granted_at', 'expires_at'], '-granted_at'),
  }),
  response: userTag,
});

export const getUserTag = endpoint({
  ...common,
  name: 'getUserTag',
  method: 'get',
  path: '/api/v1/vip/user-tags/:id/',
  access: ['member'],
  kind: 'object',
  summary: { zh: '会员标签详情', en: 'One tag of a member' },
  params: byId,
  response: userTag,
  refusals: ['BIZ_001'],
  examples: { response: example },
});

export const listUserTagHistory = endpoint({
  ...common,
  name: 'listUserTagHistory',
  method: 'get',
  path: '/api/v1/vip/user-tags/:id/history/',
  access: ['member'],
  kind: 'list',
  summary: { zh: '会员标签的变更历史，最新的在前', en: 'What happened to a tag of a member, newest first' },
  params: byId,
  query: z.strictObject(pageQuery(20)),
  response: historyEntry,
  refusals: ['BIZ_001'],
  examples: {
    response: {
      id: 9001,
      action: 'granted',
      status_before: null,
      status_after: 'active',
      expires_at_before: null,
      expires_at_after: '2025-10-25T10:00:00Z',
      reason: '活动赠送',
      actor: 'user:5',
      created_at: '2025-09-25T10:00:00Z',
    },
  },
});

export const grantTag = endpoint({
  ...common,
  name: 'grantTag',
  method: 'post',
  path: '/api/v1/vip/user-tags/grant/',
  access: ['admin', 'internal'],
  kind: 'object',
  status: 201,
  summary: { zh: '授予会员标签', en: 'Give a member a tag' },
  description: {
    zh: '会员已持有的标签会续期。省略 `duration_days` 时按标签的默认天数。',
    en: 'A tag that the member has already is renewed. Without `duration_days` the tag’s default counts.',
  },
  body: grantBody,
  response: userTag,
  refusals: ['VALIDATION_ERROR', 'VIP_DURATION_EXCEEDED', 'INVALID_STATE'],
  examples: {
    request: { member_id: 123, tag_id: 1, duration_days: 90, reason: '活动赠送' },
    response: example,
  },
});

export const batchGrantTag = endpoint({
  ...common,
  name: 'batchGrantTag',
  method: 'post',
  path: '/api/v1/vip/user-tags/batch-grant/',
  access: ['admin', 'internal'],
  kind: 'action',
  summary: { zh: '批量授予会员标签', en: 'Give many members a tag' },
  description: {
    zh: '最多1,000名会员，每人一个结果；被拒绝的不影响其余。已持有该标签的会员得到续期。标签本身有问题则整体拒绝。',
    en: 'At most 1,000 members, one result each; one that is refused does not undo the others. A member that has the tag gets it renewed. What is wrong with the tag refuses the whole.',
  },
  body: batchGrantBody,
  timeoutSeconds: 30,
  response: batchGrantResult,
  message: { zh: '成功授予 {count} 个VIP标签', en: 'Granted {count} VIP tags' },
  refusals: ['VALIDATION_ERROR', 'INVALID_STATE'],
  examples: {
    params: { count: 1 },
    request: { member_ids: [123, 124], tag_id: 1, duration_days: 30, reason: '活动赠送' },
    response: {
      total: 2,
      successful_count: 1,
      failed_count: 1,
      results: [
        {
          index: 0,
          member_id: 123,
          status: 'success' as const,
          user_tag_id: 501,
          expires_at: '2025-10-25T10:00:00Z',
        },
        {
          index: 1,
          member_id: 124,
          status: 'failed' as const,
          error: {
            code: 'VALIDATION_ERROR',
            message: '请求参数验证失败',
            details: { member_id: ['无效的会员ID'] },
          },
        },
      ],
    },
  },
});

export const renewUserTag = endpoint({
  ...common,
  name: 'renewUserTag',
  method: 'post',
  path: '/api/v1/vip/user-tags/:id/renew/',
  access: ['admin'],
  kind: 'action',
  summary: { zh: '为会员标签续期', en: 'Extend a tag of a member' },
  description: {
    zh: '从其到期时间与现在中较晚者起算；从现在起不超过标签的 `max_duration_days`。',
    en: 'From the later of now and its end; never past the tag’s `max_duration_days` from now.',
  },
  params: byId,
  body: renewBody,
  response: changedUserTag,
  message: { zh: 'VIP标签续期成功', en: 'The VIP tag was renewed' },
  refusals: ['BIZ_001', 'VIP_DURATION_EXCEEDED', 'INVALID_STATE'],
  examples: { request: { duration_days: 30 }, response: example },
});

export const revokeUserTag = endpoint({
  ...common,
  name: 'revokeUserTag',
  method: 'post',
  path: '/api/v1/vip/user-tags/:id/revoke/',
  access: ['admin'],
  kind: 'action',
  summary: { zh: '撤销会员标签', en: 'Take a tag away' },
  description: {
    zh: '此次持有不可恢复；标签可以重新授予。',
    en: 'Final for this holding; the tag can be granted anew.',
  },
  params: byId,
  body: reasonBody,
  response: changedUserTag,
  message: { zh: 'VIP标签撤销成功', en: 'The VIP tag was revoked' },
  refusals: ['BIZ_001', 'INVALID_STATE'],
  examples: {
    request: { reason: '违规' },
    response: { ...example, status: 'revoked', reason: '违规', revoked_at: '2025-10-01T10:00:00Z' },
  },
});

export const suspendUserTag = endpoint({
  ...common,
  name: 'suspendUserTag',
  method: 'post',
  path: '/api/v1/vip/user-tags/:id/suspend/',
  access: ['admin'],
  kind: 'action',
  summary: {
    zh: '暂停标签：不再生效，有效期继续计算',
    en: 'Suspend a tag: it gives nothing, its clock runs on',
  },
  params: byId,
  body: reasonBody,
  response: changedUserTag,
  message: { zh: 'VIP标签暂停成功', en: 'The VIP tag was suspended' },
  refusals: ['BIZ_001', 'INVALID_STATE'],
  examples: {
    request: {},
    response: { ...example, status: 'suspended', suspended_at: '2025-10-01T10:00:00Z' },
  },
});

export const resumeUserTag = endpoint({
  ...common,
  name: 'resumeUserTag',
  method: 'post',
  path: '/api/v1/vip/user-tags/:id/resume/',
  access: ['admin'],
  kind: 'action',
  summary: { zh: '恢复已暂停的标签', en: 'Resume a suspended tag' },
  params: byId,
  body: reasonBody,
  response: changedUserTag,
  message: { zh: 'VIP标签恢复成功', en: 'The VIP tag was resumed' },
  refusals: ['BIZ_001', 'INVALID_STATE'],
  examples: { request: {}, response: example },
});

export const setAutoRenewal = endpoint({
  ...common,
  name: 'setAutoRenewal',
  method: 'post',
  path: '/api/v1/vip/user-tags/:id/auto-renew/',
  access: ['member'],
  kind: 'action',
  summary: {
    zh: '开启或关闭用会员积分自动续期标签',
    en: 'Let a tag renew itself with the member’s points, or no longer',
  },
  description: {
    zh: '由会员本人或管理员设置。在标签到期前不久（由设置决定，默认一天；短期标签为其天数的一半），按当时的价格再次购买，每次到期只尝试一次；与其他购买相同。失败时标签照常进入宽限期。省略 `duration_days`：沿用之前的值，否则为标签的默认天数。标签结束即终止；暂停期间不执行。',
    en: 'The member itself, or an administrator. Shortly before the tag ends (a setting, a day at first; for short tags at half of their days), it is bought again at the price of that moment, once for each end; it is a purchase like others. When that fails the tag goes into grace as any other. Without `duration_days`: as before, else the tag’s default. Ends with the tag; nothing happens while it is suspended.',
  },
  params: byId,
  body: autoRenewBody,
  response: changedUserTag,
  message: { zh: '自动续期设置成功', en: 'Auto-renewal was set' },
  refusals: ['VALIDATION_ERROR', 'BIZ_001', 'VIP_DURATION_EXCEEDED', 'INVALID_STATE'],
  examples: {
    request: { auto_renew: true, duration_days: 30 },
    response: {
      ...example,
      auto_renew: true,
      renewal: {
        duration_days: 30,
        next_at: '2025-12-30T23:59:59Z',
        purchase_id: null,
        waits_for: null,
      },
    },
  },
});

export const memberVipStatus = endpoint({
  ...common,
  name: 'memberVipStatus',
  method: 'get',
  path: '/api/v1/vip/members/:id/status/',
  access: ['member'],
  kind: 'object',
  summary: { zh: '会员的标签现在带来什么', en: 'What a member’s tags are worth now' },
  description: {
    zh: '成员只能查询自己。`active_tags`：生效中的标签，级别高的在前；`other_tags`：已暂停、已到期、已撤销的。',
    en: 'A member may ask for itself alone. `active_tags`: those that give privileges, highest first; `other_tags`: suspended, expired, revoked.',
  },
  params: byMember,
  response: memberStatus,
  refusals: ['BIZ_001'],
  examples: { response: status },
});

export const myVipStatus = endpoint({
  ...common,
  name: 'myVipStatus',
  method: 'get',
  path: '/api/v1/vip/my/status/',
  access: ['member'],
  kind: 'object',
  summary: { zh: '我的标签现在带来什么', en: 'What my tags are worth now' },
  response: memberStatus,
  examples: { response: status },
});
