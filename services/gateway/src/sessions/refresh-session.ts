/** New tokens for a refresh token. */
import { refuse } from '@membership/contracts/errors';
import type { RequestFacts } from '@membership/platform/http/implement';
import { PLATFORM_TENANT, type Member } from '../domain/member.ts';
import { neededFactor } from '../credentials/login-challenge.ts';
import type { OwnKeys } from '../tokens/settings-keys.ts';
import type { EndSessions } from './end-sessions.ts';
import type { LoggedIn, LogInTools, ScopeOfMember } from './log-in.ts';
import { expiryOf, isJustUsed, readRefreshToken, type Session } from './session.ts';

export type RefreshTools = LogInTools & { readonly refreshKeys: OwnKeys; readonly endSessions: EndSessions };

/**
 * Takes the next refresh token of a session; the one before gives the same again for a moment. Refuses AUTH_003 what is no token
 * of ours, whose session or member has ended; AUTH_002 what has expired; TENANT_SUSPENDED;
 * SECOND_FACTOR_REQUIRED an administrator who must have one by now and has none. One that was used before that ends
 * the session for both who hold it.
 */
export async function refreshSession(
  tools: RefreshTools,
  token: string,
  moment: Pick<RequestFacts, 'now' | 'deadline'>,
  scopeOf: ScopeOfMember,
): Promise<LoggedIn> {
  const { now } = moment;
  const named = readRefreshToken(tools.refreshKeys, token);
  const session = named && (await tools.sessions.findByToken(named.sessionId));
  if (!named || !session || session.endedAt) throw refuse('AUTH_003');
  const member = await tools.members.findAnywhere(session.memberId);
  if (!member || !member.isActive || member.tenantId !== session.tenantId) throw refuse('AUTH_003');
  const isRepeat = isJustUsed(session, named.generation, now, tools.sessionTimes);
  if (named.generation !== session.generation && !isRepeat)
    return endForReuse(tools, session, member, moment, scopeOf);
  if (session.expiresAt <= now) throw refuse('AUTH_002');
  const tenant = member.tenantId === PLATFORM_TENANT ? null : await tools.tenants.get(member.tenantId);
  if (tenant && !tenant.isActive) throw refuse('TENANT_SUSPENDED');
  const needed = await neededFactor(tools, scopeOf(member), member, tenant);
  if (needed && !needed.isEnrolled)
    throw refuse('SECOND_FACTOR_REQUIRED', {
      details: { is_enrolled: false },
      text: {
        zh: '现在需要第二因素：请重新登录并设置',
        en: 'A second factor is required now: log in again and set one up',
      },
    });
  if (isRepeat) return { member, tenant, sessionId: session.id, generation: session.generation };
  const isTaken = await tools.sessions.rotate(scopeOf(member), session.id, session.generation, {
    now,
    expiresAt: expiryOf(session.createdAt, now, tools.sessionTimes),
  });
  // Somebody took it in between, or ended the session: looked at again, it is just used, reused or over.
  if (!isTaken) return refreshSession(tools, token, moment, scopeOf);
  return { member, tenant, sessionId: session.id, generation: session.generation + 1 };
}

async function endForReuse(
  { transactions, endSessions }: RefreshTools,
  session: Session,
  member: Member,
  { now, deadline }: Pick<RequestFacts, 'now' | 'deadline'>,
  scopeOf: ScopeOfMember,
): Promise<never> {
  await transactions.run(
    (unit) => endSessions(scopeOf(member), { memberId: session.memberId, sessionId: session.id, now }, unit),
    { deadline },
  );
  throw refuse('AUTH_003', {
    text: {
      zh: '刷新令牌已被使用，会话已终止，请重新登录',
      en: 'This refresh token was used before; the session is over, log in again',
    },
  });
}
