/** Logging in with a password. */
import { Refusal, refuse } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { Transactions, UnitOfWork } from '@membership/platform/transaction';
import { nameKey, PLATFORM_TENANT, type Member } from '../domain/member.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { TenantRepository } from '../storage/tenant-repository.ts';
import type { LoginFailureRepository } from '../credentials/login-failure-repository.ts';
import {
  accountKey,
  addressKey,
  nameOnlyKey,
  platformKey,
  tooManyFailures,
} from '../credentials/login-failures.ts';
import { guess, provedBy } from '../credentials/guess.ts';
import type { Credentials, Passwords } from '../credentials/passwords.ts';
import { challenge, neededFactor, type ChallengeTools } from '../credentials/login-challenge.ts';
import { openSession, wrongCredentials, type OpenSessionTools } from './open-session.ts';

export type LogInTools = ChallengeTools &
  OpenSessionTools & {
    readonly failures: LoginFailureRepository;
    readonly passwords: Passwords;
    readonly transactions: Transactions;
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
 * the password is wrong (AUTH_001); then TENANT_REQUIRED, TENANT_SUSPENDED, SECOND_FACTOR_REQUIRED; RATE_LIMITED after too many
 * failures.
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
  const start = (proved: Member) => startSession(tools, proved, own, attempt, scopeOf(member));
  const started = await start(member).catch(async (error: unknown) => {
    if (!(error instanceof Refusal && error.code === 'AUTH_001')) throw error;
    // Another login of the same one may have made the hash anew meanwhile.
    const current = await members.get(scopeOf(member), member.id);
    if (!current.isActive || !(await passwords.fits(current.passwordHash, attempt, current.tenantId)))
      throw error;
    return start(current);
  });
  await tools.failures.forget(member === platform ? platformKey(member.id) : accountKey(member.id));
  return { ...started, tenant: own };
}

/** Whom a name may mean: the one of the tenant that was named; without one, the one that has it or some of those. */
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
  const whose = member?.tenantId ?? tenant?.id ?? null;
  const guessed = await guess(failures, { keys: [key, addressKey(address)], now }, async () => {
    const isProven = await passwords.fits(member?.passwordHash ?? null, { username, password }, whose);
    return member?.isActive && isProven ? member : null;
  });
  return provedBy(guessed, wrongCredentials);
}

/** Salts of a name beside the present one: each costs a login a hash, so many at most. */
const OTHER_SALTS_MAXIMUM = 10;

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
  const keys = [key, addressKey(address), ...(platform ? [platformKey(platform.id)] : [])];
  /** Refuses what nobody may try now; else who may be meant, and what a failure counts under. */
  const standing = async () => {
    const blocked = await failures.blocked(keys, now);
    const candidate = platform && !blocked.has(platformKey(platform.id)) ? platform : null;
    const closed = blocked.get(key);
    const waits = blocked.get(addressKey(address)) ?? (candidate ? undefined : closed);
    if (waits !== undefined) throw tooManyFailures(waits);
    return { candidate, closed, open: keys.filter((one) => !blocked.has(one)) };
  };
  const before = await standing();
  const credentials = { username, password };
  const hash = await passwords.hash(credentials, null);
  const isPlatform =
    before.candidate?.isActive && (await isPlatforms(tools, before.candidate, hash, credentials));
  const fitting =
    !isPlatform && before.closed === undefined
      ? ((await members.findByHash(username, hash)) ?? (await findOlder(tools, credentials)))
      : null;
  // What others failed meanwhile counts: past the limit nothing is told (`guess`).
  const { candidate, closed, open } = await standing();
  if (isPlatform && candidate) return candidate;
  if (fitting && closed === undefined) {
    if (holders.length > 1) throw tenantRequired();
    return fitting;
  }
  const past = await failures.count(open, now);
  if (past.size > 0) throw tooManyFailures(Math.max(...past.values()));
  throw closed === undefined ? wrongCredentials() : tooManyFailures(closed);
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
  const { username, password } = credentials;
  for (const sample of await members.otherSalts(username, passwords.prefixOf(username), OTHER_SALTS_MAXIMUM))
    for (const hash of await passwords.hashesLike(sample, password, null)) {
      const fitting = await members.findByHash(username, hash);
      if (fitting) return fitting;
    }
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
 * Opens the session, or asks for the second factor (SECOND_FACTOR_REQUIRED). Refuses (AUTH_001) what was proved of a password that
 * has been changed meanwhile. A hash of an older version, or of a secret that was left out, is made anew.
 */
async function startSession(
  tools: LogInTools,
  member: Member,
  tenant: Tenant | null,
  { username, password, now, deadline }: Attempt,
  scope: TenantScope,
): Promise<Omit<LoggedIn, 'tenant'>> {
  const { members, transactions, passwords } = tools;
  const { id, tenantId, passwordHash } = member;
  const mayStay = passwordHash === null || passwords.mayStay(passwordHash, username);
  const newHash = mayStay ? passwordHash : await passwords.hash({ username, password }, tenantId);
  const needed = await neededFactor(tools, scope, member, tenant);
  if (!needed) {
    const open = (unit: UnitOfWork) => openSession(tools, scope, { id, passwordHash, newHash }, now, unit);
    return { ...(await transactions.run(open, { deadline })), generation: 1 };
  }
  const ask = async (unit: UnitOfWork) => {
    const current = await members.get(scope, id, unit.session);
    if (!current.isActive || current.passwordHash !== passwordHash) throw wrongCredentials();
    if (!mayStay) await members.save(scope, { ...current, passwordHash: newHash }, unit.session);
    return challenge(tools, scope, { id, passwordHash: newHash }, needed, now, unit);
  };
  throw await transactions.run(ask, { deadline });
}
