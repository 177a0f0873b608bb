/**
 * Sends what is due. One replica does, by a lease; the others do nothing but record. Each endpoint has a few places of its own,
 * so that one that hangs holds up nobody but itself; one that fails has a single place until it answers again.
 */
import { Wake } from '@membership/platform/wake';
import { holdLease } from '@membership/platform/lease';
import type { Logger } from '@membership/platform/log';
import type { Metrics } from '@membership/platform/metrics';
import type { Connection } from 'mongoose';
import type { Delivery } from './delivery.ts';
import type { DeliveryRepository } from './delivery-repository.ts';
import type { WebhookEndpoint } from './endpoint.ts';
import type { EndpointRepository } from './endpoint-repository.ts';

const LEASE_MILLISECONDS = 10_000;
/** Between two looks when nothing wakes it: facts that another replica recorded, retries whose time has come. */
const POLL_MILLISECONDS = 500;
/** Endpoints that are asked for what is due at the same moment, and how much each is asked for. */
const AT_A_TIME = 8;
const AHEAD = 50;

export type CourierOptions = {
  readonly connection: Connection;
  readonly endpoints: EndpointRepository;
  readonly deliveries: DeliveryRepository;
  /** True: it was taken. Never rejects. */
  readonly attempt: (delivery: Delivery, endpoint: WebhookEndpoint, signal: AbortSignal) => Promise<boolean>;
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

/** What is under way to one endpoint. */
type Lane = {
  /** As it was when it was last looked at. */
  endpoint: WebhookEndpoint;
  /** Ids of deliveries that wait for an answer. */
  readonly inHand: Set<number>;
  /** What is due after them. */
  queue: Delivery[];
  /** The database is being asked what is due: until it says, nothing begins, for its answer cannot know of it. */
  isAsking: boolean;
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
  const lanes = new Map<number, Lane>();
  const running = new Set<Promise<void>>();
  const lease = holdLease({
    connection,
    name: 'webhooks',
    ttl: LEASE_MILLISECONDS,
    logger,
    onHeld: () => wake.raise(),
    onLost: () => lanes.forEach((lane) => (lane.queue = [])),
  });
  let overdue = 0;
  metrics.gauge('membership_webhook_in_flight', 'Webhooks that wait for an answer', [], (gauge) =>
    gauge.set(running.size),
  );
  metrics.gauge(
    'membership_webhook_overdue_seconds',
    'How late the oldest due webhook is, of endpoints that do not fail and get none at the moment',
    [],
    (gauge) => gauge.set(lease.isHeld() ? overdue : 0),
  );

  const hasPlace = ({ endpoint, inHand }: Lane): boolean =>
    inHand.size < (endpoint.failures > 0 ? 1 : perEndpoint) &&
    running.size < atOnce &&
    lease.isHeld() &&
    !stopping.signal.aborted;

  /** Begins what is due, as far as there are places. */
  function fill(lane: Lane): void {
    while (!lane.isAsking && hasPlace(lane)) {
      const next = lane.queue.shift();
      if (!next) break;
      begin(next, lane);
    }
  }

  function begin(delivery: Delivery, lane: Lane): void {
    const { endpoint, inHand } = lane;
    inHand.add(delivery.id);
    const sending: Promise<void> = attempt(delivery, endpoint, abandoning.signal).then((isTaken) => {
      running.delete(sending);
      inHand.delete(delivery.id);
      // One that fails is looked at anew before it gets more.
      if (!isTaken) lane.queue = [];
      fill(lane);
      if (lane.queue.length > 0) return;
      if (inHand.size === 0 && !lane.isAsking) lanes.delete(endpoint.id);
      wake.raise();
    });
    running.add(sending);
  }

  /** Asks what is due for one endpoint, and begins with it. */
  async function serve(endpoint: WebhookEndpoint, now: Date): Promise<void> {
    const lane: Lane = lanes.get(endpoint.id) ?? {
      endpoint,
      inHand: new Set(),
      queue: [],
      isAsking: false,
    };
    lane.endpoint = endpoint;
    if (!hasPlace(lane)) return;
    lanes.set(endpoint.id, lane);
    lane.isAsking = true;
    // As it is before the question: what ends while it is asked must not be taken for due.
    const known = new Set(lane.inHand);
    try {
      const due = await deliveries.due(endpoint.id, now, AHEAD + known.size);
      lane.queue = due.filter(({ id, isOnce }) => !known.has(id) && (endpoint.isEnabled || isOnce));
    } finally {
      lane.isAsking = false;
    }
    fill(lane);
    if (lane.queue.length === 0 && lane.inHand.size === 0) lanes.delete(endpoint.id);
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
    for (const { endpointId, dueAt } of due) {
      const endpoint = known.get(endpointId);
      if (!endpoint) await deliveries.giveUp(endpointId, 'endpoint_deleted', now);
      else if (!active.has(endpoint.tenantId)) continue;
      else {
        if (!endpoint.isEnabled) await deliveries.giveUp(endpoint.id, 'endpoint_disabled', now);
        if (endpoint.pausedUntil && endpoint.pausedUntil > now) continue;
        ready.push(endpoint);
        measure(endpoint, dueAt, now);
      }
    }
    const isReady = new Set(ready.filter(({ isEnabled }) => isEnabled).map(({ id }) => id));
    // Disabled, deleted, paused or suspended since: what was fetched ahead is not begun.
    for (const [endpointId, lane] of lanes) if (!isReady.has(endpointId)) lane.queue = [];
    for (let at = 0; at < ready.length && running.size < atOnce; at += AT_A_TIME)
      await Promise.all(ready.slice(at, at + AT_A_TIME).map((endpoint) => serve(endpoint, now)));
  }

  function measure({ id, failures }: WebhookEndpoint, dueAt: Date, now: Date): void {
    if (failures === 0 && !lanes.has(id))
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
