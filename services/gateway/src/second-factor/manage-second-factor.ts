/** Setting up, replacing, turning off and resetting second factors, and the step of a login that asks for them. */
import { invalid, invalidState, refuse } from '@membership/contracts/errors';
import { memberSecondFactorChanged } from '@membership/contracts/events/gateway';
import type { TenantScope } from '@membership/platform/scope';
import type { Transactions, UnitOfWork } from '@membership/platform/transaction';
import { codeKey, ownKey } from '../credentials/login-failures.ts';
import type { Passwords } from '../credentials/passwords.ts';
import { PLATFORM_TENANT, type Member } from '../domain/member.ts';
import type { EndSessions } from '../sessions/end-sessions.ts';
import { openSession, type OpenSessionTools } from '../sessions/open-session.ts';
import type { Tenant } from '../domain/tenant.ts';
import {
  proveCode,
  provePending,
  takeCode,
  type CodeTools,
  type ShownCode,
} from '../credentials/code-proof.ts';
import { challenged, endChallenge, type ChallengeTools } from '../credentials/login-challenge.ts';
import { isFactorRequired, sealSecret } from '../credentials/second-factor.ts';
import type { SecondFactor } from '../credentials/second-factor-repository.ts';
import { newRecoveryCodes, newSecret, recoveryHash, uriOf } from '../credentials/totp.ts';

export type FactorTools = CodeTools &
  ChallengeTools &
  OpenSessionTools & {
    readonly passwords: Passwords;
    readonly transactions: Transactions;
    readonly endSessions: EndSessions;
  };
export type ScopeOf = (member: Member) => TenantScope;
/** Whose factor it is, and the token of the login that asks for it; null: one who is logged in. */
export type Owner = {
  readonly member: Member;
  readonly tenant: Tenant | null;
  readonly challengeToken: string | null;
};
/** Somebody who has ended a login. */
export type SignedIn = {
  readonly member: Member;
  readonly tenant: Tenant | null;
  readonly sessionId: string;
};
export type FactorState = {
  readonly isEnabled: boolean;
  readonly isRequired: boolean;
  readonly enabledAt: Date | null;
  readonly recoveryCodesLeft: number;
};

const PENDING_SECONDS = 600;
const ISSUER_OF_PLATFORM = 'Membership platform';

/** Second step of a login. Refuses (AUTH_003) a token that is over, (AUTH_001) a wrong code; TENANT_SUSPENDED, RATE_LIMITED. */
export async function finishLogIn(
  tools: FactorTools,
  challengeToken: string,
  shown: ShownCode,
  scopeOf: ScopeOf,
): Promise<SignedIn> {
  const { member, tenant } = await challenged(tools, challengeToken, shown.now);
  const scope = scopeOf(member);
  const factor = await getEnabled(tools, scope, member.id);
  const proven = await proveCode(tools, member, factor, shown);
  const opened = await tools.transactions.run(
    async (unit) => {
      await endChallenge(tools, scope, challengeToken, unit);
      await takeCode(tools, scope, member.id, proven, unit);
      const session = await openSession(
        tools,
        scope,
        { ...member, newHash: member.passwordHash },
        shown.now,
        unit,
      );
      return proven.kind === 'recovery'
        ? {
            ...session,
            member: await tell(tools, scope, session.member, 'recovery_code_used', shown.now, unit),
          }
        : session;
    },
    { deadline: shown.deadline },
  );
  await forgetFailures(tools, member);
  return { ...opened, tenant };
}

/**
 * Lays a new secret ready. Who has a factor shows a code of it. Refuses (AUTH_001) a wrong code, (400) one that is missing,
 * RATE_LIMITED.
 */
