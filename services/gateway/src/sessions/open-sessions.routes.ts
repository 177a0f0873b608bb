/** Open sessions, listed and ended one by one: doors. */
import * as contracts from '@membership/contracts/endpoints/gateway/sessions';
import type { Order } from '@membership/contracts/schemas';
import {
  implement,
  implementOpen,
  implementOpenWrite,
  implementWrite,
  type Implementation,
  type RequestFacts,
} from '@membership/platform/http/implement';
import type { TenantScope } from '@membership/platform/scope';
import { sortOf } from '@membership/platform/sorting';
import { endOneSession, type EndOneTools } from './end-one-session.ts';
import { self, type RequestOrigin } from './sessions.routes.ts';
import type { Session } from './session.ts';

const SORT_FIELDS = { created_at: 'createdAt', refreshed_at: 'refreshedAt' };
type Listing = { page: number; page_size: number; ordering: Order[] };

export const openSessionsRoutes = (tools: EndOneTools, origin: RequestOrigin): Implementation[] => {
  const list = async (scope: TenantScope, memberId: number, query: Listing, http: RequestFacts) => {
    const { page, page_size: size, ordering } = query;
    const which = { memberId, now: http.now };
    const found = await tools.sessions.listOpen(scope, which, sortOf(ordering, SORT_FIELDS), { page, size });
    const current = origin.caller(http).token?.sessionId;
    return { ...found, items: found.items.map((session) => sessionView(session, current)) };
  };
  /** The caller's own id, and the scope of its own tenant: a platform administrator's is 0, whatever it works in. */
  const ownScope = async (http: RequestFacts) => {
    const member = await self(tools, origin, http);
    return { memberId: member.id, scope: origin.scopeIn(http, member.tenantId, member) };
  };
  return [
    implementOpen(contracts.listOwnSessions, async ({ query, http }) => {
      const { scope, memberId } = await ownScope(http);
      return list(scope, memberId, query, http);
    }),
    implementOpenWrite<typeof contracts.endOwnSession, Awaited<ReturnType<typeof ownScope>>>(
      contracts.endOwnSession,
      ({ params, http, unit, prepared: { scope, memberId } }) =>
        endOneSession(tools, scope, { memberId, sessionId: params.session_id, now: http.now }, unit),
      { prepare: ({ http }) => ownScope(http) },
    ),
    implement(contracts.listMemberSessions, async ({ scope, params, query, http }) => {
      const { id } = await tools.members.get(scope, params.id);
      return list(scope, id, query, http);
    }),
    implementWrite(
      contracts.endMemberSession,
      ({ scope, params: { id, session_id: sessionId }, http, unit }) =>
        endOneSession(tools, scope, { memberId: id, sessionId, now: http.now }, unit),
    ),
  ];
};

const sessionView = ({ id, createdAt, refreshedAt, expiresAt }: Session, current: string | undefined) => ({
  id,
  created_at: createdAt.toISOString(),
  refreshed_at: refreshedAt.toISOString(),
  expires_at: expiresAt.toISOString(),
  is_current: id === current,
});
