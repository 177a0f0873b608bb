/** Outgoing webhooks: when they are sent, and by which of several gateways. */
import { eventually } from '@membership/platform/testing/service-kit';
import { startWebhookKit, type WebhookKit } from './webhook-kit.ts';

let hooks: WebhookKit;
let gateway: WebhookKit['gateway'];
let receiver: WebhookKit['receiver'];
let acme: WebhookKit['acme'];

beforeAll(async () => {
  hooks = await startWebhookKit();
  ({ gateway, receiver, acme } = hooks);
});
afterAll(() => hooks?.stop());

test('a suspended tenant’s messages wait until it is resumed', async () => {
  const shut = await gateway.aTenant();
  const endpoint = await hooks.anEndpoint(shut, ['points.*']);
  await hooks.suspend(shut);
  await hooks.earned(shut);
  await hooks.untilWaiting(shut, 1);
  const other = await hooks.anEndpoint(acme, ['points.*']);
  await hooks.earned(acme);
  await receiver.untilReceived(other.path, 1);
  expect(receiver.to(endpoint.path)).toEqual([]);
  await hooks.resume(shut);
  await receiver.untilReceived(endpoint.path, 1);
  await hooks.remove(acme, other);
});

test('of several gateways one sends, each message once; what one records another sends', async () => {
  const endpoint = await hooks.anEndpoint(acme, ['points.*']);
  const replica = await gateway.aReplica();
  try {
    const envelopes = await Promise.all(Array.from({ length: 40 }, () => hooks.earned(acme)));
    await receiver.untilReceived(endpoint.path, 40);
    await eventually(async () =>
      expect(await hooks.deliveries(acme, { endpoint_id: endpoint.id, status: 'pending' })).toEqual([]),
    );
    const ids = receiver.to(endpoint.path).map(({ headers }) => headers['webhook-id']);
    expect(ids).toHaveLength(40);
    expect(new Set(ids)).toEqual(new Set(envelopes.map(({ id }) => id)));
  } finally {
    await replica.stop();
  }
  await hooks.remove(acme, endpoint);
});

test('when the gateway that sends stops, another goes on', async () => {
  const endpoint = await hooks.anEndpoint(acme, ['points.*']);
  const replica = await gateway.aReplica();
  try {
    await gateway.kit.restart(async () => {
      const envelopes = [await hooks.earned(acme), await hooks.earned(acme)];
      const messages = await receiver.untilReceived(endpoint.path, 2);
      expect(new Set(messages.map(({ headers }) => headers['webhook-id']))).toEqual(
        new Set(envelopes.map(({ id }) => id)),
      );
    });
  } finally {
    await replica.stop();
  }
});
