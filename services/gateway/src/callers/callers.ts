/** Who calls, and for which tenant: from a bearer token or an API key, and X-Tenant-ID, to what services are told. */
import type { AccessClaims } from '@membership/contracts/claims';
import type { Endpoint } from '@membership/contracts/endpoint';
import { Refusal, invalid, refuse } from '@membership/contracts/errors';
import { countedAddress } from '@membership/platform/http/addresses';
import { narrowRole } from '../tokens/access-token.ts';
import { isKeyText } from '../domain/api-key.ts';
import type { ApiKeyProof } from '../api-keys/api-key-proof.ts';
import { bearerOf, notBearer } from './authorization-header.ts';
import type { ForeignCallers } from '../external-issuers/foreign-callers.ts';
import { issueOfBefore } from '../domain/client.ts';
import type { KeyRing } from '../tokens/key-ring.ts';
import type { TokenKeys } from '../tokens/token-keys.ts';
import {
  found,
  tenantNamed,
  type ApiKeyRecord,
  type CallerRecords,
  type ClientRecord,
  type MemberRecord,
} from '../storage/records.ts';
import { ANONYMOUS, type Caller, type TenantRecord } from '../domain/caller.ts';
import type { Revocations } from '../tokens/revocations.ts';
import { VerifiedTokens, type VerifiedToken } from '../tokens/verified-tokens.ts';

type Options = {
  readonly keys: TokenKeys & Pick<KeyRing, 'isKnown' | 'learn'>;
  readonly records: CallerRecords;
  readonly revocations: Revocations;
  readonly apiKeys: ApiKeyProof;
  readonly foreign: Pick<ForeignCallers, 'isForeign' | 'read' | 'memberOf'>;
};

const SKEW_SECONDS = 30;

export class Callers {
  readonly #keys: Options['keys'];
  readonly #tokens: VerifiedTokens;
  readonly #records: CallerRecords;
  readonly #revocations: Revocations;
  readonly #apiKeys: ApiKeyProof;
  readonly #foreign: Options['foreign'];

  constructor({ keys, records, revocations, apiKeys, foreign }: Options) {
    this.#keys = keys;
    this.#tokens = new VerifiedTokens(keys);
    this.#records = records;
    this.#revocations = revocations;
    this.#apiKeys = apiKeys;
    this.#foreign = foreign;
  }

  /**
   * The caller of a request. At once while the records are at hand, else a promise. On a public endpoint a token that
   * does not hold counts as none: an old one must not keep anybody from logging in. `address`: whose guesses at API keys are counted.
   */
  identify(
    authorization: string | undefined,
    tenantHeader: string | undefined,
    endpoint: Pick<Endpoint, 'access'>,
    address: string,
  ): Caller | Promise<Caller> {
    const isPublic = endpoint.access.includes('public');
    const text = bearerOf(authorization);
    if (text === undefined) {
      if (isPublic) return ANONYMOUS;
      throw notBearer(authorization);
    }
    if (!isPublic) return this.#identify(text, tenantHeader, address);
    try {
      const caller = this.#identify(text, tenantHeader, address);
      return caller instanceof Promise ? caller.catch(anonymousFor) : caller;
    } catch (error) {
      return anonymousFor(error);
    }
  }

