/** Links by which members choose a password: invitations and resets. The tenant's own mailer sends them; the platform sends no mail. */
import { z } from 'zod';
import { exactText, text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import { byId, id, instant } from '../../schemas.ts';
import { both } from '../../text.ts';
import { newPassword, noBody } from './shapes.ts';

export const linkKinds = ['invitation', 'reset'] as const;
const kind = z.enum(linkKinds);
const linkId = z.string().regex(/^[0-9a-f-]{36}$/);
const LINK = '3f0f5b52-5c1c-4ac3-9d43-6f1f5c6f9f10';
const link = z
  .object({
    link_id: z.string().meta({
      description: both(
        '不是秘密：令牌须凭服务凭据或由管理员换取',
        'No secret: the token of the link is had for it by service credentials or an administrator alone',
      ),
    }),
    kind: kind.meta({
      description: both('`invitation`：成员还没有密码', '`invitation`: the member has no password yet'),
    }),
    expires_at: instant,
  })
  .meta({ id: 'PasswordLink' });
const shared = { service: 'gateway', dialect: 'data' } as const;

export const askForPasswordLink = endpoint({
  ...shared,
  name: 'askForPasswordLink',
  method: 'post',
  path: '/api/v1/auth/password-links/',
  access: ['public'],
  tag: 'Auth',
  kind: 'action',
  status: 202,
  summary: { zh: '忘记密码：请求重置链接', en: 'A forgotten password: ask for a link' },
  description: {
    zh: '无论成员是否存在，响应都相同。若存在，租户会收到事件 `member.password_link_requested`，由其发送链接。同一用户名15分钟内最多5次。',
    en:
      'The answer is the same whether there is such a member or not. If there is, the tenant hears `member.password_link_requested` and sends the link. ' +
      'Five times for a name in 15 minutes at most.',
  },
  body: z.strictObject({
    username: text().min(1).max(255),
    tenant: z.union([text().min(1).max(64), z.int().positive()]),
  }),
  response: z.null(),
  message: { zh: '如果该成员存在，链接即将发出', en: 'If there is such a member, a link is on its way' },
  examples: { request: { username: 'john_doe', tenant: 'acme' }, response: null },
});

export const makePasswordLink = endpoint({
  ...shared,
  name: 'makePasswordLink',
  method: 'post',
  path: '/api/v1/members/:id/password-link/',
  access: ['admin', 'internal'],
  tag: 'Members',
  kind: 'action',
  summary: {
    zh: '邀请成员设置密码，或为其请求重置链接',
    en: 'Invite a member to choose a password, or have a link made for a new one',
  },
  description: {
    zh: '系统（权限范围 `gateway:write`）只能为普通成员生成；管理员的链接由另一位管理员生成，或由其本人申请。',
    en: 'A system (scope `gateway:write`) has links made for plain members alone; for an administrator another one does, or the person asks.',
  },
  params: byId,
  body: noBody,
  response: link,
  message: { zh: '链接已就绪，由租户发送', en: 'The link is ready for the tenant to send' },
  refusals: ['INVALID_STATE'],
  examples: { response: { link_id: LINK, kind: 'invitation', expires_at: '2026-01-12T08:00:00.000Z' } },
});

export const fetchPasswordLink = endpoint({
  ...shared,
  name: 'fetchPasswordLink',
  method: 'post',
  path: '/api/v1/members/password-links/:link_id/fetch/',
  access: ['admin', 'internal'],
  tag: 'Members',
  kind: 'action',
  summary: {
    zh: '租户的邮件系统（或管理员）换取链接中的令牌；仅此一次',
    en: 'The tenant’s mailer, or an administrator, takes the token of a link, once',
  },
  description: {
    zh: '系统需要权限范围 `gateway:write`。令牌不在任何事件中，也不以明文保存；第二次请求，或其后密码已更改的，为409。响应丢失时，请重新生成链接。',
    en:
      'A system needs the scope `gateway:write`. The token is in no event and is kept nowhere in clear; the second time, and once the password was changed, it is 409. ' +
      'If the answer is lost, have another link made.',
  },
  params: z.object({ link_id: linkId }),
  body: noBody,
  response: link.extend({
    token: z
      .string()
      .meta({ description: both('放入链接；仅此一次显示', 'Goes into the link; shown this once') }),
    member_id: id,
    username: z.string(),
    email: z.string(),
    display_name: z.string(),
  }),
  message: { zh: '令牌仅显示一次', en: 'The token is shown this once' },
  refusals: ['INVALID_STATE'],
  examples: {
    response: {
      ...{ link_id: LINK, kind: 'invitation', expires_at: '2026-01-12T08:00:00.000Z', token: 'pl_Vq0x…' },
      ...{ member_id: 3, username: 'john_doe', email: 'john_doe@acme.example', display_name: 'John Doe' },
    },
  },
});

export const acceptPasswordLink = endpoint({
  ...shared,
  name: 'acceptPasswordLink',
  method: 'post',
  path: '/api/v1/auth/password-links/accept/',
  access: ['public'],
  tag: 'Auth',
  kind: 'action',
  summary: {
    zh: '用链接中的令牌设置密码；该成员的所有会话随之结束',
    en: 'Set a password with the token of a link; ends every session of the member',
  },
  description: {
    zh: '令牌只能使用一次；密码在此期间以其他方式更改过，或成员角色已变更的，令牌随之失效。第二因素不变。',
    en: 'A token is good once, and ends when the password is changed in another way, or the member’s role is. A second factor stays.',
  },
  body: z.strictObject({ token: exactText().min(1).max(64), new_password: newPassword }),
  response: z.null(),
  message: { zh: '密码已设置，请登录', en: 'The password is set; log in' },
  refusals: ['AUTH_003', 'TENANT_SUSPENDED', 'RATE_LIMITED'],
  examples: { request: { token: 'pl_Vq0x…', new_password: 'a-password-of-my-own' }, response: null },
});