export async function prepareFactor(
  tools: FactorTools,
  { member, tenant }: Owner,
  { code, ...shown }: Omit<ShownCode, 'code'> & { readonly code?: string | undefined },
  scopeOf: ScopeOf,
): Promise<{ secret: string; uri: string; seconds: number }> {
  const scope = scopeOf(member);
  const factor = await tools.factors.find(scope, member.id);
  if (factor?.secret && code === undefined) throw codeMissing();
  const proven =
    factor?.secret && code !== undefined ? await proveCode(tools, member, factor, { ...shown, code }) : null;
  const secret = newSecret();
  const until = new Date(shown.now.getTime() + PENDING_SECONDS * 1_000);
  await tools.transactions.run(
    async (unit) => {
      if (proven) await takeCode(tools, scope, member.id, proven, unit);
      const pending = { secret: sealSecret(tools.box, member, secret), until };
      if (!proven && (await tools.factors.find(scope, member.id, unit.session))?.secret) throw codeMissing();
      await tools.factors.prepare(scope, member.id, pending, unit.session);
    },
    { deadline: shown.deadline },
  );
  const uri = uriOf(secret, { label: member.username, issuer: tenant?.name ?? ISSUER_OF_PLATFORM });
  return { secret, uri, seconds: PENDING_SECONDS };
}

/**
 * Turns on what was laid ready; ends the login that asked for it. Refuses (INVALID_STATE) where nothing is ready, (AUTH_001) a
 * wrong code, RATE_LIMITED.
 */
export async function confirmFactor(
  tools: FactorTools,
  { member, tenant, challengeToken }: Owner,
  shown: ShownCode,
  scopeOf: ScopeOf,
): Promise<{ recoveryCodes: string[]; session: SignedIn | null }> {
  const scope = scopeOf(member);
  const factor = await tools.factors.find(scope, member.id);
  if (!factor?.pending || factor.pending.until <= shown.now) throw nothingReady(factor);
  const { secret } = factor.pending;
  const lastStep = await provePending(tools, member, secret, shown);
  const recoveryCodes = newRecoveryCodes();
  const recoveryHashes = recoveryCodes.map((one) => recoveryHash(member.id, one));
  const session = await tools.transactions.run(
    async (unit) => {
      const given = { secret, enabledAt: shown.now, lastStep, recoveryHashes };
      if (!(await tools.factors.enable(scope, member.id, given, unit.session)))
        throw nothingReady(await tools.factors.find(scope, member.id, unit.session));
      if (challengeToken !== null) await endChallenge(tools, scope, challengeToken, unit);
      const changed = await tell(tools, scope, member, 'enabled', shown.now, unit);
      return challengeToken === null
        ? null
        : openSession(tools, scope, { ...changed, newHash: changed.passwordHash }, shown.now, unit);
    },
    { deadline: shown.deadline },
  );
  await forgetFailures(tools, member);
  return { recoveryCodes, session: session && { ...session, tenant } };
}

/** Ten new recovery codes. Refuses (INVALID_STATE) who has no factor, (AUTH_001) a wrong code, RATE_LIMITED. */
export async function renewRecoveryCodes(
  tools: FactorTools,
  { member }: Owner,
  shown: ShownCode,
  scopeOf: ScopeOf,
): Promise<string[]> {
  const scope = scopeOf(member);
  const proven = await proveCode(tools, member, await getEnabled(tools, scope, member.id), shown);
  const recoveryCodes = newRecoveryCodes();
  await tools.transactions.run(
    async (unit) => {
      await takeCode(tools, scope, member.id, proven, unit);
      const hashes = recoveryCodes.map((one) => recoveryHash(member.id, one));
      await tools.factors.setRecoveryCodes(scope, member.id, hashes, unit.session);
      await tell(tools, scope, member, 'recovery_codes_replaced', shown.now, unit);
    },
    { deadline: shown.deadline },
  );
  return recoveryCodes;
}

/** Turns one's own factor off. Refuses (INVALID_STATE) who has none or must have one, (AUTH_001) a wrong code, RATE_LIMITED. */
export async function turnFactorOff(
  tools: FactorTools,
  { member, tenant }: Owner,
  shown: ShownCode,
  scopeOf: ScopeOf,
): Promise<void> {
  const scope = scopeOf(member);
  const factor = await getEnabled(tools, scope, member.id);
  if (isFactorRequired(member, tenant, tools.superSecondFactor))
    throw invalidState('required', ['replace'], {
      zh: '必须启用第二因素，只能更换',
      en: 'A second factor is required: it can be replaced, not turned off',
    });
  const proven = await proveCode(tools, member, factor, shown);
  await tools.transactions.run(
    async (unit) => {
      await takeCode(tools, scope, member.id, proven, unit);
      await tools.factors.remove(scope, member.id, unit.session);
      await tell(tools, scope, member, 'disabled', shown.now, unit);
    },
    { deadline: shown.deadline },
  );
}

