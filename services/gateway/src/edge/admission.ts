/** Who may come in: the caller of a request, one request off its allowance, its role. */
import * as keys from '@membership/contracts/endpoints/gateway/api-keys';
import { changePassword, logout } from '@membership/contracts/endpoints/gateway/auth';
import * as clients from '@membership/contracts/endpoints/gateway/clients';
import * as issuers from '@membership/contracts/endpoints/gateway/external-issuers';
import * as members from '@membership/contracts/endpoints/gateway/members';
import { resetSecondFactor } from '@membership/contracts/endpoints/gateway/second-factor';
import * as sessions from '@membership/contracts/endpoints/gateway/sessions';
import { getUsage } from '@membership/contracts/endpoints/gateway/tenant-plans';
import * as webhooks from '@membership/contracts/endpoints/gateway/webhook-endpoints';
import { isFree, mayCall, scopeOf, wrongRole, type Endpoint } from '@membership/contracts/endpoint';
import { Refusal, refuse } from '@membership/contracts/errors';
import type { Callers } from '../callers/callers.ts';
import { ANONYMOUS, type Caller } from '../domain/caller.ts';
import type { TenantHosts } from '../callers/tenant-hosts.ts';
import { admitWebhook, type WebhookTools } from '../incoming-webhooks/admit-webhook.ts';
import type { Quotas } from '../limits/quotas.ts';
import { allowanceHeaders, type RateLimits } from '../limits/rate-limits.ts';
import { isStream, type Passage } from './passage.ts';
import type { ProxyMetrics } from './proxy-metrics.ts';

export type AdmissionTools = {
  readonly callers: Callers;
  readonly limits: RateLimits;
  readonly quotas: Quotas;
  readonly webhooks: WebhookTools;
  readonly hosts: TenantHosts;
  readonly metrics: Pick<ProxyMetrics, 'refused'>;
};

export class Admission {
  readonly #tools: AdmissionTools;
  constructor(tools: AdmissionTools) {
    this.#tools = tools;
  }

  /** The caller, and one request off its allowance; off the address's when the token does not hold. */
  async admit(passage: Passage, endpoint: Endpoint): Promise<void> {
    const { callers, limits, metrics, hosts } = this.#tools;
    const { request, address } = passage;
    try {
      const caller = callers.identify(
        request.headers.authorization,
        request.headers['x-tenant-id'] as string | undefined,
        endpoint,
        address,
      );
      passage.caller = caller instanceof Promise ? await caller : caller;
    } catch (error) {
      if (!isAnswered(error)) throw error;
      metrics.refused('authentication');
      await takeOfAddress(limits, passage);
      throw error;
    }
    if (endpoint.tenantByHost && passage.caller.tenant === null) {
      const tenant = await hosts.tenantOf(request.headers.host);
      if (tenant) passage.caller = { ...passage.caller, tenant };
    }
    if (!isFree(endpoint)) await this.#allow(passage, endpoint);
  }

  /** A shop by its token, its signature, or both; an attempt that does not hold costs the address one request. Its body, which was read. */
  async admitSigned(passage: Passage, endpoint: Endpoint): Promise<Buffer> {
    const { limits, webhooks, metrics } = this.#tools;
    const { request, response, address } = passage;
    const hasToken = request.headers.authorization !== undefined;
    if (hasToken) {
      await this.admit(passage, endpoint);
      requireRole(endpoint, passage.caller);
    } else await limits.requireLeft(address);
    try {
      const known = hasToken ? passage.caller : undefined;
      const { caller, body } = await admitWebhook(webhooks, endpoint, request, response, known);
      passage.caller = caller;
      if (!hasToken) await this.#allow(passage, endpoint);
      return body;
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) metrics.refused('authentication');
      if (!hasToken && passage.caller === ANONYMOUS && isAnswered(error))
        await takeOfAddress(limits, passage);
      throw error;
    }
  }

  async #allow(passage: Passage, endpoint: Endpoint): Promise<void> {
    const { limits, quotas } = this.#tools;
    const { caller, response } = passage;
    const tenant = isCounted(caller) ? caller.tenant : null;
    try {
      await takeOne(limits, passage, caller);
    } catch (error) {
      if (tenant && isAnswered(error)) await quotas.noteRefused(tenant);
      throw error;
    }
    if (!tenant || OUTSIDE_QUOTAS.has(endpoint)) return;
    const leave = await quotas.admit(tenant, { isStream: isStream(endpoint) });
    if (!leave) return;
    if (response.closed || response.destroyed) leave();
    else response.once('close', leave);
  }
}

/**
 * Neither counted nor refused for the day's requests or those at once: a tenant's usage, and what finds, changes or takes back
 * access. Whoever has a key that leaked could else use these up, and so keep the key from being revoked.
 */
const OUTSIDE_QUOTAS: ReadonlySet<Endpoint> = new Set<Endpoint>([
  getUsage,
  ...[logout, changePassword, sessions.listOwnSessions, sessions.endOwnSession],
  ...[
    members.listMembers,
    members.getMember,
    members.updateMember,
    members.deactivateMember,
    members.eraseMember,
  ],
  ...[sessions.listMemberSessions, sessions.endMemberSession, resetSecondFactor],
  ...[keys.listApiKeys, keys.getApiKey, keys.updateApiKey, keys.rotateApiKey, keys.revokeApiKey],
  ...[clients.listClients, clients.rotateClientSecret, clients.deleteClient],
  ...[issuers.listExternalIssuers, issuers.getExternalIssuer],
  ...[issuers.updateExternalIssuer, issuers.deleteExternalIssuer],
  ...[webhooks.listWebhookEndpoints, webhooks.getWebhookEndpoint, webhooks.updateWebhookEndpoint],
  ...[webhooks.deleteWebhookEndpoint, webhooks.rotateWebhookEndpointSecret],
]);

/** Takes one request off the caller's allowance, and tells what is left of it. */
async function takeOne(limits: RateLimits, { address, headers }: Passage, caller: Caller): Promise<void> {
  const left = await limits.take(caller, address);
  if (left) for (const [name, value] of Object.entries(allowanceHeaders(left))) headers.push(name, value);
}

/** One request off the allowance of the address: of a caller that nobody knows. Refuses RATE_LIMITED. */
export const takeOfAddress = (limits: RateLimits, passage: Passage): Promise<void> =>
  takeOne(limits, passage, ANONYMOUS);

export function requireRole(endpoint: Endpoint, { role, scopes }: Caller): void {
  if (!mayCall(endpoint.access, role)) throw wrongRole(endpoint.access, role);
  if (role === 'internal' && !endpoint.access.includes('public') && !scopes.includes(scopeOf(endpoint)))
    throw refuse('PERM_002', { details: { required_scope: scopeOf(endpoint) } });
}

/** A tenant's usage is its own people's and programs': who looks after the platform uses none of it. */
const isCounted = ({ role }: Caller): boolean => role !== 'anonymous' && role !== 'super';
/** Whether a caller was turned away, rather than nobody being able to say who it is: that is no attempt of its address. */
const isAnswered = (error: unknown): boolean => error instanceof Refusal && error.status < 500;
