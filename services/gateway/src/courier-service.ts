/**
 * The courier: the gateway's own part that speaks to addresses outside, as a process of the same image. It has the gateway's database,
 * but neither the keys of tokens nor those of the services, and answers nobody but the gateway.
 */
import type { ServiceDefinition } from '@membership/platform/service';
import { courierSettings } from './config.ts';
import { courierServer } from './external-issuers/keys-by-courier.ts';
import { keyFetcher } from './external-issuers/fetch-keys.ts';
import { addressGuard } from './addresses/addresses.ts';
import { DeliveryRepository } from './outgoing-webhooks/delivery-repository.ts';
import { EndpointRepository } from './outgoing-webhooks/endpoint-repository.ts';
import { startSending } from './outgoing-webhooks/start-sending.ts';
import { SecretBox } from './secrets/secret-box.ts';
import { TenantRepository } from './storage/tenant-repository.ts';

export const courierService: ServiceDefinition<typeof courierSettings> = {
  name: 'gateway',
  settings: courierSettings,
  secrets: ['WEBHOOK_SECRET_KEY'],
  fingerprintSecret: 'WEBHOOK_SECRET_KEY',
  endpoints: [],
  build(context) {
    const { connection, settings, secret, logger } = context;
    const guard = addressGuard({
      allowed: settings.WEBHOOK_ALLOWED_NETWORKS,
      denied: settings.WEBHOOK_DENIED_NETWORKS,
      ports: settings.WEBHOOK_PORTS,
    });
    const httpsOnly = settings.NODE_ENV === 'production';
    const fetcher = keyFetcher({ guard, httpsOnly, userAgent: 'Membership-Keys/1' });
    const server = courierServer(fetcher, secret('WEBHOOK_SECRET_KEY'));
    const parts = {
      endpoints: new EndpointRepository(connection),
      deliveries: new DeliveryRepository(connection, { days: settings.WEBHOOK_LOG_DAYS }),
      tenants: new TenantRepository(connection),
      secrets: new SecretBox(secret('WEBHOOK_SECRET_KEY')),
    };
    return {
      isPublic: true,
      implementations: [],
      authenticate: () => {
        throw new Error('nobody asks the courier anything here');
      },
      handle: () => (_request, response) => {
        response.writeHead(404).end();
      },
      async start() {
        const sending = startSending(context, { ...parts, guard, httpsOnly });
        const port = await server.listen(settings.INTERNAL_PORT, settings.HOST);
        logger.info({ port }, 'keys of external issuers are fetched');
        return () => sending.stop();
      },
      async stop() {
        await server.close({ lingerMilliseconds: 0, idleMilliseconds: 0, requestMilliseconds: 1_000 });
        await fetcher.close();
      },
    };
  },
};
