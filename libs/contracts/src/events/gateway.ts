/** Facts of the gateway: who exists. Each carries the whole state, so that a projection can take any one of them. */
import { z } from 'zod';
import { defineEvent } from '../event.ts';
import { userRoles } from '../claims.ts';

export const tenantState = z.object({
  tenantId: z.int().positive(),
  code: z.string(),
  name: z.string(),
  /** IANA zone: days of this tenant are counted in it. */
  timezone: z.string(),
  locale: z.string(),
  isActive: z.boolean(),
});
export const memberState = z.object({
  memberId: z.int().positive(),
  username: z.string(),
  email: z.string(),
  displayName: z.string(),
  role: z.enum(userRoles),
  isActive: z.boolean(),
  externalId: z.string().nullable(),
  joinedAt: z.iso.datetime(),
});
const tenant = { producer: 'gateway', aggregate: 'tenant', data: tenantState } as const;
const member = { producer: 'gateway', aggregate: 'member', data: memberState } as const;

export const tenantCreated = defineEvent('tenant.created.v1', {
  ...tenant,
  description: { zh: '租户已建立。', en: 'A tenant was set up.' },
});
export const tenantUpdated = defineEvent('tenant.updated.v1', {
  ...tenant,
  description: {
    zh: '租户的名称、时区、语言或限额已修改。',
    en: 'Name, zone, locale or limits of a tenant changed.',
  },
});
export const tenantWebhookSecretRotated = defineEvent('tenant.webhook_secret_rotated.v1', {
  ...tenant,
  description: {
    zh: '租户签署其 Webhook 的密钥已更换；密钥本身不出现在任何事件中。',
    en: 'What a tenant signs its webhooks with was replaced; the secret itself is in no event.',
  },
});
export const tenantSuspended = defineEvent('tenant.suspended.v1', {
  ...tenant,
  description: {
    zh: '租户已停用：其所有人都不能调用。',
    en: 'A tenant was suspended: nobody of it may call.',
  },
});
export const tenantResumed = defineEvent('tenant.resumed.v1', {
  ...tenant,
  description: { zh: '被停用的租户可以重新调用。', en: 'A suspended tenant may call again.' },
});
export const tenantErased = defineEvent('tenant.erased.v1', {
  ...tenant,
  description: {
    zh: '租户已抹除：`code` 和 `name` 是生成的，不属于任何人。保存了该租户数据的一方应将其全部删除，包括稍后才到达的事件所带来的数据。',
    en: 'A tenant was erased: `code` and `name` are made up, and nobody else’s. Whoever keeps something of the tenant removes all of it, also what events bring that come later.',
  },
});
export const tenantSecurityChanged = defineEvent('tenant.security_changed.v1', {
  producer: 'gateway',
  aggregate: 'tenant',
  description: {
    zh: '租户的安全设置已修改：管理员是否必须启用第二因素，哪些网页来源可以调用。',
    en: 'Security settings of a tenant were changed: whether its administrators need a second factor, and pages of which origins may call.',
  },
  data: z.object({
    tenantId: z.int().positive(),
    adminSecondFactor: z.enum(['optional', 'required']),
    /** Absent in facts of before. */
    allowedOrigins: z.array(z.string()).optional(),
  }),
});
export const memberCreated = defineEvent('member.created.v1', {
  ...member,
  description: {
    zh: '租户新增了会员（或管理员）。',
    en: 'A member (or administrator) was added to a tenant.',
  },
});
export const memberUpdated = defineEvent('member.updated.v1', {
  ...member,
  description: { zh: '会员的姓名、邮箱或角色已修改。', en: 'Name, address or role of a member changed.' },
});
export const memberDeactivated = defineEvent('member.deactivated.v1', {
  ...member,
  description: { zh: '会员不能再登录。', en: 'A member may no longer log in.' },
});
export const memberReactivated = defineEvent('member.reactivated.v1', {
  ...member,
  description: { zh: '已停用的会员可以重新登录。', en: 'A deactivated member may log in again.' },
});
export const memberErased = defineEvent('member.erased.v1', {
  ...member,
  description: {
    zh: '会员的个人数据已抹除：`username` 和 `email` 是生成的，不属于任何人。保存了该会员个人数据的一方应将其删除，或换成这些名称。会员的各项数额保留。',
    en: 'A member was erased: `username` and `email` are made up, and nobody else’s. Whoever keeps something personal of the member removes it, or puts these names in its place. Its numbers stay.',
  },
});
/** Those that tell a member's own names: whoever keeps them forgets or rewrites them when the member is erased. */
export const namingEvents = [memberCreated, memberUpdated, memberDeactivated, memberReactivated] as const;
export const memberPasswordChanged = defineEvent('member.password_changed.v1', {
  producer: 'gateway',
  aggregate: 'member',
  description: {
    zh: '会员换了密码：由本人或管理员（即 actor）修改，或凭密码链接设置（`link`，持有令牌者即可，故 actor 为匿名）；其会话已结束。密码和散列不出现在任何事件中。',
    en: 'A member has another password, set by itself, by an administrator (the actor) or with a password link (`link`: by whoever had its token, so the actor is anonymous); its sessions ended. Neither password nor hash is in an event.',
  },
  data: z.object({
    memberId: z.int().positive(),
    by: z.enum(['self', 'administrator', 'link']),
    at: z.iso.datetime(),
  }),
});
export const memberSessionEnded = defineEvent('member.session_ended.v1', {
  producer: 'gateway',
  aggregate: 'member',
  description: {
    zh: '会员的一个会话被指名结束，由本人或管理员（即 actor）执行。登出不产生事件。',
    en: 'One session of a member was ended by name, by itself or by an administrator (the actor). A logout announces nothing.',
  },
  data: z.object({
    memberId: z.int().positive(),
    sessionId: z.string(),
    by: z.enum(['self', 'administrator']),
    at: z.iso.datetime(),
  }),
});
export const memberSecondFactorChanged = defineEvent('member.second_factor_changed.v1', {
  producer: 'gateway',
  aggregate: 'member',
  description: {
    zh: '管理员的第二因素已启用（或更换）、由本人或另一名管理员（操作者）停用，恢复码已重新生成，或使用了其中一个。事件中没有密钥和验证码。',
    en: 'The second factor of an administrator was turned on (or replaced), turned off by itself or by another administrator (the actor), its recovery codes were made anew, or one of them was used. Secrets and codes are in no event.',
  },
  data: z.object({
    memberId: z.int().positive(),
    change: z.enum(['enabled', 'disabled', 'recovery_codes_replaced', 'recovery_code_used']),
    by: z.enum(['self', 'administrator']),
    at: z.iso.datetime(),
  }),
});
export const memberPasswordLinkRequested = defineEvent('member.password_link_requested.v1', {
  producer: 'gateway',
  aggregate: 'member',
  description: {
    zh: '成员应得到设置密码的链接：受邀（`invitation`，尚无密码）或重置。链接由租户的系统发送；其令牌不在事件中，以服务凭据凭 `linkId` 换取一次。',
    en: 'A member is to get a link to choose a password: invited (`invitation`, it has none yet) or to reset it. The tenant’s own system sends it; the token is not in the event, and is had once for `linkId` with service credentials.',
  },
  data: z.object({
    memberId: z.int().positive(),
    linkId: z.string(),
    kind: z.enum(['invitation', 'reset']),
    expiresAt: z.iso.datetime(),
  }),
});
export const memberPasswordLinkFetched = defineEvent('member.password_link_fetched.v1', {
  producer: 'gateway',
  aggregate: 'member',
  description: {
    zh: '设置密码的链接的令牌已被取走，由租户的系统或管理员（即 actor）换取，每个链接一次：持有者可以设置该成员的密码。令牌不在事件中。',
    en: 'The token of a link to choose a password was taken, once for each link, by the tenant’s system or an administrator (the actor), who can set the password of the member with it. The token is not in the event.',
  },
  data: z.object({
    memberId: z.int().positive(),
    linkId: z.string(),
    kind: z.enum(['invitation', 'reset']),
    at: z.iso.datetime(),
  }),
});
export const memberImported = defineEvent('member.imported.v1', {
  producer: 'gateway',
  aggregate: 'import',
  description: {
    zh: '导入的汇总；每一行所产生的会员另有各自的 member.created。',
    en: 'Sums up an import; each row that made a member is a member.created of its own.',
  },
  data: z.object({ importId: z.string(), total: z.int(), created: z.int(), failed: z.int() }),
});
export const memberLoggedIn = defineEvent('member.logged_in.v1', {
  producer: 'gateway',
  aggregate: 'member',
  description: { zh: '会员已用密码证明身份。', en: 'A member proved its password.' },
  data: z.object({ memberId: z.int().positive(), at: z.iso.datetime() }),
});

