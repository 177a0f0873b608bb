/** Between the two steps of a login: who has proved its password is given a token that is good for the second step alone. */
import { refuse, type Refusal } from '@membership/contracts/errors';
import { digest, type TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { OneTimeTokenRepository } from './one-time-token-repository.ts';
import { PLATFORM_TENANT, type Member } from '../domain/member.ts';
import type { MemberRepository } from '../storage/member-repository.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { TenantRepository } from '../storage/tenant-repository.ts';
import { isFactorRequired, mayHaveFactor, type FactorRule } from './second-factor.ts';
import type { SecondFactorRepository } from './second-factor-repository.ts';

export type ChallengeTools = {
  readonly members: MemberRepository;
  readonly tenants: TenantRepository;
  readonly factors: SecondFactorRepository;
  readonly tokens: OneTimeTokenRepository;
  /** For platform administrators. */
  readonly superSecondFactor: FactorRule;
};
export type NeededFactor = { readonly isEnrolled: boolean };

const SECONDS = 300;

/** The factor that somebody has, or must set up; null: a password is enough. */
export async function neededFactor(
  { factors, superSecondFactor }: Pick<ChallengeTools, 'factors' | 'superSecondFactor'>,
  scope: TenantScope,
  member: Member,
  tenant: Tenant | null,
): Promise<NeededFactor | null> {
  if (!mayHaveFactor(member.role)) return null;
  const factor = await factors.find(scope, member.id);
  if (factor?.secret) return { isEnrolled: true };
  return isFactorRequired(member, tenant, superSecondFactor) ? { isEnrolled: false } : null;
}

/** What a login is answered whose second step is still to come. */
export async function challenge(
  { tokens }: Pick<ChallengeTools, 'tokens'>,
  scope: TenantScope,
  { id, passwordHash }: Pick<Member, 'id' | 'passwordHash'>,
  { isEnrolled }: NeededFactor,
  now: Date,
  unit: UnitOfWork,
): Promise<Refusal> {
  const token = await tokens.make(
    scope,
    'login-challenge',
    {
      prefix: 'ch_',
      memberId: id,
      restsOn: restsOn(passwordHash),
      expiresAt: new Date(now.getTime() + SECONDS * 1_000),
    },
    unit.session,
  );
  return refuse('SECOND_FACTOR_REQUIRED', {
    details: { challenge_token: token, expires_in: SECONDS, is_enrolled: isEnrolled },
    ...(isEnrolled
      ? {}
      : { text: { zh: '请先设置第二因素', en: 'A second factor is required: set one up first' } }),
  });
}

/** Who is between the steps. Refuses (AUTH_003) a token that has ended, was taken, or of a password from before; TENANT_SUSPENDED. */
export async function challenged(
  { members, tenants, tokens }: ChallengeTools,
  token: string,
  now: Date,
): Promise<{ member: Member; tenant: Tenant | null }> {
  const known = await tokens.find('login-challenge', token, now);
  const member = known && (await members.findAnywhere(known.memberId));
  if (!member?.isActive || known?.restsOn !== restsOn(member.passwordHash)) throw overdue();
  const tenant = member.tenantId === PLATFORM_TENANT ? null : await tenants.get(member.tenantId);
  if (tenant && !tenant.isActive) throw refuse('TENANT_SUSPENDED');
  return { member, tenant };
}

/** Takes the token, once. Refuses (AUTH_003) one that another request took. */
export async function endChallenge(
  { tokens }: Pick<ChallengeTools, 'tokens'>,
  scope: TenantScope,
  token: string,
  { session }: UnitOfWork,
): Promise<void> {
  if (!(await tokens.take(scope, 'login-challenge', token, session))) throw overdue();
}

const restsOn = (passwordHash: string | null): string => digest('password', String(passwordHash));
const overdue = () =>
  refuse('AUTH_003', {
    text: { zh: '登录已超时，请重新登录', en: 'This login has ended; log in again' },
  });
