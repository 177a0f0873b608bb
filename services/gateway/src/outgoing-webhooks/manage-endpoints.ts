/** Adding, changing and removing endpoints; other secrets for them. */
import { invalid, refuse } from '@membership/contracts/errors';
import * as facts from '@membership/contracts/events/webhooks';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { SecretBox } from '../secrets/secret-box.ts';
import { problemOf, type AddressGuard } from '../addresses/addresses.ts';
import {
  changeEndpoint,
  endpointStateOf,
  OVERLAP_MILLISECONDS,
  rotateSecret,
  type EndpointChanges,
  type WebhookEndpoint,
} from './endpoint.ts';
import type { EndpointRepository } from './endpoint-repository.ts';
import { newEndpointSecret } from './signature.ts';
import type { WantedEvents } from './wanted-events.ts';

export type EndpointTools = {
  readonly endpoints: EndpointRepository;
  readonly ids: Ids;
  readonly secrets: SecretBox;
  readonly wanted: WantedEvents;
  readonly guard: AddressGuard;
  /** Plain http is refused. */
  readonly httpsOnly: boolean;
  /** Endpoints of one tenant. */
  readonly limit: number;
};
export type NewEndpoint = Pick<
  WebhookEndpoint,
  'url' | 'description' | 'eventTypes' | 'payload' | 'isEnabled'
>;
type Fact =
  | typeof facts.webhookEndpointCreated
  | typeof facts.webhookEndpointUpdated
  | typeof facts.webhookEndpointEnabled
  | typeof facts.webhookEndpointDisabled
  | typeof facts.webhookEndpointSecretRotated
  | typeof facts.webhookEndpointDeleted;

/**
 * Adds an endpoint; returns its secret, this once. Refuses an address that may not be sent to, one endpoint too many (BIZ_002),
 * and (503) while nobody can say that its events will come.
 */
export async function createEndpoint(
  tools: EndpointTools,
  scope: TenantScope,
  given: NewEndpoint,
  now: Date,
  unit: UnitOfWork,
): Promise<{ endpoint: WebhookEndpoint; secret: string }> {
  requireAddress(tools, given.url);
  if (given.isEnabled) await tools.wanted.require(given.eventTypes, unit.session);
  if (!(await tools.endpoints.count(scope, 1, tools.limit, unit.session)))
    throw refuse('BIZ_002', {
      text: {
        zh: '每个租户最多 {limit} 个Webhook端点',
        en: 'A tenant has {limit} webhook endpoints at most',
      },
      params: { limit: tools.limit },
      details: { limit: tools.limit },
    });
  const secret = newEndpointSecret();
  const endpoint: WebhookEndpoint = {
    id: await tools.ids.next('webhook_endpoints'),
    tenantId: scope.tenantId,
    ...given,
    disabledReason: given.isEnabled ? null : 'by_hand',
    disabledAt: given.isEnabled ? null : now,
    secrets: [{ sealed: tools.secrets.seal(scope.tenantId, secret), validUntil: null }],
    failingSince: null,
    failures: 0,
    pausedUntil: null,
    createdAt: now,
    updatedAt: now,
    sequence: 1,
  };
  await tools.endpoints.insert(scope, endpoint, unit.session);
  announce(unit, scope, facts.webhookEndpointCreated, endpoint);
  return { endpoint, secret };
}

/**
 * Changes an endpoint; nothing is announced when nothing changes. Refuses (404) an unknown one, an address that may not be sent
 * to, and (503) new events while nobody can say that they will come.
 */
export async function updateEndpoint(
  tools: EndpointTools,
  scope: TenantScope,
  id: number,
  changes: EndpointChanges,
  now: Date,
  unit: UnitOfWork,
): Promise<WebhookEndpoint> {
  if (changes.url !== undefined) requireAddress(tools, changes.url);
  const current = await tools.endpoints.get(scope, id, unit.session);
  const changed = changeEndpoint(current, changes, now);
  if (changed === current) return current;
  if (changed.isEnabled) await tools.wanted.require(changed.eventTypes, unit.session);
  await tools.endpoints.save(scope, changed, unit.session);
  announce(unit, scope, factOf(current, changed), changed);
  return changed;
}

function factOf(before: WebhookEndpoint, after: WebhookEndpoint): Fact {
  if (before.isEnabled === after.isEnabled) return facts.webhookEndpointUpdated;
  return after.isEnabled ? facts.webhookEndpointEnabled : facts.webhookEndpointDisabled;
}

/** Removes an endpoint. Refuses (404) an unknown one. */
export async function deleteEndpoint(
  tools: EndpointTools,
  scope: TenantScope,
  id: number,
  unit: UnitOfWork,
): Promise<void> {
  const endpoint = await tools.endpoints.get(scope, id, unit.session);
  await tools.endpoints.delete(scope, id, unit.session);
  await tools.endpoints.count(scope, -1, tools.limit, unit.session);
  announce(unit, scope, facts.webhookEndpointDeleted, { ...endpoint, sequence: endpoint.sequence + 1 });
}

/** Gives an endpoint another secret; returns it, this once, and until when the one before signs beside it. Refuses (404) an unknown one. */
export async function rotateEndpointSecret(
  tools: EndpointTools,
  scope: TenantScope,
  id: number,
  now: Date,
  unit: UnitOfWork,
): Promise<{ secret: string; previousValidUntil: Date }> {
  const secret = newEndpointSecret();
  const endpoint = await tools.endpoints.get(scope, id, unit.session);
  const rotated = rotateSecret(endpoint, tools.secrets.seal(scope.tenantId, secret), now);
  await tools.endpoints.save(scope, rotated, unit.session);
  announce(unit, scope, facts.webhookEndpointSecretRotated, rotated);
  return { secret, previousValidUntil: new Date(now.getTime() + OVERLAP_MILLISECONDS) };
}

function announce(unit: UnitOfWork, scope: TenantScope, fact: Fact, endpoint: WebhookEndpoint): void {
  const { id, sequence } = endpoint;
  unit.announce(scope, fact, { subject: id, sequence, data: endpointStateOf(endpoint) });
}

function requireAddress({ guard, httpsOnly }: EndpointTools, url: string): void {
  const problem = problemOf(url, { guard, httpsOnly });
  if (problem) throw invalid({ url: problem });
}
