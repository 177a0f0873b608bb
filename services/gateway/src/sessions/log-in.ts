/** Logging in with a password. */
import { randomUUID } from 'node:crypto';
import { refuse } from '@membership/contracts/errors';
import { memberLoggedIn } from '@membership/contracts/events/gateway';
import type { TenantScope } from '@membership/platform/scope';
import type { Transactions } from '@membership/platform/transaction';
import { nameKey, PLATFORM_TENANT, type Member } from '../members/member.ts';
import type { MemberRepository } from '../members/member-repository.ts';
import type { Tenant } from '../tenants/tenant.ts';
import type { TenantRepository } from '../tenants/tenant-repository.ts';
import type { LoginFailureRepository } from './login-failure-repository.ts';
import { accountKey, addressKey, tooManyFailures, unknownNameKey } from './login-failures.ts';
import type { Passwords } from './passwords.ts';
import type { SessionRepository } from './session-repository.ts';

export type LogInTools = {
  readonly members: MemberRepository;
  readonly tenants: TenantRepository;
  readonly sessions: SessionRepository;
  readonly failures: LoginFailureRepository;
  readonly passwords: Passwords;
  readonly transactions: Transactions;
  readonly refreshTokenDays: number;
};
export type Attempt = {
  readonly username: string;
  readonly password: string;
  readonly tenant?: string | number | undefined;
  readonly address: string;
  readonly now: Date;
};
export type LoggedIn = {
  readonly member: Member;
  readonly tenant: Tenant | null;
  readonly sessionId: string;
  readonly generation: number;
};
/** The scope of a member's own tenant, for a request that has none yet. */
export type ScopeOfMember = (member: Member) => TenantScope;

/** Who may be meant by a name that no tenant goes with. Beyond, a tenant must be named. */
const CANDIDATES_MAXIMUM = 10;
const wrong = () =>
  refuse('AUTH_001', { text: { zh: '用户名或密码错误', en: 'The username or the password is wrong' } });

/**
 * Proves a password and starts a session. Refuses with the same words and in the same time whether the name, the tenant or
 * the password is wrong (AUTH_001); then TENANT_REQUIRED, TENANT_SUSPENDED; RATE_LIMITED after too many failures.
 */
export async function logIn(tools: LogInTools, attempt: Attempt, scopeOf: ScopeOfMember): Promise<LoggedIn> {
  const tenant = attempt.tenant === undefined ? null : await findTenant(tools.tenants, attempt.tenant);
  const isUnknownTenant = attempt.tenant !== undefined && !tenant;
  const candidates = isUnknownTenant
    ? []
    : await tools.members.named(attempt.username, tenant?.id ?? null, CANDIDATES_MAXIMUM);
  const account = candidates[0]
    ? accountKey(candidates[0].id)
    : unknownNameKey(tenant?.id ?? null, nameKey(attempt.username));
  const member = await tools.passwords.inTurn(account, () => prove(tools, attempt, candidates, account));
  const own = await requireTenant(tools.tenants, member, tenant);
  const started = await startSession(tools, member, scopeOf(member), attempt.now);
  await tools.failures.forget(accountKey(member.id));
  return { ...started, tenant: own };
}

async function prove(
  tools: LogInTools,
  { password, tenant, address, now }: Attempt,
  candidates: readonly Member[],
  account: string,
): Promise<Member> {
  const keys = candidates.length > 0 ? candidates.map(({ id }) => accountKey(id)) : [account];
  const blocked = await tools.failures.blocked([...keys, addressKey(address)], now);
  const waits =
    blocked.get(addressKey(address)) ??
    (keys.every((key) => blocked.has(key)) ? Math.min(...blocked.values()) : undefined);
  if (waits !== undefined) throw tooManyFailures(waits);
  const open = candidates.filter(({ id }) => !blocked.has(accountKey(id)));
  const fitting: Member[] = [];
  for (const candidate of open)
    if (await tools.passwords.fits(candidate.passwordHash, password)) fitting.push(candidate);
  if (candidates.length === 0) await tools.passwords.fits(null, password);
  const chosen = fitting.filter(({ isActive }) => isActive);
  if (chosen.length === 0) {
    await tools.failures.count(
      [...(candidates.length > 0 ? open.map(({ id }) => accountKey(id)) : keys), addressKey(address)],
      now,
    );
    throw wrong();
  }
  // The platform's own account goes before those of tenants; their names say nothing about it.
  const platform = chosen.find(({ tenantId }) => tenantId === PLATFORM_TENANT);
  if (platform) return platform;
  if (tenant === undefined && candidates.filter(({ tenantId }) => tenantId !== PLATFORM_TENANT).length > 1)
    throw refuse('TENANT_REQUIRED', {
      details: { field: 'tenant' },
      text: {
        zh: '该用户名存在于多个租户，请指定 tenant',
        en: 'Several tenants know this username: name the tenant',
      },
    });
  return chosen[0] as Member;
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

/** The session and the fact that tells of it; platform administrators are nobody's members, so theirs has none. */
async function startSession(
  { members, sessions, transactions, refreshTokenDays }: LogInTools,
  { id }: Member,
  scope: TenantScope,
  now: Date,
): Promise<Omit<LoggedIn, 'tenant'>> {
  const sessionId = randomUUID();
  const member = await transactions.run(async (unit) => {
    const current = await members.get(scope, id, unit.session);
    if (!current.isActive) throw wrong();
    const isOfTenant = current.tenantId !== PLATFORM_TENANT;
    const loggedIn = { ...current, lastLoginAt: now, sequence: current.sequence + (isOfTenant ? 1 : 0) };
    await members.save(scope, loggedIn, unit.session);
    await sessions.start(
      scope,
      { id: sessionId, memberId: id, now, expiresAt: refreshExpiry(now, refreshTokenDays) },
      unit.session,
    );
    if (isOfTenant)
      unit.announce(scope, memberLoggedIn, {
        subject: id,
        sequence: loggedIn.sequence,
        data: { memberId: id, at: now.toISOString() },
      });
    return loggedIn;
  });
  return { member, sessionId, generation: 1 };
}

export const refreshExpiry = (now: Date, days: number): Date =>
  new Date(now.getTime() + days * 24 * 3600 * 1000);
