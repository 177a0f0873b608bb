/** Logging in with a password. */
import { randomUUID } from 'node:crypto';
import { refuse } from '@membership/contracts/errors';
import { memberLoggedIn } from '@membership/contracts/events/gateway';
import type { TenantScope } from '@membership/platform/scope';
import type { Transactions, UnitOfWork } from '@membership/platform/transaction';
import { nameKey, PLATFORM_TENANT, type Member } from '../members/member.ts';
import type { MemberRepository } from '../members/member-repository.ts';
import type { Tenant } from '../tenants/tenant.ts';
import type { TenantRepository } from '../tenants/tenant-repository.ts';
import type { LoginFailureRepository } from '../credentials/login-failure-repository.ts';
import {
  accountKey,
  addressKey,
  nameOnlyKey,
  platformKey,
  tooManyFailures,
} from '../credentials/login-failures.ts';
import type { Credentials, Passwords } from '../credentials/passwords.ts';
import { expiryOf, type SessionTimes } from './session.ts';
import type { SessionRepository } from './session-repository.ts';

export type LogInTools = {
  readonly members: MemberRepository;
  readonly tenants: TenantRepository;
  readonly sessions: SessionRepository;
  readonly failures: LoginFailureRepository;
  readonly passwords: Passwords;
  readonly transactions: Transactions;
  readonly sessionTimes: SessionTimes;
};
export type Attempt = {
  readonly username: string;
  readonly password: string;
  readonly tenant?: string | number | undefined;
  readonly address: string;
  readonly now: Date;
  /** Nothing is committed after it. */
  readonly deadline: number;
};
export type LoggedIn = {
  readonly member: Member;
  readonly tenant: Tenant | null;
  readonly sessionId: string;
  readonly generation: number;
};
/** The scope of a member's own tenant, for a request that has none yet. */
export type ScopeOfMember = (member: Member) => TenantScope;

const wrong = () =>
  refuse('AUTH_001', { text: { zh: '用户名或密码错误', en: 'The username or the password is wrong' } });
const tenantRequired = () =>
  refuse('TENANT_REQUIRED', {
    details: { field: 'tenant' },
    text: {
      zh: '该用户名存在于多个租户，请指定 tenant',
      en: 'Several tenants know this username: name the tenant',
    },
  });

/**
 * Proves a password and starts a session. Refuses with the same words and in the same time whether the name, the tenant or
 * the password is wrong (AUTH_001); then TENANT_REQUIRED, TENANT_SUSPENDED; RATE_LIMITED after too many failures.
 */
export async function logIn(tools: LogInTools, attempt: Attempt, scopeOf: ScopeOfMember): Promise<LoggedIn> {
  const { members, passwords } = tools;
  const tenant = attempt.tenant === undefined ? null : await findTenant(tools.tenants, attempt.tenant);
  const platform =
    attempt.tenant === undefined ? await members.findNamed(attempt.username, PLATFORM_TENANT) : null;
  const holders = await holdersOf(tools, attempt, tenant);
  const isOneAccount = !platform && holders.length === 1;
  const key = isOneAccount
    ? accountKey((holders[0] as Member).id)
    : nameOnlyKey(attempt.tenant ?? null, nameKey(attempt.username));
  const member = await passwords.inTurn(key, () =>
    platform || holders.length > 1
      ? proveSharedName(tools, attempt, { platform, holders }, key)
      : proveAccount(tools, attempt, { member: holders[0] ?? null, tenant }, key),
  );
  const own = await requireTenant(tools.tenants, member, tenant);
  const started = await startSession(tools, member, attempt, scopeOf(member));
  await tools.failures.forget(member === platform ? platformKey(member.id) : accountKey(member.id));
  return { ...started, tenant: own };
}

/** Whom a name may mean: the one of the tenant that was named; without one, one or two of those that have it. */
async function holdersOf(
  { members }: LogInTools,
  { username, tenant: named }: Attempt,
  tenant: Tenant | null,
): Promise<Member[]> {
  if (named === undefined) return members.namesakes(username);
  const member = tenant && (await members.findNamed(username, tenant.id));
  return member ? [member] : [];
}

/** A name that means one account, or none: then it takes as long, and fits nobody. */
async function proveAccount(
  { failures, passwords }: LogInTools,
  { username, password, address, now }: Attempt,
  { member, tenant }: { readonly member: Member | null; readonly tenant: Tenant | null },
  key: string,
): Promise<Member> {
  const keys = [key, addressKey(address)];
  const blocked = await failures.blocked(keys, now);
  if (blocked.size > 0) throw tooManyFailures(Math.max(...blocked.values()));
  const whose = member?.tenantId ?? tenant?.id ?? null;
  const isProven = await passwords.fits(member?.passwordHash ?? null, { username, password }, whose);
  if (member?.isActive && isProven) return member;
  await failures.count(keys, now);
  throw wrong();
}

