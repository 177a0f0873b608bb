/** Second factors: doors. */
import * as contracts from '@membership/contracts/endpoints/gateway/second-factor';
import { wrongRole } from '@membership/contracts/endpoint';
import { invalid, refuse } from '@membership/contracts/errors';
import {
  implement,
  implementOpen,
  implementWrite,
  type Implementation,
  type RequestFacts,
} from '@membership/platform/http/implement';
import type { Member } from '../domain/member.ts';
import { proveOwnPassword } from '../sessions/change-password.ts';
import type { LoggedIn } from '../sessions/log-in.ts';
import {
  self,
  signedIn,
  type RequestOrigin,
  type SignedInSessionTools,
} from '../sessions/sessions.routes.ts';
import { securityOf, updateSecurity, type Security, type SecurityTools } from '../tenants/tenant-security.ts';
import { challenged } from '../credentials/login-challenge.ts';
import {
  confirmFactor,
  factorState,
  finishLogIn,
  prepareFactor,
  renewRecoveryCodes,
  resetFactor,
  turnFactorOff,
  type FactorState,
  type FactorTools,
  type Owner,
  type SignedIn,
} from './manage-second-factor.ts';
import { mayHaveFactor } from '../credentials/second-factor.ts';

export type SecondFactorTools = FactorTools & SignedInSessionTools & SecurityTools;

const stateView = ({ isEnabled, isRequired, enabledAt, recoveryCodesLeft }: FactorState) => ({
  is_enabled: isEnabled,
  is_required: isRequired,
  enabled_at: enabledAt?.toISOString() ?? null,
  recovery_codes_left: recoveryCodesLeft,
});
const firstOf = (opened: SignedIn): LoggedIn => ({ ...opened, generation: 1 });

const securityView = ({ adminSecondFactor, allowedOrigins }: Security) => ({
  admin_second_factor: adminSecondFactor,
  allowed_origins: [...allowedOrigins],
});

export const secondFactorRoutes = (tools: SecondFactorTools, origin: RequestOrigin): Implementation[] => {
  const scopeOf = (http: RequestFacts) => (member: Member) => origin.scopeIn(http, member.tenantId, member);
  const shown = (http: RequestFacts, code: string) => ({
    code,
    address: origin.address(http),
    now: http.now,
    deadline: http.deadline,
  });
  /** The administrator who is logged in. Refuses AUTH_001, a token that does not hold (AUTH_003) and PERM_001. */
  const own = async (http: RequestFacts): Promise<Owner> => {
    const { role } = origin.caller(http);
    if (role === 'anonymous') throw refuse(http.headers.authorization ? 'AUTH_003' : 'AUTH_001');
    if (!mayHaveFactor(role)) throw wrongRole(['admin'], role);
    const member = await self(tools, origin, http);
    const tenant = member.tenantId === 0 ? null : await tools.tenants.get(member.tenantId);
    return { member, tenant, challengeToken: null };
  };
  const owner = async (http: RequestFacts, challengeToken: string | undefined): Promise<Owner> =>
    challengeToken === undefined
      ? own(http)
      : { ...(await challenged(tools, challengeToken, http.now)), challengeToken };
  return [
    implementOpen(contracts.logInWithSecondFactor, async ({ body, http }) => {
      const given = shown(http, body.code);
      const opened = await finishLogIn(tools, body.challenge_token, given, scopeOf(http));
      return signedIn(tools, firstOf(opened), scopeOf(http), http.now);
    }),
    implementOpen(contracts.getSecondFactor, async ({ http }) =>
      stateView(await factorState(tools, await own(http), scopeOf(http))),
    ),
    implementOpen(contracts.startSecondFactor, async ({ body, http }) => {
      const { password, challenge_token: challengeToken, code } = body;
      const whose = await owner(http, challengeToken);
      const { code: _none, ...rest } = shown(http, '');
      if (challengeToken === undefined) {
        if (password === undefined)
          throw invalid({ password: { zh: '请提供密码', en: 'Give the password' } });
        await proveOwnPassword(tools, { member: whose.member, password, ...rest });
      }
      const ready = await prepareFactor(tools, whose, { ...rest, code }, scopeOf(http));
      return { secret: ready.secret, otpauth_uri: ready.uri, expires_in: ready.seconds };
    }),
    implementOpen(contracts.confirmSecondFactor, async ({ body, http }) => {
      const whose = await owner(http, body.challenge_token);
      const { recoveryCodes, session } = await confirmFactor(
        tools,
        whose,
        shown(http, body.code),
        scopeOf(http),
      );
      return {
        recovery_codes: recoveryCodes,
        session: session && (await signedIn(tools, firstOf(session), scopeOf(http), http.now)),
      };
    }),
    implementOpen(contracts.replaceRecoveryCodes, async ({ body, http }) => ({
      recovery_codes: await renewRecoveryCodes(tools, await own(http), shown(http, body.code), scopeOf(http)),
    })),
    implementOpen(contracts.removeSecondFactor, async ({ body, http }) => {
      const whose = await own(http);
      await turnFactorOff(tools, whose, shown(http, body.code), scopeOf(http));
      return stateView(await factorState(tools, whose, scopeOf(http)));
    }),
    implementWrite(contracts.resetSecondFactor, async ({ scope, params, http, unit }) => {
      await resetFactor(tools, scope, params.id, http.now, unit);
      return null;
    }),
    implement(contracts.getSecuritySettings, async ({ scope }) =>
      securityView(securityOf(await tools.tenants.get(scope.tenantId))),
    ),
    implementWrite(contracts.updateSecuritySettings, async ({ scope, body, http, unit }) => {
      const changes = { adminSecondFactor: body.admin_second_factor, allowedOrigins: body.allowed_origins };
      return securityView(await updateSecurity(tools, scope, changes, http.now, unit));
    }),
  ];
};