const clientState = z.object({ clientId: z.string(), name: z.string(), scopes: z.array(z.string()) });
const client = { producer: 'gateway', aggregate: 'client' } as const;
export const clientCreated = defineEvent('client.created.v1', {
  ...client,
  description: {
    zh: '已添加服务客户端。密钥及其散列不出现在任何事件中。',
    en: 'A service client was added. Secrets and their hashes are in no event.',
  },
  data: clientState,
});
export const clientSecretRotated = defineEvent('client.secret_rotated.v1', {
  ...client,
  description: {
    zh: '服务客户端换了密钥。原密钥有效至 `previousValidUntil`；为 null 表示立即失效，用它取得的令牌也一并失效。',
    en: 'A service client has another secret. The one before works until `previousValidUntil`; null: it ended at once, and every token with it.',
  },
  data: clientState.extend({ previousValidUntil: z.iso.datetime().nullable() }),
});
export const clientDeleted = defineEvent('client.deleted.v1', {
  ...client,
  description: {
    zh: '服务客户端已删除：其令牌全部失效，即使日后另一个客户端得到相同的 ID。',
    en: 'A service client was deleted: its tokens are worth nothing, also if another one gets its id.',
  },
  data: clientState,
});

const apiKey = {
  producer: 'gateway',
  aggregate: 'api_key',
  data: z.object({
    keyId: z.string(),
    name: z.string(),
    scopes: z.array(z.string()),
    limitPerMinute: z.int().positive().nullable(),
    expiresAt: z.iso.datetime().nullable(),
  }),
} as const;
export const apiKeyCreated = defineEvent('api_key.created.v1', {
  ...apiKey,
  description: {
    zh: '已添加 API 密钥。密钥及其散列不出现在任何事件中。',
    en: 'An API key was added. Keys and their hashes are in no event.',
  },
});
export const apiKeyUpdated = defineEvent('api_key.updated.v1', {
  ...apiKey,
  description: {
    zh: 'API 密钥的名称、权限范围、限额或到期时间已修改。',
    en: 'Name, scopes, limit or end of an API key changed.',
  },
});
export const apiKeyRotated = defineEvent('api_key.rotated.v1', {
  ...apiKey,
  description: {
    zh: 'API 密钥换了密钥值。原值有效至 `previousValidUntil`，也可能就是此刻。',
    en: 'An API key has another secret. The one before works until `previousValidUntil`, which may be now.',
  },
  data: apiKey.data.extend({ previousValidUntil: z.iso.datetime() }),
});
export const apiKeyRevoked = defineEvent('api_key.revoked.v1', {
  ...apiKey,
  description: {
    zh: 'API 密钥已撤销：永久失效。',
    en: 'An API key was revoked: it is worth nothing, for good.',
  },
});
