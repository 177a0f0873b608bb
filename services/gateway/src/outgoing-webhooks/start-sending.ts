/** Sends what is due, in whichever process holds the lease: the gateway's own or the courier's. */
import type { Connection } from 'mongoose';
import type { Settings } from '@membership/platform/config';
import type { ServiceContext } from '@membership/platform/service';
import type { courierSettings } from '../config.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { TenantRepository } from '../storage/tenant-repository.ts';
import type { AddressGuard } from '../addresses/addresses.ts';
import { attemptsOf } from './attempt-delivery.ts';
import { startCourier } from './courier.ts';
import type { DeliveryRepository } from './delivery-repository.ts';
import type { EndpointRepository } from './endpoint-repository.ts';
import { createSender } from './sender.ts';

type Context = Pick<ServiceContext<typeof courierSettings>, 'transactions' | 'logger' | 'metrics'> & {
  readonly connection: Connection;
  readonly settings: Settings<typeof courierSettings>;
};
type Parts = {
  readonly endpoints: EndpointRepository;
  readonly deliveries: DeliveryRepository;
  readonly tenants: TenantRepository;
  readonly secrets: SecretBox;
  readonly guard: AddressGuard;
  /** Plain http is refused. */
  readonly httpsOnly: boolean;
};

export function startSending(
  { connection, transactions, settings, logger, metrics }: Context,
  { endpoints, deliveries, tenants, secrets, guard, httpsOnly }: Parts,
): { wake(): void; stop(): Promise<void> } {
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
  const courier = startCourier({
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
  return {
    wake: () => courier.wake(),
    async stop() {
      await courier.stop();
      await sender.close();
    },
  };
}
