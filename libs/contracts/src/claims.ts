/** Tokens: what a client's bearer token says, and what the gateway tells a service about a request. */
import { z } from 'zod';

export const userRoles = ['member', 'admin', 'super'] as const;
export type UserRole = (typeof userRoles)[number];
export type Role = UserRole | 'internal';

const whole = z.union([z.int().positive(), z.string().regex(/^[1-9]\d{0,15}$/)]).transform(Number);

/**
 * Claims of a user's access token: both spellings of the seeds (003: sub, role, level; 004: user_id, model_type, is_admin …).
 * They say who; what that user may do comes from the gateway's own record.
 */
export const accessClaims = z.looseObject({
  sub: z.string().min(1).max(255).optional(),
  user_id: whole.optional(),
  username: z.string().max(255).optional(),
  role: z.string().max(32).optional(),
  level: z.int().nullable().optional(),
  model_type: z.string().max(32).optional(),
  is_admin: z.boolean().optional(),
  is_super_admin: z.boolean().optional(),
  is_staff: z.boolean().optional(),
  tenant_id: whole.nullable().optional(),
  iat: z.number().optional(),
  exp: z.number(),
  jti: z.string().max(128).optional(),
  /** What the token belongs to: a session (refresh family), or of a service token the client as it was then; ours only. */
  sid: z.string().max(128).optional(),
  /** `client` marks a service token; its `sub` is the client's id. */
  typ: z.enum(['user', 'client']).optional(),
  scope: z.string().max(2048).optional(),
});
export type AccessClaims = z.output<typeof accessClaims>;

export const services = ['gateway', 'points', 'vip', 'licenses', 'applications', 'stats'] as const;
export type ServiceName = (typeof services)[number];

/** The signed context that the gateway sends along; issuer gateway, audience the service, a key per service. */
export const CONTEXT_HEADER = 'x-membership-context';
export const contextClaims = z.object({
  iss: z.literal('gateway'),
  aud: z.enum(services),
  /** `user:<id>`, `client:<id>` (an API key: `client:key@<id>`) or `anonymous`. */
  sub: z.string(),
  uid: z.int().positive().nullable(),
  name: z.string(),
  role: z.enum(['anonymous', 'member', 'admin', 'super', 'internal']),
  /** The tenant; null on public routes without one. */
  tid: z.int().positive().nullable(),
  scopes: z.array(z.string()),
  rid: z.string(),
  lang: z.enum(['zh', 'en']),
  exp: z.number(),
  iat: z.number(),
  /** What the gateway alone can make and check: proof at its look-ups that it, and not a service, made the context. */
  proof: z.string().max(64).optional(),
});
export type ContextClaims = z.output<typeof contextClaims>;

/** Scopes of service tokens: `<service>:read` for GET, `<service>:write` for the rest. */
export const scopes = services.flatMap((service) => [`${service}:read`, `${service}:write`]);
