/** Wires the outgoing webhooks: ADR 10 says why they live here and how they keep their promises. */
import type { Envelope } from '@membership/contracts/event';
import type { Bus } from '@membership/platform/bus';
import { onWanted, type Subscription } from '@membership/platform/consumer';
import type { Implementation } from '@membership/platform/http/implement';
import { scheduleJob } from '@membership/platform/job';
import type { TenantScope } from '@membership/platform/scope';
import type { ServiceContext } from '@membership/platform/service';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { settings as settingFields } from '../config.ts';
import type { TenantRepository } from '../tenants/tenant-repository.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { AddressGuard } from './addresses.ts';
import { attemptsOf } from './attempt-delivery.ts';
import { BindingRepository } from './binding-repository.ts';
import { startCourier, type Courier } from './courier.ts';
import { DeliveryRepository } from './delivery-repository.ts';
import { EndpointRepository } from './endpoint-repository.ts';
import { recordDeliveries } from './record-deliveries.ts';
import { createSender } from './sender.ts';
import { wantedEvents } from './wanted-events.ts';
import { webhooksRoutes } from './webhooks.routes.ts';

const RELEASE_EVERY = 60_000;

export type OutgoingWebhooks = {
  readonly implementations: Implementation[];
  /** Takes what nobody else in this process has a handler for. */
  readonly subscriptions: Subscription[];
  /** Makes the deliveries of an event that somebody else handles. */
  record(scope: TenantScope, envelope: Envelope, unit: UnitOfWork): Promise<void>;
  /** Forgets deliveries that hold a member's names. */
  forgetMember(scope: TenantScope, memberId: number, unit: UnitOfWork): Promise<void>;
  /** Begins to send. Returns how to stop. */
  start(bus: Bus): () => Promise<void>;
};

export function outgoingWebhooks(
  { connection, transactions, ids, settings, logger, metrics }: ServiceContext<typeof settingFields>,
  {
    tenants,
    secrets,
    heardAnyway,
    guard,
    httpsOnly,
  }: {
    tenants: TenantRepository;
    secrets: SecretBox;
    heardAnyway: readonly string[];
    guard: AddressGuard;
    /** Plain http is refused. */
    httpsOnly: boolean;
  },
): OutgoingWebhooks {
  const endpoints = new EndpointRepository(connection);
  const deliveries = new DeliveryRepository(connection, { days: settings.WEBHOOK_LOG_DAYS });
  const bindings = new BindingRepository(connection);
  const wanted = wantedEvents({ bindings, endpoints, transactions, logger, heardAnyway });
  let courier: Courier | undefined;
  const wake = () => courier?.wake();
  const recording = { endpoints, deliveries, ids, wake };
  const record: OutgoingWebhooks['record'] = (scope, envelope, unit) =>
    recordDeliveries(recording, scope, envelope, unit);
  return {
    forgetMember: (scope, memberId, { session }) => deliveries.forgetMember(scope, memberId, session),
    implementations: webhooksRoutes({
      ...recording,
      secrets,
      wanted,
      guard,
      httpsOnly,
      limit: settings.WEBHOOK_ENDPOINT_LIMIT,
    }),
    subscriptions: [
      onWanted(
        () => wanted.bindings(),
        ({ envelope }, { scope, unit }) => record(scope, envelope, unit),
      ),
    ],
    record,
    start(bus) {
      wanted.attach(bus);
      const sender = createSender({
        guard,
        httpsOnly,
        timeoutMilliseconds: settings.WEBHOOK_TIMEOUT_MS,
        userAgent: 'Membership-Webhooks/1',
      });
      const attempts = attemptsOf({
        ...{ endpoints, deliveries, transactions, secrets, sender, logger, metrics },
        schedule: settings.WEBHOOK_RETRY_SECONDS.map((seconds) => seconds * 1_000),
        disableAfterHours: settings.WEBHOOK_DISABLE_AFTER_HOURS,
      });
      const running = startCourier({
        ...{ connection, endpoints, deliveries, logger, metrics },
        attempt: (delivery, endpoint, signal) => attempts.run(delivery, endpoint, signal),
        async activeTenants(tenantIds) {
          const found = await tenants.findMany(tenantIds);
          return new Set(tenantIds.filter((id) => found.get(id)?.isActive));
        },
        perEndpoint: settings.WEBHOOK_REQUESTS_PER_ENDPOINT,
        atOnce: settings.WEBHOOK_REQUESTS_AT_ONCE,
        stopMilliseconds: (settings.SHUTDOWN_SECONDS * 1_000) / 2,
      });
      courier = running;
      const releasing = scheduleJob({
        ...{ connection, logger, metrics },
        name: 'webhook-bindings',
        every: RELEASE_EVERY,
        run: async () => (bus.isConnected() ? wanted.release() : 0),
      });
      return async () => {
        await Promise.all([releasing.stop(), running.stop()]);
        await sender.close();
      };
    },
  };
}
