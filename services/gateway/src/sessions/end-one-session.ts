/** Ending one session by its name: one's own, or as an administrator a member's. */
import { memberSessionEnded } from '@membership/contracts/events/gateway';
import type { Logger } from '@membership/platform/log';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { PLATFORM_TENANT } from '../domain/member.ts';
import type { MemberRepository } from '../storage/member-repository.ts';
import type { EndSessions } from './end-sessions.ts';
import type { SessionRepository } from './session-repository.ts';

export type EndOneTools = {
  readonly members: MemberRepository;
  readonly sessions: SessionRepository;
  readonly endSessions: EndSessions;
  readonly logger: Logger;
};

/** Refuses (404) a member that the tenant does not have, and a session that is not the member's or has ended. */
export async function endOneSession(
  { members, sessions, endSessions, logger }: EndOneTools,
  scope: TenantScope,
  { memberId, sessionId, now }: { memberId: number; sessionId: string; now: Date },
  unit: UnitOfWork,
): Promise<void> {
  const member = await members.get(scope, memberId, unit.session);
  await sessions.requireOpen(scope, { memberId, sessionId, now }, unit.session);
  await endSessions(scope, { memberId, sessionId, now }, unit);
  // Events belong to tenants; of the platform's own administrators the log tells.
  if (member.tenantId === PLATFORM_TENANT) {
    unit.afterCommit(() => logger.info({ memberId, sessionId }, 'a platform administrator ended a session'));
    return;
  }
  const sequence = member.sequence + 1;
  await members.save(scope, { ...member, sequence }, unit.session);
  unit.announce(scope, memberSessionEnded, {
    subject: memberId,
    sequence,
    data: {
      memberId,
      sessionId,
      by: scope.actor.id === memberId ? 'self' : 'administrator',
      at: now.toISOString(),
    },
  });
}
