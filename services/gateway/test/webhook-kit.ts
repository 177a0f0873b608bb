/** A gateway whose tenants have endpoints at a receiver of the test's own. */
import { createMember } from '@membership/contracts/endpoints/gateway/members';
import { resumeTenant, suspendTenant } from '@membership/contracts/endpoints/gateway/tenants';
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
} from '@membership/contracts/endpoints/gateway/webhook-endpoints';
import { listWebhookDeliveries } from '@membership/contracts/endpoints/gateway/webhook-deliveries';
import { pointsEarned } from '@membership/contracts/events/points';
import { sampleOf } from '@membership/platform/testing/samples';
import { eventually } from '@membership/platform/testing/service-kit';
import { PASSWORD, startGateway, type ATenant } from './gateway-kit.ts';
import { startReceiver } from './webhook-receiver.ts';

export const PATIENT = { milliseconds: 60_000 };
export const byId = (id: number) => ({ params: { id: String(id) } });
export type WebhookKit = Awaited<ReturnType<typeof startWebhookKit>>;

/** Starts it: what fails is sent again at once, three times, and an endpoint that only fails is disabled after ten attempts. */
export async function startWebhookKit() {
  const gateway = await startGateway({
    WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
    WEBHOOK_RETRY_SECONDS: '0,0,0',
    WEBHOOK_TIMEOUT_MS: '5000',
    WEBHOOK_DISABLE_AFTER_HOURS: '0',
  });
  const receiver = await startReceiver();
  let counter = 0;
  const deliveries = async (tenant: ATenant, query: Record<string, string | number> = {}) =>
    (await tenant.admin.ask(listWebhookDeliveries, { query })).items;
  return {
    gateway,
    receiver,
    acme: await gateway.aTenant('acme'),
    globex: await gateway.aTenant('globex'),
    /** An endpoint at a path of its own. */
    async anEndpoint(tenant: ATenant, eventTypes: string[], more: Record<string, unknown> = {}) {
      const path = `/hooks/${++counter}`;
      const body = { url: receiver.url(path), event_types: eventTypes, ...more };
      return { path, ...(await tenant.admin.ask(createWebhookEndpoint, { body })) };
    },
    async aMember(tenant: ATenant): Promise<number> {
      const username = `hooked_${++counter}`;
      const body = { username, email: `${username}@example.com`, password: PASSWORD };
      return (await tenant.admin.ask(createMember, { body })).id;
    },
    earned: (tenant: ATenant) =>
      gateway.kit.publish(pointsEarned, {
        tenantId: tenant.id,
        subject: ++counter,
        data: sampleOf(pointsEarned.type).data as never,
      }),
    deliveries,
    /** Waits until the newest delivery of an endpoint has a status. */
    settled: (tenant: ATenant, endpoint_id: number, status: string) =>
      eventually(async () => {
        const [newest] = await deliveries(tenant, { endpoint_id });
        expect(newest?.status).toBe(status);
        return newest as NonNullable<typeof newest>;
      }, PATIENT),
    remove: (tenant: ATenant, { id }: { id: number }) => tenant.admin.call(deleteWebhookEndpoint, byId(id)),
    /** From now on its messages wait. */
    suspend: ({ id }: ATenant) => gateway.root.ask(suspendTenant, { ...byId(id), body: {} }),
    /** Waits until so many do. */
    untilWaiting: ({ id: tenantId }: ATenant, count: number) =>
      eventually(async () => {
        const rows = gateway.kit.connection.collection('webhook_deliveries');
        expect(await rows.countDocuments({ tenantId, status: 'pending' })).toBe(count);
      }, PATIENT),
    resume: ({ id }: ATenant) => gateway.root.ask(resumeTenant, { ...byId(id), body: {} }),
    async stop() {
      await gateway.stop();
      await receiver.close();
    },
  };
}