  #identify(text: string, tenantHeader: string | undefined, address: string): Caller | Promise<Caller> {
    if (isKeyText(text)) return this.#byKey(text, tenantHeader, address);
    if (!this.#tokens.knows(text)) {
      if (this.#foreign.isForeign(text)) return this.#identifyForeign(text, tenantHeader);
      if (!this.#keys.isKnown(text)) return this.#identifyAfterLearning(text, tenantHeader);
    }
    return this.#identifyOwn(text, tenantHeader);
  }

  /** A token that names a key of which this process has not heard: one that was made a moment ago, or nobody's. */
  async #identifyAfterLearning(text: string, tenantHeader: string | undefined): Promise<Caller> {
    await found(this.#keys.learn());
    return this.#identifyOwn(text, tenantHeader);
  }

  #identifyOwn(text: string, tenantHeader: string | undefined): Caller | Promise<Caller> {
    const token = this.#tokens.read(text);
    const { subject } = token;
    if (!this.#revocations.isFresh()) return this.#identifyAfterReading(text, tenantHeader);
    const principal =
      subject.kind === 'user'
        ? this.#records.members.peek(subject.userId)
        : this.#records.clients.peek(subject.clientId);
    if (principal === undefined) return this.#identifySlowly(token, tenantHeader);
    const tenant =
      principal === null || principal.tenantId === 0 ? null : this.#records.tenants.peek(principal.tenantId);
    if (tenant === undefined) return this.#identifySlowly(token, tenantHeader);
    return this.#decide(token, principal, tenant, tenantHeader);
  }

  /** With what is revoked come the keys: the one that signed the token may have ended. */
  async #identifyAfterReading(text: string, tenantHeader: string | undefined): Promise<Caller> {
    await this.#revocations.refresh();
    return this.#identifySlowly(this.#tokens.read(text), tenantHeader);
  }

  async #identifySlowly(token: VerifiedToken, tenantHeader: string | undefined): Promise<Caller> {
    const { subject } = token;
    await this.#revocations.refresh();
    const principal = await found<MemberRecord | ClientRecord | null>(
      subject.kind === 'user'
        ? this.#records.members.get(subject.userId)
        : this.#records.clients.get(subject.clientId),
    );
    const tenant =
      principal && principal.tenantId !== 0
        ? await found(this.#records.tenants.get(principal.tenantId))
        : null;
    return this.#decide(token, principal, tenant, tenantHeader);
  }

  #byKey(text: string, tenantHeader: string | undefined, address: string): Caller | Promise<Caller> {
    const key = this.#apiKeys.peek(text);
    const tenant = key && this.#records.tenants.peek(key.tenantId);
    if (key === undefined || tenant === undefined) return this.#byKeySlowly(text, tenantHeader, address);
    return inTenant(keyCaller(key, requireTenant(tenant)), tenantHeader);
  }

  async #byKeySlowly(text: string, tenantHeader: string | undefined, address: string): Promise<Caller> {
    const key = await this.#apiKeys.prove(text, countedAddress(address));
    const tenant = await found(this.#records.tenants.get(key.tenantId));
    return inTenant(keyCaller(key, requireTenant(tenant)), tenantHeader);
  }

  /** Who comes with a token of an external issuer. Its tenant and the token itself are looked at before anybody is made of it. */
  async #identifyForeign(text: string, tenantHeader: string | undefined): Promise<Caller> {
    await this.#revocations.refresh();
    const foreign = await this.#foreign.read(text, tenantHeader);
    const tenant = requireTenant(await found(this.#records.tenants.get(foreign.tenantId)));
    if (this.#revocations.has(foreign.name)) throw refuse('AUTH_003');
    const member = await this.#foreign.memberOf(foreign);
    const token: VerifiedToken = {
      claims: { exp: foreign.expiresAt, role: foreign.role },
      subject: { kind: 'user', userId: member._id },
      names: { session: undefined, token: foreign.name },
      isForeign: true,
    };
    return this.#decide(token, member, tenant, tenantHeader);
  }

  #decide(
    token: VerifiedToken,
    principal: MemberRecord | ClientRecord | null,
    tenant: TenantRecord | null,
    tenantHeader: string | undefined,
  ): Caller | Promise<Caller> {
    const { names } = token;
    if (
      this.#revocations.has(names.token) ||
      (names.session !== undefined && this.#revocations.has(names.session))
    )
      throw refuse('AUTH_003');
    if (!principal) throw refuse('AUTH_003');
    const { claims } = token;
    const namedTenant = claims.tenant_id ?? principal.tenantId;
    if (namedTenant !== principal.tenantId) throw refuse('AUTH_003');
    const known = {
      name: names.token,
      sessionId: claims.sid,
      expiresAt: new Date((claims.exp + SKEW_SECONDS) * 1000),
    };
    if ('scopes' in principal && !isOfIssue(claims, principal)) throw refuse('AUTH_003');
    if ('scopes' in principal)
      return inTenant(clientCaller(principal, claims, requireTenant(tenant), known), tenantHeader);
    if (!principal.isActive || (!token.isForeign && isOlderThanPassword(claims, principal)))
      throw refuse('AUTH_003');
    const role = narrowRole(principal.role, claims);
    const caller: Caller = {
      sub: `user:${principal._id}`,
      userId: principal._id,
      name: principal.username,
      role,
      tenant,
      scopes: [],
      token: known,
    };
    if (principal.tenantId === 0) return this.#asPlatformAdministrator(caller, tenantHeader);
    requireTenant(tenant);
    return inTenant(caller, tenantHeader);
  }

  /** A platform administrator works in the tenant that X-Tenant-ID names, by id or code; also in a suspended one. */
  #asPlatformAdministrator(caller: Caller, tenantHeader: string | undefined): Caller | Promise<Caller> {
    if (tenantHeader === undefined || caller.role !== 'super') return caller;
    return tenantNamed(this.#records, tenantHeader.trim()).then((tenant) => {
      if (!tenant) throw invalid({ 'X-Tenant-ID': { zh: '租户不存在', en: 'There is no such tenant' } });
      return { ...caller, tenant };
    });
  }
}

