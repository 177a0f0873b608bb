/** One attempt: sign, send, write down what became of it, and draw the consequences for delivery and endpoint. */
import { webhookEndpointDisabled } from '@membership/contracts/events/webhooks';
import type { Logger } from '@membership/platform/log';
import type { Metrics } from '@membership/platform/metrics';
import { scopeOfJob, type TenantScope } from '@membership/platform/scope';
import type { Transactions } from '@membership/platform/transaction';
import type { SecretBox } from '../secrets/secret-box.ts';
import { afterAttempt, isGone, type Attempt, type Delivery } from './delivery.ts';
import type { DeliveryRepository } from './delivery-repository.ts';
import {
  disableEndpoint,
  endpointStateOf,
  hasFailedForTooLong,
  signingSecrets,
  type EndpointSecret,
  type WebhookEndpoint,
} from './endpoint.ts';
import type { EndpointRepository } from './endpoint-repository.ts';
import type { Sender } from './sender.ts';
import { signedHeaders } from './signature.ts';

/** A receiver that asks for a pause holds up its other messages so long at most. */
const LONGEST_PAUSE = 3_600_000;

export type AttemptTools = {
  readonly endpoints: EndpointRepository;
  readonly deliveries: DeliveryRepository;
  readonly transactions: Transactions;
  readonly secrets: SecretBox;
  readonly sender: Sender;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Milliseconds between attempts. */
  readonly schedule: readonly number[];
  /** Hours of nothing but failures after which an endpoint is disabled. */
  readonly disableAfterHours: number;
};

/**
 * Tries a delivery once. Nothing is written before the answer is known, so a process that dies meanwhile leaves it due: it is
 * sent again (at least once). When `signal` ends it, likewise.
 */
export function attemptsOf(tools: AttemptTools) {
  const { endpoints, deliveries, sender, schedule, logger, metrics } = tools;
  const outcomes = metrics.counter('membership_webhook_attempts_total', 'Attempts to deliver webhooks', [
    'outcome',
  ]);
  const durations = metrics.histogram(
    'membership_webhook_attempt_seconds',
    'How long receivers of webhooks take',
    [],
    [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
  );

  async function attempt(
    delivery: Delivery,
    endpoint: WebhookEndpoint,
    signal: AbortSignal,
  ): Promise<boolean> {
    const at = new Date();
    const begun = performance.now();
    const secrets = opened(endpoint, at);
    const { eventId: id, body } = delivery;
    const headers = signedHeaders({ id, body, secrets, now: at });
    const sent = await sender.send({ url: endpoint.url, headers, body }, signal);
    if (signal.aborted && sent.failure === 'timeout') return false;
    const milliseconds = Math.round(performance.now() - begun);
    durations.observe(milliseconds / 1_000);
    await settle(delivery, endpoint, { at, milliseconds, ...sent });
    return sent.failure === null;
  }

  /** The secrets that sign. Without the newest nothing goes out; an older one that cannot be read (another key since) is left out. */
  function opened(endpoint: WebhookEndpoint, now: Date): string[] {
    const open = ({ sealed }: EndpointSecret) => tools.secrets.open(endpoint.tenantId, sealed);
    const [newest, ...older] = signingSecrets(endpoint, now);
    return [
      ...(newest ? [open(newest)] : []),
      ...older.flatMap((secret) => {
        try {
          return [open(secret)];
        } catch {
          return [];
        }
      }),
    ];
  }

  async function settle(delivery: Delivery, endpoint: WebhookEndpoint, made: Attempt): Promise<void> {
    const scope = scopeOfJob(endpoint.tenantId, 'gateway', `webhook:${delivery.id}`);
    const now = new Date();
    const result = afterAttempt(delivery, made, { schedule, random: Math.random(), now });
    // The endpoint's pause stands before the attempt is told: who has read of it and asks for a retry ends that pause.
    const blamed = made.failure !== null && !delivery.isOnce ? await blame(scope, endpoint, made, now) : null;
    await deliveries.attempted(scope, delivery.id, made, result);
    outcomes.inc({ outcome: made.failure ?? 'delivered' });
    const about = {
      tenantId: endpoint.tenantId,
      endpointId: endpoint.id,
      deliveryId: delivery.id,
      eventId: delivery.eventId,
    };
    const { failure, reason, statusCode } = made;
    logger.debug(
      { ...about, failure, reason, statusCode, milliseconds: made.milliseconds },
      'a webhook was tried',
    );
    if (failure === null) {
      if (endpoint.failingSince) await endpoints.succeeded(scope, endpoint.id);
      return;
    }
    if (result.status === 'failed') logger.info({ ...about, failure, statusCode }, 'a webhook was given up');
    if (!blamed) return;
    if (isGone(made)) await disable(scope, endpoint.id, 'gone', now);
    else if (hasFailedForTooLong(blamed, tools.disableAfterHours, now))
      await disable(scope, endpoint.id, 'failing', now);
  }

  /** Counts a failure against the endpoint; returns it as it is then, or null when it is gone. */
  async function blame(
    scope: TenantScope,
    { id }: WebhookEndpoint,
    { retryAfter }: Attempt,
    now: Date,
  ): Promise<WebhookEndpoint | null> {
    const pausedUntil =
      retryAfter === null ? null : new Date(now.getTime() + Math.min(retryAfter, LONGEST_PAUSE));
    return endpoints.failed(scope, id, { now, pausedUntil });
  }

  async function disable(
    scope: TenantScope,
    id: number,
    reason: 'failing' | 'gone',
    now: Date,
  ): Promise<void> {
    const isDisabled = await tools.transactions.run(async (unit) => {
      const endpoint = await endpoints.find(scope, id, unit.session);
      // Somebody may have mended, disabled or deleted it meanwhile.
      if (!endpoint?.isEnabled || endpoint.failingSince === null) return false;
      const disabled = disableEndpoint(endpoint, reason, now);
      await endpoints.save(scope, disabled, unit.session);
      unit.announce(scope, webhookEndpointDisabled, {
        subject: id,
        sequence: disabled.sequence,
        data: endpointStateOf(disabled),
      });
      return true;
    });
    if (isDisabled)
      logger.info({ tenantId: scope.tenantId, endpointId: id, reason }, 'a webhook endpoint was disabled');
  }

  return {
    /** True when it was taken. Never rejects: what fails in here is written down as an attempt like any other, or left due while the database is away. */
    async run(delivery: Delivery, endpoint: WebhookEndpoint, signal: AbortSignal): Promise<boolean> {
      try {
        return await attempt(delivery, endpoint, signal);
      } catch (error) {
        logger.error(
          { err: error, tenantId: endpoint.tenantId, endpointId: endpoint.id, deliveryId: delivery.id },
          'a webhook could not be tried (was WEBHOOK_SECRET_KEY changed?); it comes again',
        );
        const made = {
          statusCode: null,
          failure: 'internal',
          reason: null,
          answer: null,
          retryAfter: null,
        } as const;
        await settle(delivery, endpoint, { at: new Date(), milliseconds: 0, ...made }).catch(() => undefined);
        return false;
      }
    },
  };
}
