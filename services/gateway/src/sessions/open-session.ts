/** A session, and the fact that tells of it: the end of each login, whatever it was proved with. */
import { randomUUID } from 'node:crypto';
import { memberLoggedIn } from '@membership/contracts/events/gateway';
import { refuse } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { PLATFORM_TENANT, type Member } from '../domain/member.ts';
import type { MemberRepository } from '../storage/member-repository.ts';
import { expiryOf, type SessionTimes } from './session.ts';
import type { SessionRepository } from './session-repository.ts';

export type OpenSessionTools = {
  readonly members: MemberRepository;
  readonly sessions: SessionRepository;
  readonly sessionTimes: SessionTimes;
};

export const wrongCredentials = () =>
  refuse('AUTH_001', { text: { zh: '用户名或密码错误', en: 'The username or the password is wrong' } });

/**
 * Opens a session for who proved a password; platform administrators are nobody's members, so no fact tells of theirs. `newHash`:
 * what an older version's hash becomes. Refuses (AUTH_001) what was proved of a password that has been changed meanwhile.
 */
export async function openSession(
  { members, sessions, sessionTimes }: OpenSessionTools,
  scope: TenantScope,
  { id, passwordHash, newHash }: Pick<Member, 'id' | 'passwordHash'> & { readonly newHash: string | null },
  now: Date,
  unit: UnitOfWork,
): Promise<{ member: Member; sessionId: string }> {
  const sessionId = randomUUID();
  const current = await members.get(scope, id, unit.session);
  if (!current.isActive || current.passwordHash !== passwordHash) throw wrongCredentials();
  const isOfTenant = current.tenantId !== PLATFORM_TENANT;
  const member = {
    ...current,
    passwordHash: newHash,
    lastLoginAt: now,
    sequence: current.sequence + (isOfTenant ? 1 : 0),
  };
  await members.save(scope, member, unit.session);
  const expiresAt = expiryOf(now, now, sessionTimes);
  await sessions.start(scope, { id: sessionId, memberId: id, now, expiresAt }, unit.session);
  if (isOfTenant)
    unit.announce(scope, memberLoggedIn, {
      subject: id,
      sequence: member.sequence,
      data: { memberId: id, at: now.toISOString() },
    });
  return { member, sessionId };
}
