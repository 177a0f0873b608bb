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
  summary: 'Tags that members hold or held',
  description: 'Members see their own. `status` is true at the time of asking.',
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
  summary: 'One tag of a member',
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
  summary: 'What happened to a tag of a member, newest first',
  params: byId,
  query: z.strictObject(pageQuery(20)),
  response: historyEntry,
  refusals: ['BIZ_001'],
});

export const grantTag = endpoint({
  ...common,
  name: 'grantTag',
  method: 'post',
  path: '/api/v1/vip/user-tags/grant/',
  access: ['admin', 'internal'],
  kind: 'object',
  status: 201,
  summary: 'Give a member a tag',
  description:
    'A tag that the member has already is renewed. Without `duration_days` the tag’s default counts.',
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
  summary: 'Give many members a tag',
  description:
    'At most 1,000 members, one result each; one that is refused does not undo the others. A member that has the tag gets it renewed. What is wrong with the tag refuses the whole.',
  body: batchGrantBody,
  timeoutSeconds: 30,
  response: batchGrantResult,
  message: { zh: '成功授予 {count} 个VIP标签', en: 'Granted {count} VIP tags' },
  refusals: ['VALIDATION_ERROR', 'INVALID_STATE'],
  examples: {
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
  summary: 'Extend a tag of a member',
  description: 'From the later of now and its end; never past the tag’s `max_duration_days` from now.',
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
  summary: 'Take a tag away',
  description: 'Final for this holding; the tag can be granted anew.',
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
  summary: 'Suspend a tag: it gives nothing, its clock runs on',
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
  summary: 'Resume a suspended tag',
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
  summary: 'Let a tag renew itself with the member’s points, or no longer',
  description:
    'The member itself, or an administrator. Shortly before the tag ends (a setting, a day at first; for short tags at half of their days), it is bought again at the price of that moment, once for each end; it is a purchase like others. When that fails the tag goes into grace as any other. Without `duration_days`: as before, else the tag’s default. Ends with the tag; nothing happens while it is suspended.',
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
  summary: 'What a member’s tags are worth now',
  description:
    'A member may ask for itself alone. `active_tags`: those that give privileges, highest first; `other_tags`: suspended, expired, revoked.',
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
  summary: 'What my tags are worth now',
  response: memberStatus,
  examples: { response: status },
});
