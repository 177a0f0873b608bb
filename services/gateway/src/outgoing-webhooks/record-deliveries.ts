/** A fact that endpoints want becomes a delivery for each of them, in the transaction that marks the fact as handled. */
import type { Envelope } from '@membership/contracts/event';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { bodyOf, type Delivery } from './delivery.ts';
import type { DeliveryRepository } from './delivery-repository.ts';
import { wants, type WebhookEndpoint } from './endpoint.ts';
import type { EndpointRepository } from './endpoint-repository.ts';

export type RecordTools = {
  readonly endpoints: EndpointRepository;
  readonly deliveries: DeliveryRepository;
  readonly ids: Ids;
  /** Something is due. */
  readonly wake: () => void;
};

/** A delivery that is due now. */
export const newDelivery = (
  {
    id,
    endpoint,
    eventId,
    type,
    body,
  }: Pick<Delivery, 'id' | 'eventId' | 'type' | 'body'> & {
    readonly endpoint: Pick<WebhookEndpoint, 'id' | 'tenantId'>;
  },
  now: Date,
  { isOnce = false } = {},
): Delivery => ({
  id,
  tenantId: endpoint.tenantId,
  endpointId: endpoint.id,
  eventId,
  type,
  body,
  status: 'pending',
  attemptCount: 0,
  attempts: [],
  tries: 0,
  isOnce,
  nextAttemptAt: now,
  statusCode: null,
  failure: null,
  createdAt: now,
  completedAt: null,
});

/** Facts that share a transaction share what their tenants want. */
const wantedIn = new WeakMap<UnitOfWork, Map<number, Promise<WebhookEndpoint[]>>>();

/** Records the deliveries of a fact. Most facts are wanted by other tenants only, and cost a look at what is known already. */
export async function recordDeliveries(
  { endpoints, deliveries, ids, wake }: RecordTools,
  scope: TenantScope,
  envelope: Envelope,
  unit: UnitOfWork,
): Promise<void> {
  const known = wantedIn.get(unit) ?? new Map<number, Promise<WebhookEndpoint[]>>();
  wantedIn.set(unit, known);
  const enabled = known.get(scope.tenantId) ?? endpoints.enabled(scope, unit.session);
  known.set(scope.tenantId, enabled);
  const wanting = (await enabled).filter((endpoint) => wants(endpoint, envelope.type));
  if (wanting.length === 0) return;
  const taken = await ids.take('webhook_deliveries', wanting.length);
  const now = new Date();
  const rows = wanting.map((endpoint, index) =>
    newDelivery(
      {
        id: taken[index] as number,
        endpoint,
        eventId: envelope.id,
        type: envelope.type,
        body: bodyOf(envelope, endpoint.payload),
      },
      now,
    ),
  );
  await deliveries.insert(scope, rows, unit.session);
  unit.afterCommit(wake);
}
