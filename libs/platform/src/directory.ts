/**
 * Who exists: each service's own copy of tenants and members, kept from the gateway's events. An id that is missing
 * because its event is still on the way is looked up once through the gateway, with the caller's own context.
 */
import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { Schema, type ClientSession, type Connection } from 'mongoose';
import { collectionOf } from './mongo/bounded-reads.ts';
import { z } from 'zod';
import { CONTEXT_HEADER, type ContextClaims, type ServiceName } from '@membership/contracts/claims';
import type { Envelope } from '@membership/contracts/event';
import * as facts from '@membership/contracts/events/gateway';
import { notFound } from '@membership/contracts/errors';
import { on, type Subscription } from './consumer.ts';
import { rememberErased } from './erased-tenants.ts';
import type { Logger } from './log.ts';
import { TenantCollection } from './mongo.ts';
import { projectNewest } from './projection.ts';
import { scopeOfContext, type TenantScope } from './scope.ts';
import type { UnitOfWork } from './transaction.ts';

export type Tenant = z.output<typeof facts.tenantState> & {
  _id: number;
  sequence: number;
  /** Nothing is done for it any more. */
  erasedAt?: Date;
};
export type Member = z.output<typeof facts.memberState> & { _id: number; tenantId: number; sequence: number };

/** Called when a member is erased, in the transaction that takes it in: what is personal of the member goes. May run again. */
export type ErasureListener = MemberListener;
/** Called after a projection took a newer state, in the same transaction. */
export type MemberListener = (scope: TenantScope, member: Member, unit: UnitOfWork) => Promise<void>;
export type TenantListener = (scope: TenantScope, tenant: Tenant, unit: UnitOfWork) => Promise<void>;

const anyFields = { strict: false, versionKey: false, id: false, minimize: false } as const;
const memberSchema = new Schema(
  {
    _id: Number,
    tenantId: { type: Number, required: true },
    username: String,
    email: String,
    isActive: Boolean,
  },
  anyFields,
).index({ tenantId: 1 });
const tenantSchema = new Schema({ _id: Number, code: String, name: String }, anyFields).index({ code: 1 });

type Authenticate = (request: IncomingMessage) => ContextClaims | Promise<ContextClaims>;

export type DirectoryOptions = {
  readonly connection: Connection;
  readonly gatewayUrl: string;
  readonly service: ServiceName;
  readonly logger: Logger;
  readonly onMember?: MemberListener;
  readonly onTenant?: TenantListener;
};

const CACHE_MILLISECONDS = 1_000;
const CACHED_AT_MOST = 10_000;
/** What was looked up is a little older than the event that says the same: that one is still heard, by those who listen. */
const HEARSAY = 0.5;
/** Of a batch, so many unknown members are looked up, so many at a time. */
const MOST_LOOKED_UP = 100;
const AT_A_TIME = 10;

