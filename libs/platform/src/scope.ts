/** Whose data a piece of work may touch, and on whose behalf: made only from a verified token or a received envelope. */
import { createHash } from 'node:crypto';
import type { ContextClaims, ServiceName } from '@membership/contracts/claims';
import { wrongRole } from '@membership/contracts/endpoint';
import { notFound, refuse } from '@membership/contracts/errors';
import type { Envelope } from '@membership/contracts/event';
import type { Language } from '@membership/contracts/text';

declare const verified: unique symbol;

export type Actor = {
  readonly kind: 'user' | 'client' | 'system' | 'anonymous';
  /** The user's (member's) id; null for what is no user. */
  readonly id: number | null;
  readonly name: string;
  readonly role: ContextClaims['role'] | 'system';
  readonly scopes: readonly string[];
};

/** First argument of every repository method. Cannot be written as a literal: see the functions of this file. */
export type TenantScope = {
  readonly tenantId: number;
  readonly actor: Actor;
  /** The request that this work goes back to. */
  readonly requestId: string;
  /** The event that caused this work, if any. */
  readonly causationId?: string | undefined;
  readonly traceparent?: string | undefined;
  readonly language: Language;
  /** The signed context as it came in: shown to the gateway when an id is looked up on the caller's behalf. Never logged. */
  readonly credential?: string | undefined;
  readonly [verified]: true;
};

const brand = (scope: Omit<TenantScope, typeof verified>): TenantScope => Object.freeze(scope) as TenantScope;

export function actorOf(claims: ContextClaims): Actor {
  const kind = claims.role === 'internal' ? 'client' : claims.role === 'anonymous' ? 'anonymous' : 'user';
  return { kind, id: claims.uid, name: claims.name, role: claims.role, scopes: claims.scopes };
}

/** The scope of a request whose context the gateway signed; null where the route has no tenant (public ones). */
export function scopeOfContext(
  claims: ContextClaims,
  traceparent?: string,
  credential?: string,
): TenantScope | null {
  if (claims.tid === null) return null;
  return brand({
    tenantId: claims.tid,
    actor: actorOf(claims),
    requestId: claims.rid,
    traceparent,
    language: claims.lang,
    credential,
  });
}

/** The scope of the work that an event causes: the event's tenant, the service itself as actor. */
export function scopeOfEnvelope(envelope: Envelope, service: ServiceName): TenantScope {
  return brand({
    tenantId: envelope.tenantid,
    actor: systemActor(service),
    requestId: envelope.correlationid,
    causationId: envelope.id,
    traceparent: envelope.traceparent,
    language: 'zh',
  });
}

/** The scope of scheduled work in one tenant; `run` names the run (job and time), as a request id does. */
export function scopeOfJob(tenantId: number, service: ServiceName, run: string): TenantScope {
  return brand({ tenantId, actor: systemActor(service), requestId: run, language: 'zh' });
}

/**
 * The scope of a public request whose tenant is named by something that only this tenant gives out (a licence key): the
 * caller of it has found that tenant in its own data.
 */
export function scopeOfFound(
  tenantId: number,
  { id, actor, language }: { readonly id: string; readonly actor: Actor; readonly language: Language },
): TenantScope {
  return brand({ tenantId, actor, requestId: id, language });
}

const systemActor = (service: ServiceName): Actor => ({
  kind: 'system',
  id: null,
  name: service,
  role: 'system',
  scopes: [],
});

/** `user:12`, `client:demo-internal`, `system:points`: as events and records name who acted. */
export const actorName = (actor: Actor): string => `${actor.kind}:${actor.id ?? actor.name}`;

/** Whether the actor is a member (no admin, no service): such a one sees its own data only. */
export const isPlainMember = (scope: TenantScope): boolean => scope.actor.role === 'member';

/** A member may touch only what is its own; what is somebody else's is not there (404). */
export function requireOwn(scope: TenantScope, memberId: number): void {
  if (isPlainMember(scope) && scope.actor.id !== memberId) throw notFound();
}

/** The member id of the caller. Refuses service tokens, which are nobody's member. */
export function requireMemberId(scope: TenantScope): number {
  if (scope.actor.id === null) throw wrongRole(['member'], 'internal');
  return scope.actor.id;
}

/** The member that a write is for, which must be one of the tenant: a platform administrator is no member of any. */
export function requireMember(scope: TenantScope): number {
  if (scope.actor.role === 'super')
    throw refuse('PERM_001', {
      details: { role: 'super', allowed_roles: ['member', 'admin'] },
      text: {
        zh: '平台管理员不是租户的成员，不能以成员身份操作',
        en: 'A platform administrator is no member of the tenant, and cannot do this as one',
      },
    });
  return requireMemberId(scope);
}

/** A key that identifies a piece of work: safe to store, of fixed length. */
export const digest = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('base64url');
