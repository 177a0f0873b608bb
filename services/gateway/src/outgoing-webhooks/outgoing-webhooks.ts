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
import type { TenantRepository } from '../storage/tenant-repository.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { AddressGuard } from '../addresses/addresses.ts';
import { BindingRepository } from './binding-repository.ts';
import { DeliveryRepository } from './delivery-repository.ts';
import { EndpointRepository } from './endpoint-repository.ts';
import { recordDeliveries } from './record-deliveries.ts';
import { startSending } from './start-sending.ts';
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
  /** Begins to send, where no courier does. Returns how to stop. */
  start(bus: Bus): () => Promise<void>;
};

export function outgoingWebhooks(
  context: ServiceContext<typeof settingFields>,
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
  const { connection, transactions, ids, settings, logger, metrics } = context;
  const endpoints = new EndpointRepository(connection);
  const deliveries = new DeliveryRepository(connection, { days: settings.WEBHOOK_LOG_DAYS });
  const bindings = new BindingRepository(connection);
  const wanted = wantedEvents({ bindings, endpoints, transactions, logger, heardAnyway });
  let wakeSender = (): void => undefined;
  const wake = () => wakeSender();
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
      const sending =
        settings.COURIER_URL === undefined
          ? startSending(context, { endpoints, deliveries, tenants, secrets, guard, httpsOnly })
          : undefined;
      wakeSender = () => sending?.wake();
      const releasing = scheduleJob({
        ...{ connection, logger, metrics },
        name: 'webhook-bindings',
        every: RELEASE_EVERY,
        run: async () => (bus.isConnected() ? wanted.release() : 0),
      });
      return async () => {
        await Promise.all([releasing.stop(), sending?.stop()]);
      };
    },
  };
}
