/** How endpoints and deliveries look to a client. Secrets are never among it. */
import type { Attempt, Delivery } from './delivery.ts';
import type { WebhookEndpoint } from './endpoint.ts';

const time = (date: Date | null) => date?.toISOString() ?? null;

export const endpointView = (endpoint: WebhookEndpoint) => ({
  id: endpoint.id,
  url: endpoint.url,
  description: endpoint.description,
  event_types: [...endpoint.eventTypes],
  payload: endpoint.payload,
  is_enabled: endpoint.isEnabled,
  disabled_reason: endpoint.disabledReason,
  disabled_at: time(endpoint.disabledAt),
  failing_since: time(endpoint.failingSince),
  created_at: endpoint.createdAt.toISOString(),
  updated_at: endpoint.updatedAt.toISOString(),
});

export const deliveryView = (delivery: Delivery) => ({
  id: delivery.id,
  endpoint_id: delivery.endpointId,
  event_id: delivery.eventId,
  type: delivery.type,
  status: delivery.status,
  attempt_count: delivery.attemptCount,
  next_attempt_at: time(delivery.nextAttemptAt),
  status_code: delivery.statusCode,
  failure: delivery.failure,
  created_at: delivery.createdAt.toISOString(),
  completed_at: time(delivery.completedAt),
});

const attemptView = ({ at, milliseconds, statusCode, failure, reason, answer }: Attempt) => ({
  at: at.toISOString(),
  duration_ms: milliseconds,
  status_code: statusCode,
  failure,
  reason,
  answer,
});

export const deliveryDetailView = (delivery: Delivery) => ({
  ...deliveryView(delivery),
  payload: JSON.parse(delivery.body) as Record<string, unknown>,
  attempts: delivery.attempts.map(attemptView),
});
