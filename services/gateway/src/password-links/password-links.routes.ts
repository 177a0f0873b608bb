/** Links to choose a password: doors. */
import * as contracts from '@membership/contracts/endpoints/gateway/password-links';
import {
  implementOpen,
  implementOpenWrite,
  implementWrite,
  reply,
  type Implementation,
} from '@membership/platform/http/implement';
import type { RequestOrigin } from '../sessions/sessions.routes.ts';
import type { LinkRequests } from './link-requests.ts';
import {
  acceptLink,
  fetchLink,
  readyLink,
  requestLink,
  type LinkTools,
  type ReadyLink,
} from './manage-password-links.ts';
import type { PasswordLink } from './password-link-repository.ts';

/** In place of a token, for a repeated request: tokens are not stored to be shown again. */
const SHOWN_ONCE = '[shown once]';
const linkView = ({ id, kind, expiresAt }: PasswordLink) => ({
  link_id: id,
  kind,
  expires_at: expiresAt.toISOString(),
});

export const passwordLinksRoutes = (
  tools: LinkTools,
  requests: LinkRequests,
  origin: RequestOrigin,
): Implementation[] => [
  implementOpen(contracts.askForPasswordLink, ({ body, http }) => {
    // A name is no proof: nobody is told to have asked.
    requests.take({ ...body, now: http.now }, ({ tenantId }) => origin.scopeIn(http, tenantId, 'anybody'));
    return null;
  }),
  implementWrite(contracts.makePasswordLink, async ({ scope, params, http, unit }) =>
    linkView(await requestLink(tools, scope, params.id, http.now, unit)),
  ),
  implementWrite(contracts.fetchPasswordLink, async ({ scope, params, http, unit }) => {
    const { link, member, token } = await fetchLink(tools, scope, params.link_id, http.now, unit);
    const { id, username, email, displayName } = member;
    const view = { ...linkView(link), member_id: id, username, email, display_name: displayName };
    return reply({ ...view, token }, { repeated: { ...view, token: SHOWN_ONCE } });
  }),
  implementOpenWrite<typeof contracts.acceptPasswordLink, ReadyLink>(
    contracts.acceptPasswordLink,
    async ({ http, unit, prepared }) => {
      const { member } = prepared;
      // A token proves nobody: whoever has it may have chosen the password.
      await acceptLink(tools, origin.scopeIn(http, member.tenantId, 'anybody'), prepared, http.now, unit);
      return null;
    },
    {
      prepare: ({ body, http }) =>
        readyLink(tools, { token: body.token, password: body.new_password, now: http.now }),
    },
  ),
];
