/** What an administrator sends by hand: a delivery again, the failed ones of a time, a test message. */
import { randomUUID } from 'node:crypto';
import { PING, REPLAY_MAXIMUM } from '@membership/contracts/endpoints/gateway/webhook-deliveries';
import { invalidState, notFound } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Delivery } from './delivery.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import { newDelivery, type RecordTools } from './record-deliveries.ts';

/** Makes a delivery due now. Refuses (404) an unknown one, (INVALID_STATE) one whose endpoint is disabled or gone. */
export async function retryDelivery(
  { endpoints, deliveries, wake }: RecordTools,
  scope: TenantScope,
  id: number,
  now: Date,
  unit: UnitOfWork,
): Promise<Delivery> {
  const delivery = await deliveries.get(scope, id, unit.session);
  requireEnabled(await endpoints.find(scope, delivery.endpointId, unit.session));
  await endpoints.unpause(scope, delivery.endpointId, unit.session);
  const again = await deliveries.sendAgain(scope, id, now, unit.session);
  if (!again) throw notFound();
  unit.afterCommit(wake);
  return again;
}

/** Makes the failed deliveries of a time due now. Refuses (404) an unknown endpoint, (INVALID_STATE) a disabled one. */
export async function replayDeliveries(
  { endpoints, deliveries, wake }: RecordTools,
  scope: TenantScope,
  { endpointId, from, to }: { endpointId: number; from: Date; to: Date | undefined },
  now: Date,
  unit: UnitOfWork,
): Promise<{ replayed: number; remaining: number }> {
  requireEnabled(await endpoints.get(scope, endpointId, unit.session));
  await endpoints.unpause(scope, endpointId, unit.session);
  const range = { endpointId, from, to: to ?? now, now };
  const result = await deliveries.sendFailedAgain(scope, range, REPLAY_MAXIMUM, unit.session);
  unit.afterCommit(wake);
  return result;
}

/** Sends a test message, once. Refuses (404) an unknown endpoint. */
export async function pingEndpoint(
  { endpoints, deliveries, ids, wake }: RecordTools,
  scope: TenantScope,
  endpointId: number,
  now: Date,
  unit: UnitOfWork,
): Promise<Delivery> {
  const endpoint = await endpoints.get(scope, endpointId, unit.session);
  await endpoints.unpause(scope, endpointId, unit.session);
  const id = await ids.next('webhook_deliveries');
  const body = JSON.stringify({
    type: PING,
    timestamp: now.toISOString(),
    tenantid: scope.tenantId,
    data: { endpointId },
  });
  const made = newDelivery({ id, endpoint, eventId: `ping_${randomUUID()}`, type: PING, body }, now, {
    isOnce: true,
  });
  await deliveries.insert(scope, [made], unit.session);
  unit.afterCommit(wake);
  return made;
}

function requireEnabled(endpoint: WebhookEndpoint | null): void {
  if (!endpoint) throw invalidState('deleted', []);
  if (!endpoint.isEnabled) throw invalidState('disabled', ['enable']);
}