/** Holders of a name whose hashes an older version made: tried one by one, so many at most. */
const OLDER_HASHES_MAXIMUM = 10;

/**
 * A name that the platform's own administrator or several tenants have, without a tenant: one hash finds whom it fits. Failures
 * close the name for logins without a tenant; who names a tenant is not touched, and neither is the platform's administrator.
 */
async function proveSharedName(
  tools: LogInTools,
  { username, password, address, now }: Attempt,
  { platform, holders }: { readonly platform: Member | null; readonly holders: readonly Member[] },
  key: string,
): Promise<Member> {
  const { failures, members, passwords } = tools;
  const ownKeys = platform ? [platformKey(platform.id)] : [];
  const keys = [key, addressKey(address), ...ownKeys];
  const blocked = await failures.blocked(keys, now);
  const mayBePlatform = platform !== null && !blocked.has(platformKey(platform.id));
  const waits = blocked.get(addressKey(address)) ?? (mayBePlatform ? undefined : blocked.get(key));
  if (waits !== undefined) throw tooManyFailures(waits);
  const credentials = { username, password };
  const hash = await passwords.hash(credentials, null);
  if (mayBePlatform && platform.isActive && (await isPlatforms(tools, platform, hash, credentials)))
    return platform;
  const closed = blocked.get(key);
  const fitting =
    closed === undefined
      ? ((await members.findByHash(username, hash)) ?? (await findOlder(tools, credentials)))
      : null;
  if (fitting && holders.length > 1) throw tenantRequired();
  if (fitting) return fitting;
  await failures.count(closed === undefined ? keys : keys.slice(1), now);
  throw closed === undefined ? wrong() : tooManyFailures(closed);
}

async function isPlatforms(
  { passwords }: LogInTools,
  { passwordHash }: Member,
  hash: string,
  credentials: Credentials,
): Promise<boolean> {
  if (passwordHash === null) return false;
  return passwords.isCurrent(passwordHash, credentials.username)
    ? passwordHash === hash
    : passwords.fits(passwordHash, credentials, null);
}

async function findOlder(
  { members, passwords }: LogInTools,
  credentials: Credentials,
): Promise<Member | null> {
  const { username } = credentials;
  for (const member of await members.withOtherHashes(
    username,
    passwords.prefixOf(username),
    OLDER_HASHES_MAXIMUM,
  ))
    if (await passwords.fits(member.passwordHash, credentials, member.tenantId)) return member;
  return null;
}

async function requireTenant(
  tenants: TenantRepository,
  member: Member,
  named: Tenant | null,
): Promise<Tenant | null> {
  if (member.tenantId === PLATFORM_TENANT) return null;
  const tenant = named ?? (await tenants.get(member.tenantId));
  if (!tenant.isActive) throw refuse('TENANT_SUSPENDED');
  return tenant;
}

const findTenant = (tenants: TenantRepository, named: string | number): Promise<Tenant | null> =>
  typeof named === 'number' || /^[1-9]\d{0,15}$/.test(named)
    ? tenants.find(Number(named))
    : tenants.findByCode(named);

/**
 * The session and the fact that tells of it; platform administrators are nobody's members, so theirs has none. Refuses
 * (AUTH_001) what was proved of a password that has been changed meanwhile. A hash that an older version made is made anew.
 */
async function startSession(
  { members, sessions, transactions, passwords, sessionTimes }: LogInTools,
  { id, tenantId, passwordHash }: Member,
  { username, password, now, deadline }: Attempt,
  scope: TenantScope,
): Promise<Omit<LoggedIn, 'tenant'>> {
  const sessionId = randomUUID();
  const isCurrent = passwordHash === null || passwords.isCurrent(passwordHash, username);
  const newHash = isCurrent ? passwordHash : await passwords.hash({ username, password }, tenantId);
  const start = async (unit: UnitOfWork): Promise<Member> => {
    const current = await members.get(scope, id, unit.session);
    if (!current.isActive || current.passwordHash !== passwordHash) throw wrong();
    const isOfTenant = current.tenantId !== PLATFORM_TENANT;
    const loggedIn = {
      ...current,
      passwordHash: newHash,
      lastLoginAt: now,
      sequence: current.sequence + (isOfTenant ? 1 : 0),
    };
    await members.save(scope, loggedIn, unit.session);
    await sessions.start(
      scope,
      { id: sessionId, memberId: id, now, expiresAt: expiryOf(now, now, sessionTimes) },
      unit.session,
    );
    if (isOfTenant)
      unit.announce(scope, memberLoggedIn, {
        subject: id,
        sequence: loggedIn.sequence,
        data: { memberId: id, at: now.toISOString() },
      });
    return loggedIn;
  };
  const member = await transactions.run(start, { deadline });
  return { member, sessionId, generation: 1 };
}