/**
 * Turns another administrator's factor off, and ends its sessions. Refuses (404) an unknown member, (403) oneself: one's own is
 * turned off with a code; (INVALID_STATE) one that has none.
 */
export async function resetFactor(
  tools: Pick<FactorTools, 'members' | 'factors' | 'endSessions' | 'logger'>,
  scope: TenantScope,
  memberId: number,
  now: Date,
  unit: UnitOfWork,
): Promise<void> {
  const member = await tools.members.get(scope, memberId, unit.session);
  if (memberId === scope.actor.id)
    throw refuse('PERM_001', {
      text: { zh: '自己的第二因素需用验证码停用', en: 'One’s own second factor is turned off with a code' },
    });
  await getEnabled(tools, scope, memberId, unit);
  await tools.factors.remove(scope, memberId, unit.session);
  await tell(tools, scope, member, 'disabled', now, unit);
  await tools.endSessions(scope, { memberId, now }, unit);
}

/** What somebody's own page shows. */
export async function factorState(
  { factors, superSecondFactor }: Pick<FactorTools, 'factors' | 'superSecondFactor'>,
  { member, tenant }: Owner,
  scopeOf: ScopeOf,
): Promise<FactorState> {
  const factor = await factors.find(scopeOf(member), member.id);
  const isEnabled = Boolean(factor?.secret);
  return {
    isEnabled,
    isRequired: isFactorRequired(member, tenant, superSecondFactor),
    enabledAt: factor?.enabledAt ?? null,
    recoveryCodesLeft: isEnabled ? (factor?.recoveryHashes.length ?? 0) : 0,
  };
}

async function getEnabled(
  { factors }: Pick<FactorTools, 'factors'>,
  scope: TenantScope,
  memberId: number,
  unit?: UnitOfWork,
): Promise<SecondFactor> {
  const factor = await factors.find(scope, memberId, unit?.session);
  if (!factor?.secret)
    throw invalidState('disabled', ['enable'], {
      zh: '尚未启用第二因素',
      en: 'There is no second factor',
    });
  return factor;
}

const codeMissing = () =>
  invalid({
    code: { zh: '更换第二因素需要当前的验证码', en: 'A second factor is replaced with a code of it' },
  });
const nothingReady = (factor: SecondFactor | null) =>
  invalidState(factor?.secret ? 'enabled' : 'disabled', ['prepare'], {
    zh: '没有待确认的第二因素，请重新开始',
    en: 'No second factor waits to be confirmed: start again',
  });

/** The fact of a change; of platform administrators the log tells. Returns the member as it is then. */
async function tell(
  { members, logger }: Pick<FactorTools, 'members' | 'logger'>,
  scope: TenantScope,
  { id }: Member,
  change: 'enabled' | 'disabled' | 'recovery_codes_replaced' | 'recovery_code_used',
  now: Date,
  unit: UnitOfWork,
): Promise<Member> {
  const current = await members.get(scope, id, unit.session);
  if (current.tenantId === PLATFORM_TENANT) {
    unit.afterCommit(() =>
      logger.info({ memberId: id, change }, 'a second factor of a platform administrator'),
    );
    return current;
  }
  const member = { ...current, sequence: current.sequence + 1 };
  await members.save(scope, member, unit.session);
  unit.announce(scope, memberSecondFactorChanged, {
    subject: id,
    sequence: member.sequence,
    data: {
      memberId: id,
      change,
      by: scope.actor.id === id ? 'self' : 'administrator',
      at: now.toISOString(),
    },
  });
  return member;
}

async function forgetFailures({ failures }: Pick<FactorTools, 'failures'>, member: Member): Promise<void> {
  await failures.forget(codeKey(member.id));
  await failures.forget(ownKey(member));
}
