/** Tenants: doors, for platform administrators. */
import * as contracts from '@membership/contracts/endpoints/gateway/tenants';
import {
  implementOpen,
  implementOpenWrite,
  reply,
  type Implementation,
  type RequestFacts,
} from '@membership/platform/http/implement';
import { sortOf } from '@membership/platform/sorting';
import {
  createTenant,
  eraseTenant,
  resumeTenant,
  rotateWebhookSecret,
  suspendTenant,
  updateTenant,
  type ScopeIn,
  type TenantTools,
} from './manage-tenants.ts';
import type { TenantChanges } from '../domain/tenant.ts';
import { limitsFrom } from '../plans/limits.views.ts';
import { tenantView } from './tenants.views.ts';

const SORT_FIELDS = { code: 'codeKey', name: 'name', created_at: 'createdAt' };

/** In place of a secret, for a repeated request: secrets are not stored to be shown again. */
const SHOWN_ONCE = '[shown once]';

export const tenantsRoutes = (
  tools: TenantTools,
  scopeIn: (http: RequestFacts) => ScopeIn,
): Implementation[] => [
  implementOpen(
    contracts.listTenants,
    async ({ query: { page, page_size: size, ordering, is_active: isActive, code, search } }) => {
      const found = await tools.tenants.list({ isActive, code, search }, sortOf(ordering, SORT_FIELDS), {
        page,
        size,
      });
      return { ...found, items: found.items.map(tenantView) };
    },
  ),
  implementOpenWrite(
    contracts.createTenant,
    async ({ body: { limits, webhook_secret: webhookSecret, ...fields }, http, unit }) => {
      const made = await createTenant(
        tools,
        scopeIn(http),
        { ...fields, limits: limitsFrom(limits), webhookSecret },
        http.now,
        unit,
      );
      const view = tenantView(made.tenant);
      return reply(
        { ...view, webhook_secret: made.webhookSecret },
        { repeated: { ...view, webhook_secret: SHOWN_ONCE } },
      );
    },
  ),
  implementOpen(contracts.getTenant, async ({ params }) => tenantView(await tools.tenants.get(params.id))),
  implementOpenWrite(contracts.updateTenant, async ({ params, body: { limits, ...fields }, http, unit }) => {
    const changes = { ...fields, ...(limits ? { limits: limitsFrom(limits) } : {}) } as TenantChanges;
    return tenantView(await updateTenant(tools, scopeIn(http), params.id, changes, http.now, unit));
  }),
  implementOpenWrite(contracts.suspendTenant, async ({ params, http, unit }) =>
    tenantView(await suspendTenant(tools, scopeIn(http), params.id, http.now, unit)),
  ),
  implementOpenWrite(contracts.resumeTenant, async ({ params, http, unit }) =>
    tenantView(await resumeTenant(tools, scopeIn(http), params.id, http.now, unit)),
  ),
  implementOpenWrite(contracts.eraseTenant, async ({ params, body: { code }, http, unit }) =>
    tenantView(await eraseTenant(tools, scopeIn(http), { tenantId: params.id, code, now: http.now }, unit)),
  ),
  implementOpenWrite(contracts.rotateWebhookSecret, async ({ params, body, http, unit }) => {
    const given = { secret: body.secret, now: http.now };
    return reply(
      { webhook_secret: await rotateWebhookSecret(tools, scopeIn(http), params.id, given, unit) },
      { repeated: { webhook_secret: SHOWN_ONCE } },
    );
  }),
];
