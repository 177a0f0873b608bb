/** Ending sessions: the refresh tokens stop working, and the access tokens that came of them are revoked by name. */
import type { ClientSession } from 'mongoose';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { sessionName } from '../tokens/access-token.ts';
import type { Revocations } from '../tokens/revocations.ts';
import type { Session } from './session.ts';
import type { SessionRepository } from './session-repository.ts';

const SKEW_MILLISECONDS = 60_000;
/** Sessions that one transaction ends at most. */
const AT_ONCE = 1_000;
export type EndSessions = (
  scope: TenantScope,
  which: { memberId: number; sessionId?: string; now: Date },
  unit: UnitOfWork,
) => Promise<void>;

type Unended = Pick<Session, 'id' | 'refreshedAt'>;
type Tools = {
  readonly sessions: SessionRepository;
  readonly revocations: Revocations;
  readonly accessTokenSeconds: number;
};

/**
 * Ends all sessions of a member, or the named one. However many somebody has opened: what a transaction would not bear is ended
 * before it, which is right though the rest may fail, and is done again.
 */
export const endSessionsOf =
  ({ sessions, revocations, accessTokenSeconds }: Tools): EndSessions =>
  async (scope, { memberId, sessionId, now }, unit) => {
    const lifetime = accessTokenSeconds * 1000 + SKEW_MILLISECONDS;
    const until = new Date(now.getTime() + lifetime);
    const unusedSince = new Date(now.getTime() - lifetime);
    const end = async (some: Unended[], session?: ClientSession): Promise<void> => {
      const isUsed = ({ refreshedAt }: Unended) => refreshedAt >= unusedSince;
      const used = some.filter(isUsed).map(({ id }) => id);
      const unused = some.filter((one) => !isUsed(one)).map(({ id }) => id);
      const names = used.map(sessionName);
      await revocations.revoke(names, until, session);
      await sessions.end(scope, used, { now }, session);
      // One that is refreshed meanwhile goes on until it is looked at again: what it got is to be revoked, too.
      await sessions.end(scope, unused, { now, unusedSince }, session);
      if (session) unit.afterCommit(() => revocations.learn(names, until));
      else revocations.learn(names, until);
    };
    const which = { memberId, sessionId, atMost: AT_ONCE };
    if (sessionId === undefined)
      for (let from: Date | undefined; ; ) {
        const some = await sessions.listUnended(scope, { ...which, from });
        if (some.length < AT_ONCE) break;
        await end(some);
        from = some.at(-1)?.refreshedAt;
      }
    // Whoever opens one meanwhile changes the member, too: then this is done again.
    await end(await sessions.listUnended(scope, which, unit.session), unit.session);
  };
