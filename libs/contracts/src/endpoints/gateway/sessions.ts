/** Open sessions: a member's own, and for administrators those of a member of the tenant. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { byId, instant, ordering, pageQuery } from '../../schemas.ts';
import { both } from '../../text.ts';

const sessionId = z.string().regex(/^[\w-]{1,64}$/);
const sessionView = z
  .object({
    id: z.string(),
    created_at: instant.meta({ description: both('登录时间', 'When it was logged in') }),
    refreshed_at: instant.meta({
      description: both('最近一次换取令牌的时间', 'When it last got new tokens'),
    }),
    expires_at: instant.meta({
      description: both('此前若不再刷新，会话即结束', 'When it ends unless it is refreshed before'),
    }),
    is_current: z.boolean().meta({
      description: both('是否为发出本次请求的会话', 'Whether this request came from it'),
    }),
  })
  .meta({ id: 'Session' });
const query = z.strictObject({
  ...pageQuery(20),
  ordering: ordering(['created_at', 'refreshed_at'], '-refreshed_at'),
});
const sample = {
  id: '3f0f5b52-5c1c-4ac3-9d43-6f1f5c6f9f10',
  created_at: '2026-01-05T08:00:00.000Z',
  refreshed_at: '2026-01-06T07:30:00.000Z',
  expires_at: '2026-02-05T07:30:00.000Z',
  is_current: true,
};
const shared = { service: 'gateway', dialect: 'data' } as const;
const ENDED = {
  zh: '其刷新令牌立即失效，访问令牌在一秒内作废；其他会话不受影响。已结束的会话返回404。',
  en: 'Its refresh token stops working at once, its access tokens within a second; other sessions go on. One that has ended is 404.',
};

export const listOwnSessions = endpoint({
  ...shared,
  name: 'listOwnSessions',
  method: 'get',
  path: '/api/v1/auth/sessions/',
  access: ['member'],
  tag: 'Auth',
  kind: 'list',
  summary: { zh: '自己的登录会话', en: 'One’s own open sessions' },
  query,
  response: sessionView,
  examples: { response: sample },
});

export const endOwnSession = endpoint({
  ...shared,
  name: 'endOwnSession',
  method: 'delete',
  path: '/api/v1/auth/sessions/:session_id/',
  access: ['member'],
  tag: 'Auth',
  kind: 'empty',
  summary: { zh: '结束自己的一个会话', en: 'End one of one’s own sessions' },
  description: ENDED,
  params: z.object({ session_id: sessionId }),
  response: undefined,
});

export const listMemberSessions = endpoint({
  ...shared,
  name: 'listMemberSessions',
  method: 'get',
  path: '/api/v1/members/:id/sessions/',
  access: ['admin'],
  tag: 'Members',
  kind: 'list',
  summary: { zh: '某成员的登录会话', en: 'Open sessions of a member' },
  params: byId,
  query,
  response: sessionView,
  examples: { response: { ...sample, is_current: false } },
});

export const endMemberSession = endpoint({
  ...shared,
  name: 'endMemberSession',
  method: 'delete',
  path: '/api/v1/members/:id/sessions/:session_id/',
  access: ['admin'],
  tag: 'Members',
  kind: 'empty',
  summary: { zh: '结束某成员的一个会话', en: 'End one session of a member' },
  description: ENDED,
  params: byId.extend({ session_id: sessionId }),
  response: undefined,
});
