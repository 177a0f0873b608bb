/** Ending sessions: the refresh tokens stop working, and the access tokens that came of them are revoked by name. */
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Revocations } from '../tokens/revocations.ts';
import type { SessionRepository } from './session-repository.ts';

const SKEW_MILLISECONDS = 60_000;
export type EndSessions = (
  scope: TenantScope,
  which: { memberId: number; sessionId?: string; now: Date },
  unit: UnitOfWork,
) => Promise<void>;

/** Ends all sessions of a member, or the named one. */
export const endSessionsOf =
  ({
    sessions,
    revocations,
    accessTokenSeconds,
  }: {
    sessions: SessionRepository;
    revocations: Revocations;
    accessTokenSeconds: number;
  }): EndSessions =>
  async (scope, { memberId, sessionId, now }, unit) => {
    const lifetime = accessTokenSeconds * 1000 + SKEW_MILLISECONDS;
    const since = new Date(now.getTime() - lifetime);
    const ended = await sessions.end(
      scope,
      { memberId, ...(sessionId === undefined ? {} : { sessionId }), since, now },
      unit.session,
    );
    const names = ended.map((id) => `session:${id}`);
    const until = new Date(now.getTime() + lifetime);
    await revocations.revoke(names, until, unit.session);
    unit.afterCommit(() => revocations.learn(names, until));
  };
