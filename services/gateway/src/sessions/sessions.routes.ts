/** Logging in and out: doors. */
import * as contracts from '@membership/contracts/endpoints/gateway/auth';
import type { ItemOf } from '@membership/contracts/endpoint';
import { refuse } from '@membership/contracts/errors';
import {
  implementOpen,
  implementOpenWrite,
  reply,
  type Implementation,
  type RequestFacts,
} from '@membership/platform/http/implement';
import type { TenantScope } from '@membership/platform/scope';
import type { Caller } from '../domain/caller.ts';
import type { MemberLevelRepository } from '../storage/member-level-repository.ts';
import type { Member } from '../domain/member.ts';
import {
  changePassword,
  proveOwnChange,
  type ChangePasswordTools,
  type ProvenChange,
} from './change-password.ts';
import { issueServiceToken, tokenParameters, type IssueTools } from '../clients/issue-service-token.ts';
import { logIn, type LoggedIn, type ScopeOfMember } from './log-in.ts';
import { logOut, type LogOutTools } from './log-out.ts';
import { refreshSession, type RefreshTools } from './refresh-session.ts';
import { signedInView, tenantBriefView, userView, type SignedInTools } from './sessions.views.ts';

/** What tells somebody's tokens. */
export type SignedInSessionTools = SignedInTools & { readonly levels: Pick<MemberLevelRepository, 'find'> };
export type SessionTools = RefreshTools &
  LogOutTools &
  ChangePasswordTools &
  IssueTools &
  SignedInSessionTools;
/** What a door knows of a request besides its body. */
export type RequestOrigin = {
  address(http: RequestFacts): string;
  caller(http: RequestFacts): Caller;
  /** Id of the tenant at whose own host it asks, if any. */
  tenantOf(http: RequestFacts): Promise<number | undefined>;
  /** A scope in a tenant for this request; in tenant 0 for platform administrators. `anybody`: whoever shows what. */
  scopeIn(http: RequestFacts, tenantId: number, by?: Member | 'anybody'): TenantScope;
};

export const sessionsRoutes = (tools: SessionTools, origin: RequestOrigin): Implementation[] => [
  implementOpen(contracts.login, async ({ body, http }) => {
    const { now, deadline } = http;
    const tenant = body.tenant ?? (await origin.tenantOf(http));
    const attempt = { ...body, tenant, address: origin.address(http), now, deadline };
    const scopeOf = (member: Member) => origin.scopeIn(http, member.tenantId, member);
    return signedIn(tools, await logIn(tools, attempt, scopeOf), scopeOf, now);
  }),
  implementOpen(contracts.refreshSession, async ({ body, http }) => {
    const scopeOf = (member: Member) => origin.scopeIn(http, member.tenantId, member);
    const session = await refreshSession(tools, body.refresh_token, http, scopeOf);
    return signedIn(tools, session, scopeOf, http.now);
  }),
  implementOpen(contracts.logout, async ({ body, http }) => {
    const member = await self(tools, origin, http);
    await logOut(
      tools,
      origin.scopeIn(http, member.tenantId, member),
      origin.caller(http),
      body.refresh_token,
      http,
    );
    return null;
  }),
  implementOpen(contracts.me, async ({ http }) => {
    const member = await self(tools, origin, http);
    const tenant = member.tenantId === 0 ? null : await tools.tenants.get(member.tenantId);
    // The role is what this token may do: its claims can narrow the member's own.
    return {
      user: userView({ ...member, role: origin.caller(http).role as Member['role'] }),
      tenant: tenantBriefView(tenant),
    };
  }),
  implementOpenWrite<typeof contracts.changePassword, { member: Member; change: ProvenChange }>(
    contracts.changePassword,
    async ({ http, unit, prepared: { member, change } }) => {
      const scope = origin.scopeIn(http, member.tenantId, member);
      await changePassword(tools, scope, member.id, change, http.now, unit);
      return null;
    },
    {
      prepare: async ({ body, http }) => {
        const member = await self(tools, origin, http);
        const own = { member, address: origin.address(http), now: http.now };
        const { old_password: oldPassword, new_password: newPassword } = body;
        return { member, change: await proveOwnChange(tools, { ...own, oldPassword, newPassword }) };
      },
    },
  ),
  implementOpen(contracts.issueServiceToken, async ({ body, http }) => {
    const request = {
      authorization: http.headers.authorization,
      parameters: tokenParameters(body),
      address: origin.address(http),
      now: http.now,
    };
    const { status, body: answer, ...rest } = await issueServiceToken(tools, request);
    // Its errors are those of `others`.
    return reply(answer as ItemOf<typeof contracts.issueServiceToken>, {
      status,
      headers: { pragma: 'no-cache', ...('headers' in rest ? rest.headers : {}) },
    });
  }),
  implementOpen(contracts.tokenKeys, () => ({ keys: [...tools.keys.publicKeys] })),
];

/** Tokens that tell the member level as it is now; platform administrators have none. */
export async function signedIn(
  tools: SignedInSessionTools,
  session: LoggedIn,
  scopeOf: ScopeOfMember,
  now: Date,
): Promise<ReturnType<typeof signedInView>> {
  const { member, tenant } = session;
  const level = tenant && (await tools.levels.find(scopeOf(member), member.id));
  return signedInView(tools, session, level, now);
}

/** The caller's own record. */
export async function self(
  { members }: Pick<SessionTools, 'members'>,
  origin: RequestOrigin,
  http: RequestFacts,
): Promise<Member> {
  const { userId } = origin.caller(http);
  const member = userId === null ? null : await members.findAnywhere(userId);
  if (!member) throw refuse('AUTH_003');
  return member;
}
