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
  description: 'A tenant was set up.',
});
export const tenantUpdated = defineEvent('tenant.updated.v1', {
  ...tenant,
  description: 'Name, zone, locale or limits of a tenant changed.',
});
export const tenantWebhookSecretRotated = defineEvent('tenant.webhook_secret_rotated.v1', {
  ...tenant,
  description: 'What a tenant signs its webhooks with was replaced; the secret itself is in no event.',
});
export const tenantSuspended = defineEvent('tenant.suspended.v1', {
  ...tenant,
  description: 'A tenant was suspended: nobody of it may call.',
});
export const tenantResumed = defineEvent('tenant.resumed.v1', {
  ...tenant,
  description: 'A suspended tenant may call again.',
});
export const memberCreated = defineEvent('member.created.v1', {
  ...member,
  description: 'A member (or administrator) was added to a tenant.',
});
export const memberUpdated = defineEvent('member.updated.v1', {
  ...member,
  description: 'Name, address or role of a member changed.',
});
export const memberDeactivated = defineEvent('member.deactivated.v1', {
  ...member,
  description: 'A member may no longer log in.',
});
export const memberReactivated = defineEvent('member.reactivated.v1', {
  ...member,
  description: 'A deactivated member may log in again.',
});
export const memberErased = defineEvent('member.erased.v1', {
  ...member,
  description:
    'A member was erased: `username` and `email` are made up, and nobody else’s. Whoever keeps something personal of the member removes it, or puts these names in its place. Its numbers stay.',
});
/** Those that tell a member's own names: whoever keeps them forgets or rewrites them when the member is erased. */
export const namingEvents = [memberCreated, memberUpdated, memberDeactivated, memberReactivated] as const;
export const memberPasswordChanged = defineEvent('member.password_changed.v1', {
  producer: 'gateway',
  aggregate: 'member',
  description:
    'A member has another password, set by itself or by an administrator (the actor); its sessions ended. Neither password nor hash is in an event.',
  data: z.object({
    memberId: z.int().positive(),
    by: z.enum(['self', 'administrator']),
    at: z.iso.datetime(),
  }),
});
export const memberSessionEnded = defineEvent('member.session_ended.v1', {
  producer: 'gateway',
  aggregate: 'member',
  description:
    'One session of a member was ended by name, by itself or by an administrator (the actor). A logout announces nothing.',
  data: z.object({
    memberId: z.int().positive(),
    sessionId: z.string(),
    by: z.enum(['self', 'administrator']),
    at: z.iso.datetime(),
  }),
});
export const memberImported = defineEvent('member.imported.v1', {
  producer: 'gateway',
  aggregate: 'import',
  description: 'Sums up an import; each row that made a member is a member.created of its own.',
  data: z.object({ importId: z.string(), total: z.int(), created: z.int(), failed: z.int() }),
});
export const memberLoggedIn = defineEvent('member.logged_in.v1', {
  producer: 'gateway',
  aggregate: 'member',
  description: 'A member proved its password.',
  data: z.object({ memberId: z.int().positive(), at: z.iso.datetime() }),
});

const clientState = z.object({ clientId: z.string(), name: z.string(), scopes: z.array(z.string()) });
const client = { producer: 'gateway', aggregate: 'client' } as const;
export const clientCreated = defineEvent('client.created.v1', {
  ...client,
  description: 'A service client was added. Secrets and their hashes are in no event.',
  data: clientState,
});
export const clientSecretRotated = defineEvent('client.secret_rotated.v1', {
  ...client,
  description:
    'A service client has another secret. The one before works until `previousValidUntil`; null: it ended at once, and every token with it.',
  data: clientState.extend({ previousValidUntil: z.iso.datetime().nullable() }),
});
export const clientDeleted = defineEvent('client.deleted.v1', {
  ...client,
  description: 'A service client was deleted: its tokens are worth nothing, also if another one gets its id.',
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
  description: 'An API key was added. Keys and their hashes are in no event.',
});
export const apiKeyUpdated = defineEvent('api_key.updated.v1', {
  ...apiKey,
  description: 'Name, scopes, limit or end of an API key changed.',
});
export const apiKeyRotated = defineEvent('api_key.rotated.v1', {
  ...apiKey,
  description:
    'An API key has another secret. The one before works until `previousValidUntil`, which may be now.',
  data: apiKey.data.extend({ previousValidUntil: z.iso.datetime() }),
});
export const apiKeyRevoked = defineEvent('api_key.revoked.v1', {
  ...apiKey,
  description: 'An API key was revoked: it is worth nothing, for good.',
});