function anonymousFor(error: unknown): Caller {
  if (error instanceof Refusal && error.status < 500) return ANONYMOUS;
  throw error;
}

function requireTenant(tenant: TenantRecord | null): TenantRecord {
  if (!tenant) throw refuse('AUTH_003');
  if (!tenant.isActive) throw refuse('TENANT_SUSPENDED');
  return tenant;
}

/** Whoever is of a tenant may name no other. */
function inTenant(caller: Caller, tenantHeader: string | undefined): Caller {
  if (tenantHeader === undefined) return caller;
  const wanted = tenantHeader.trim().toLowerCase();
  if (wanted !== String(caller.tenant?._id) && wanted !== caller.tenant?.code.toLowerCase())
    throw refuse('PERM_001', { text: { zh: '无权访问其他租户', en: 'You may not name another tenant' } });
  return caller;
}

const clientCaller = (
  client: ClientRecord,
  claims: AccessClaims,
  tenant: TenantRecord,
  token: Caller['token'],
): Caller => ({
  sub: `client:${client._id}`,
  userId: null,
  name: client._id,
  role: 'internal',
  tenant,
  scopes: (claims.scope ?? '').split(' ').filter((scope) => client.scopes.includes(scope)),
  token,
});

/** An API key is a service client whose id no client can have. */
const keyCaller = ({ _id, scopes, limitPerMinute }: ApiKeyRecord, tenant: TenantRecord): Caller => ({
  sub: `client:key@${_id}`,
  userId: null,
  name: `key@${_id}`,
  role: 'internal',
  tenant,
  scopes,
  limitPerMinute,
  token: null,
});

/**
 * A client that was deleted and made anew under its id, or whose secret was withdrawn, is another than its old tokens speak of.
 * One made elsewhere, or by a version of before, names no issue: it must be younger than the client.
 */
function isOfIssue(claims: AccessClaims, { issue, createdAt }: ClientRecord): boolean {
  if (claims.sid !== undefined) return claims.sid === (issue ?? issueOfBefore(createdAt));
  const isOfBefore = issue === undefined || issue === issueOfBefore(createdAt);
  return isOfBefore && (claims.iat ?? 0) >= Math.floor(createdAt.getTime() / 1000);
}

/** Our own tokens are revoked by their session. One made elsewhere names none: it ends with the password it was made under. */
function isOlderThanPassword(claims: AccessClaims, { passwordChangedAt }: MemberRecord): boolean {
  if (claims.sid !== undefined || passwordChangedAt === null) return false;
  return (claims.iat ?? 0) < Math.floor(passwordChangedAt.getTime() / 1000);
}
