/** Ending one's own session. */
import type { RequestFacts } from '@membership/platform/http/implement';
import type { TenantScope } from '@membership/platform/scope';
import type { Transactions, UnitOfWork } from '@membership/platform/transaction';
import type { Caller } from '../domain/caller.ts';
import type { OwnKeys } from '../tokens/settings-keys.ts';
import type { Revocations } from '../tokens/revocations.ts';
import type { EndSessions } from './end-sessions.ts';
import type { SessionRepository } from './session-repository.ts';
import { readRefreshToken } from './session.ts';

export type LogOutTools = {
  readonly sessions: SessionRepository;
  readonly revocations: Revocations;
  readonly endSessions: EndSessions;
  readonly transactions: Transactions;
  readonly refreshKeys: OwnKeys;
};

/** Revokes the caller's token, and ends its session and that of a refresh token it shows, if that is its own. */
export async function logOut(
  { sessions, revocations, endSessions, transactions, refreshKeys }: LogOutTools,
  scope: TenantScope,
  caller: Caller,
  refreshToken: string | undefined,
  { now, deadline }: Pick<RequestFacts, 'now' | 'deadline'>,
): Promise<void> {
  const { userId, token } = caller;
  if (userId === null || !token) return;
  const shown = refreshToken === undefined ? null : readRefreshToken(refreshKeys, refreshToken);
  const other = shown && (await sessions.findByToken(shown.sessionId));
  const mine = new Set([token.sessionId, other?.memberId === userId ? other.id : undefined]);
  const end = async (unit: UnitOfWork) => {
    await revocations.revoke([token.name], token.expiresAt, unit.session);
    unit.afterCommit(() => revocations.learn([token.name], token.expiresAt));
    for (const sessionId of mine)
      if (sessionId !== undefined) await endSessions(scope, { memberId: userId, sessionId, now }, unit);
  };
  await transactions.run(end, { deadline });
}