export class Directory {
  readonly #members: TenantCollection<Member>;
  readonly #tenants;
  readonly #options: DirectoryOptions;
  readonly #cache = new LRUCache<number, Tenant>({ max: CACHED_AT_MOST, ttl: CACHE_MILLISECONDS });
  /** Tenants that are in the projection: none is ever removed. */
  readonly #known = new LRUCache<number, true>({ max: CACHED_AT_MOST });
  #onMember: MemberListener | undefined;
  #onTenant: TenantListener | undefined;
  #onErased: ErasureListener | undefined;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    this.#onMember = options.onMember;
    this.#onTenant = options.onTenant;
    this.#members = new TenantCollection<Member>(options.connection, 'directory_members', memberSchema);
    options.connection.model('directory_tenants', tenantSchema, 'directory_tenants');
    this.#tenants = collectionOf<Tenant>(options.connection, 'directory_tenants');
  }

  /** What this service does when a member or tenant is new or changed (profiles, defaults). Runs in the projection's transaction. */
  listen(listeners: {
    onMember?: MemberListener;
    onTenant?: TenantListener;
    onErased?: ErasureListener;
  }): void {
    this.#onErased = listeners.onErased ?? this.#onErased;
    this.#onMember = listeners.onMember ?? this.#onMember;
    this.#onTenant = listeners.onTenant ?? this.#onTenant;
  }

  /**
   * The tenant of a scope, at most a second old; looked up once when its event has not come yet. A transaction names its
   * session: it sees what it has only just taken in, and looks nothing up (`learning` did that before).
   */
  async tenant(scope: TenantScope, session?: ClientSession): Promise<Tenant> {
    const cached = this.#cache.get(scope.tenantId);
    if (cached) return cached;
    return this.readTenant(scope, session);
  }

  /** As `tenant`, as it is stored now: for who keeps it and is told of changes. */
  async readTenant(scope: TenantScope, session?: ClientSession): Promise<Tenant> {
    const tenant =
      (await this.#tenants.findOne({ _id: scope.tenantId }, session ? { session } : {})) ??
      (session ? null : await this.#lookUpTenant(scope));
    if (!tenant) throw notFound({ zh: '租户不存在', en: 'There is no such tenant' });
    this.#cache.set(scope.tenantId, tenant);
    return tenant;
  }

  /**
   * A member of the scope's tenant, or null. `lookUp: false` asks the projection alone (consumers never look up). In a
   * transaction, with its unit, a look-up comes before it.
   */
  async findMember(
    scope: TenantScope,
    memberId: number,
    { lookUp = true, unit }: { lookUp?: boolean; unit?: UnitOfWork | undefined } = {},
  ): Promise<Member | null> {
    const session = unit ? { session: unit.session } : {};
    const known = await this.#members.findOne(scope, { _id: memberId }, session);
    if (known || !lookUp || !scope.credential) return known;
    const keep = async (state: z.output<typeof facts.memberState>, sequence: number) => {
      const member = { ...state, _id: state.memberId, tenantId: scope.tenantId, sequence };
      await projectNewest(this.#members.native, member, undefined);
      return member;
    };
    return this.#lookUp(scope, `members/${memberId}`, facts.memberState, keep, unit);
  }

  /** A member of the scope's tenant. Refuses (404) an unknown one. */
  async getMember(scope: TenantScope, memberId: number, unit?: UnitOfWork): Promise<Member> {
    const member = await this.findMember(scope, memberId, { unit });
    if (!member) throw notFound();
    return member;
  }

  /** Members by id for a batch; those whose events have not come yet are looked up, so many at most, before a transaction. */
  async findMembers(
    scope: TenantScope,
    ids: readonly number[],
    unit?: UnitOfWork,
  ): Promise<Map<number, Member>> {
    const known = await this.membersById(scope, ids, unit);
    const missing = [...new Set(ids)].filter((id) => !known.has(id)).slice(0, MOST_LOOKED_UP);
    if (missing.length === 0 || !scope.credential) return known;
    if (unit) {
      unit.beforehand(`members of ${scope.tenantId}: ${ids.join()}`, () => this.findMembers(scope, missing));
      return known;
    }
    for (let start = 0; start < missing.length; start += AT_A_TIME)
      for (const member of await Promise.all(
        missing.slice(start, start + AT_A_TIME).map((id) => this.findMember(scope, id)),
      ))
        if (member) known.set(member._id, member);
    return known;
  }

  /** Members by id, out of the projection; for lists. */
  async membersById(
    scope: TenantScope,
    ids: readonly number[],
    unit?: UnitOfWork,
  ): Promise<Map<number, Member>> {
    const found = await this.#members.find(
      scope,
      { _id: { $in: [...new Set(ids)] } },
      unit ? { session: unit.session } : {},
    );
    return new Map(found.map((member) => [member._id, member]));
  }

  /** Every tenant that this service knows, erased ones aside: scheduled jobs go through them. */
  async tenantIds(): Promise<number[]> {
    return (
      await this.#tenants.find({ erasedAt: { $exists: false } }, { projection: { _id: 1 } }).toArray()
    ).map((tenant) => tenant._id);
  }

  /** Those that are suspended: a job that acts for a tenant's members leaves them out. */
  async suspendedTenantIds(): Promise<number[]> {
    const suspended = await this.#tenants.find({ isActive: false }, { projection: { _id: 1 } }).toArray();
    return suspended.map((tenant) => tenant._id);
  }

  async findTenantByCode(code: string): Promise<Tenant | null> {
    return this.#tenants.findOne({ code });
  }

  /** What keeps this copy: every service with a directory listens to these. */
  subscriptions(): Subscription[] {
    const tenantEvents = [
      facts.tenantCreated,
      facts.tenantUpdated,
      facts.tenantSuspended,
      facts.tenantResumed,
    ];
    const memberEvents = [
      facts.memberCreated,
      facts.memberUpdated,
      facts.memberDeactivated,
      facts.memberReactivated,
      facts.memberErased,
    ];
    return [
      ...tenantEvents.map((event) =>
        on(event, async ({ envelope, data }, { scope, unit }) => {
          const tenant = { ...data, _id: data.tenantId, sequence: envelope.sequence };
          if (await projectNewest(this.#tenants, tenant, unit.session))
            await this.#onTenant?.(scope, tenant, unit);
          this.#cache.delete(tenant._id);
          // Who asked before the commit has kept it as it was.
          unit.afterCommit(() => this.#cache.delete(tenant._id));
        }),
      ),
      on(facts.tenantErased, async ({ envelope, data }, { unit }) => {
        const erasedAt = new Date(envelope.time);
        const tenant = { ...data, _id: data.tenantId, sequence: envelope.sequence, erasedAt };
        await projectNewest(this.#tenants, tenant, unit.session);
        await rememberErased(this.#options.connection, tenant._id, unit.session);
        unit.changesTenant(tenant._id);
        unit.afterCommit(() => this.#cache.delete(tenant._id));
      }),
      ...memberEvents.map((event) =>
        on(event, async ({ envelope, data }, { scope, unit }) => {
          const member = {
            ...data,
            _id: data.memberId,
            tenantId: (envelope as Envelope).tenantid,
            sequence: envelope.sequence,
          };
          if (await projectNewest(this.#members.native, member, unit.session))
            await this.#onMember?.(scope, member, unit);
          if (event.type === facts.memberErased.type) await this.#onErased?.(scope, member, unit);
        }),
      ),
    ];
  }

  /** Authenticates, and takes in a caller's tenant that is not known yet, while no transaction is open that would wait for it. */
  learning(authenticate: Authenticate): Authenticate {
    const learned = (claims: ContextClaims, request: IncomingMessage) => {
      if (claims.tid === null || this.#known.has(claims.tid)) return claims;
      const scope = scopeOfContext(claims, undefined, request.headers[CONTEXT_HEADER] as string | undefined);
      return scope ? this.#learn(scope).then(() => claims) : claims;
    };
    return (request) => {
      const claims = authenticate(request);
      return claims instanceof Promise
        ? claims.then((known) => learned(known, request))
        : learned(claims, request);
    };
  }

  async #learn(scope: TenantScope): Promise<void> {
    const { tenantId } = scope;
    const isKnown =
      (await this.#tenants.countDocuments({ _id: tenantId }, { limit: 1 })) > 0 ||
      (await this.#lookUpTenant(scope)) !== null;
    if (isKnown) this.#known.set(tenantId, true);
  }

  async #lookUpTenant(scope: TenantScope): Promise<Tenant | null> {
    const keep = async (state: z.output<typeof facts.tenantState>, sequence: number) => {
      const tenant = { ...state, _id: state.tenantId, sequence };
      await projectNewest(this.#tenants, tenant, undefined);
      return tenant;
    };
    return this.#lookUp(scope, `tenants/${scope.tenantId}`, facts.tenantState, keep, undefined);
  }

  /** Asks the gateway, a second at most. What it does not answer in time counts as unknown. */
  async #lookUp<S extends z.ZodType, R>(
    scope: TenantScope,
    path: string,
    schema: S,
    keep: (state: z.output<S>, sequence: number) => Promise<R>,
    unit: UnitOfWork | undefined,
  ): Promise<R | null> {
    if (!scope.credential) return null;
    if (unit) {
      unit.beforehand(`${scope.tenantId}/${path}`, () => this.#lookUp(scope, path, schema, keep, undefined));
      return null;
    }
    try {
      const request = {
        headers: { [CONTEXT_HEADER]: scope.credential, 'x-membership-service': this.#options.service },
        signal: AbortSignal.timeout(1_000),
      };
      const ask = () => fetch(new URL(`/internal/${path}`, this.#options.gatewayUrl), request);
      // A connection that lay idle may be closed under the first: a gateway that stops, another that takes over.
      const response = await ask().catch(() => ask());
      if (!response.ok) return null;
      const { sequence, state } = z
        .object({ sequence: z.int(), state: z.unknown() })
        .parse(await response.json());
      return await keep(schema.parse(state), sequence - HEARSAY);
    } catch (error) {
      this.#options.logger.warn({ err: error, path }, 'the gateway did not answer a look-up');
      return null;
    }
  }
}
