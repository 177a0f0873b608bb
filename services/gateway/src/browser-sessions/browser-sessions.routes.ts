/** Sessions of a browser on the gateway's own pages: doors. The refresh token stays in a cookie that they alone look at. */
import * as contracts from '@membership/contracts/endpoints/gateway/browser-sessions';
import { refuse } from '@membership/contracts/errors';
import {
  implementOpen,
  reply,
  type Implementation,
  type RequestFacts,
} from '@membership/platform/http/implement';
import type { Member } from '../domain/member.ts';
import { finishLogIn, type FactorTools } from '../second-factor/manage-second-factor.ts';
import { cookieFor, isFromOwnPage, tokenInCookie } from './browser-cookie.ts';
import { endShownSession } from './end-shown-session.ts';
import { logIn, type LoggedIn } from '../sessions/log-in.ts';
import { refreshSession } from '../sessions/refresh-session.ts';
import { signedIn, type RequestOrigin, type SessionTools } from '../sessions/sessions.routes.ts';

export const browserSessionsRoutes = (
  tools: SessionTools & FactorTools,
  origin: RequestOrigin,
  publicUrl: string,
): Implementation[] => {
  const rules = { publicUrl, refreshTokenDays: tools.sessionTimes.refreshTokenDays };
  const requireOwnPage = ({ headers }: RequestFacts): void => {
    if (!isFromOwnPage(headers, rules))
      throw refuse('PERM_001', {
        text: {
          zh: '只接受来自本平台自身页面的请求',
          en: 'Only pages of the platform itself may ask this',
        },
      });
  };
  const scopes = (http: RequestFacts) => (member: Member) => origin.scopeIn(http, member.tenantId, member);
  const answer = async (session: LoggedIn, http: RequestFacts) => {
    const { refresh_token, ...rest } = await signedIn(tools, session, scopes(http), http.now);
    return reply(rest, { headers: { 'set-cookie': cookieFor(refresh_token, rules) } });
  };
  return [
    implementOpen(contracts.logInBrowser, async ({ body, http }) => {
      requireOwnPage(http);
      const { now, deadline } = http;
      const tenant = body.tenant ?? (await origin.tenantOf(http));
      const attempt = { ...body, tenant, address: origin.address(http), now, deadline };
      return answer(await logIn(tools, attempt, scopes(http)), http);
    }),
    implementOpen(contracts.logInBrowserWithSecondFactor, async ({ body, http }) => {
      requireOwnPage(http);
      const { now, deadline } = http;
      const given = { code: body.code, address: origin.address(http), now, deadline };
      const opened = await finishLogIn(tools, body.challenge_token, given, scopes(http));
      return answer({ ...opened, generation: 1 }, http);
    }),
    implementOpen(contracts.refreshBrowser, async ({ http }) => {
      requireOwnPage(http);
      const token = tokenInCookie(http.headers.cookie, rules);
      if (token === undefined) throw refuse('AUTH_001');
      return answer(await refreshSession(tools, token, http, scopes(http)), http);
    }),
    implementOpen(contracts.logOutBrowser, async ({ http }) => {
      requireOwnPage(http);
      const token = tokenInCookie(http.headers.cookie, rules);
      if (token !== undefined) await endShownSession(tools, token, http, scopes(http));
      return reply(null, { headers: { 'set-cookie': cookieFor('', rules) } });
    }),
  ];
};
