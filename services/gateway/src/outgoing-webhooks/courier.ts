/**
 * Sends what is due. One replica does, by a lease; the others do nothing but record. Each endpoint has a few places of its own,
 * so that one that hangs holds up nobody but itself; one that fails has a single place until it answers again.
 */
import { Wake } from '@membership/platform/bus/wake';
import { holdLease } from '@membership/platform/lease';
import type { Logger } from '@membership/platform/log';
import type { Metrics } from '@membership/platform/metrics';
import type { Connection } from 'mongoose';
import type { Delivery } from './delivery.ts';
import type { DeliveryRepository, Lane } from './delivery-repository.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import type { EndpointRepository } from './endpoint-repository.ts';

const LEASE_MILLISECONDS = 10_000;
/** Between two looks when nothing wakes it: facts that another replica recorded, retries whose time has come. */
const POLL_MILLISECONDS = 500;
/** Endpoints that are asked for what is due at the same moment. */
const AT_A_TIME = 8;

export type CourierOptions = {
  readonly connection: Connection;
  readonly endpoints: EndpointRepository;
  readonly deliveries: DeliveryRepository;
  readonly attempt: (delivery: Delivery, endpoint: WebhookEndpoint, signal: AbortSignal) => Promise<void>;
  /** Of these tenants, those that are not suspended. */
  readonly activeTenants: (tenantIds: readonly number[]) => Promise<ReadonlySet<number>>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Requests to one endpoint at a time, and to all together. */
  readonly perEndpoint: number;
  readonly atOnce: number;
  /** Milliseconds that a stop gives to requests in hand. */
  readonly stopMilliseconds: number;
};

export type Courier = {
  isHolder(): boolean;
  /** Something is due. */
  wake(): void;
  /** Sends no more; what is in hand and does not end in time is sent again by the next holder. */
  stop(): Promise<void>;
};

/** Starts sending, whenever this process is the holder. */
export function startCourier({
  connection,
  endpoints,
  deliveries,
  attempt,
  activeTenants,
  logger,
  metrics,
  perEndpoint,
  atOnce,
  stopMilliseconds,
}: CourierOptions): Courier {
  const wake = new Wake();
  const stopping = new AbortController();
  const abandoning = new AbortController();
  /** Ids of deliveries in hand, by endpoint. */
  const inHand = new Map<number, Set<number>>();
  const running = new Set<Promise<void>>();
  const lease = holdLease({
    connection,
    name: 'webhooks',
    ttl: LEASE_MILLISECONDS,
    logger,
    onHeld: () => wake.raise(),
  });
  let overdue = 0;
  metrics.gauge('membership_webhook_in_flight', 'Webhooks that wait for an answer', [], (gauge) =>
    gauge.set(running.size),
  );
  metrics.gauge(
    'membership_webhook_overdue_seconds',
    'How late the oldest due webhook is, of endpoints that do not fail',
    [],
    (gauge) => gauge.set(lease.isHeld() ? overdue : 0),
  );

  const placesFor = ({ id, failures }: WebhookEndpoint) =>
    (failures > 0 ? 1 : perEndpoint) - (inHand.get(id)?.size ?? 0);

  function start(delivery: Delivery, endpoint: WebhookEndpoint): void {
    const ids = inHand.get(endpoint.id) ?? new Set<number>();
    inHand.set(endpoint.id, ids.add(delivery.id));
    const sending: Promise<void> = attempt(delivery, endpoint, abandoning.signal).finally(() => {
      running.delete(sending);
      ids.delete(delivery.id);
      if (ids.size === 0) inHand.delete(endpoint.id);
      wake.raise();
    });
    running.add(sending);
  }

  /** Fills the places of one endpoint. */
  async function serve(endpoint: WebhookEndpoint, now: Date): Promise<void> {
    // As it is before the question: what ends while it is asked must not be taken for due.
    const known = new Set(inHand.get(endpoint.id));
    const wanted = placesFor(endpoint);
    if (wanted <= 0 || running.size >= atOnce) return;
    for (const delivery of await deliveries.due(endpoint.id, now, wanted + known.size)) {
      const isFull = placesFor(endpoint) <= 0 || running.size >= atOnce || !lease.isHeld();
      if (isFull) return;
      if (!known.has(delivery.id) && (endpoint.isEnabled || delivery.isOnce)) start(delivery, endpoint);
    }
  }

  async function look(): Promise<void> {
    const now = new Date();
    const due = (await deliveries.lanes())
      .filter(({ dueAt }) => dueAt <= now)
      .sort((left, right) => left.dueAt.getTime() - right.dueAt.getTime());
    const known = await endpoints.findMany(due.map(({ endpointId }) => endpointId));
    const active = await activeTenants([...new Set([...known.values()].map(({ tenantId }) => tenantId))]);
    overdue = 0;
    const ready: WebhookEndpoint[] = [];
    for (const lane of due) {
      const endpoint = known.get(lane.endpointId);
      if (!endpoint) await deliveries.giveUp(lane.endpointId, 'endpoint_deleted', now);
      else if (!active.has(endpoint.tenantId)) continue;
      else {
        if (!endpoint.isEnabled) await deliveries.giveUp(endpoint.id, 'endpoint_disabled', now);
        if (endpoint.pausedUntil && endpoint.pausedUntil > now) continue;
        ready.push(endpoint);
        measure(endpoint, lane, now);
      }
    }
    for (let at = 0; at < ready.length && running.size < atOnce; at += AT_A_TIME)
      await Promise.all(ready.slice(at, at + AT_A_TIME).map((endpoint) => serve(endpoint, now)));
  }

  function measure({ id, failures }: WebhookEndpoint, { dueAt }: Lane, now: Date): void {
    if (failures === 0 && !inHand.has(id))
      overdue = Math.max(overdue, (now.getTime() - dueAt.getTime()) / 1_000);
  }

  async function work(): Promise<void> {
    let hasFailed = false;
    while (!stopping.signal.aborted) {
      try {
        if (lease.isHeld()) await look();
        hasFailed = false;
      } catch (error) {
        if (!hasFailed) logger.warn({ err: error }, 'due webhooks could not be looked for; trying on');
        hasFailed = true;
      }
      if (!stopping.signal.aborted) await wake.wait(POLL_MILLISECONDS);
    }
  }
  const working = work();

  let stopped: Promise<void> | undefined;
  return {
    isHolder: () => lease.isHeld(),
    wake: () => wake.raise(),
    stop: () =>
      (stopped ??= (async () => {
        stopping.abort();
        wake.raise();
        await working;
        const late = setTimeout(() => abandoning.abort(), stopMilliseconds);
        await Promise.all(running);
        clearTimeout(late);
        await lease.release();
      })()),
  };
}
