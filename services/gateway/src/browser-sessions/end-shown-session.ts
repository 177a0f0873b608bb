/** Ending the session that a refresh token names, by whoever shows it. */
import type { RequestFacts } from '@membership/platform/http/implement';
import { readRefreshToken } from '../sessions/session.ts';
import type { ScopeOfMember } from '../sessions/log-in.ts';
import type { RefreshTools } from '../sessions/refresh-session.ts';

/** Ends it, whichever of its tokens is shown; what is no token of ours, or names a session that is over, ends nothing. */
export async function endShownSession(
  { sessions, members, transactions, endSessions, refreshKeys }: RefreshTools,
  token: string,
  { now, deadline }: Pick<RequestFacts, 'now' | 'deadline'>,
  scopeOf: ScopeOfMember,
): Promise<void> {
  const shown = readRefreshToken(refreshKeys, token);
  const session = shown && (await sessions.findByToken(shown.sessionId));
  if (!session || session.endedAt) return;
  const member = await members.findAnywhere(session.memberId);
  if (!member) return;
  await transactions.run(
    (unit) => endSessions(scopeOf(member), { memberId: session.memberId, sessionId: session.id, now }, unit),
    { deadline },
  );
}
