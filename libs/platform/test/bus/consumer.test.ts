import { startConsumer, on } from '@membership/platform/consumer';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, startKit, thingMade, type Kit } from './kit.ts';

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
afterAll(() => kit.close());

test('an event is handled in a transaction and acknowledged', async () => {
  const bus = kit.bus();
  const values = kit.connection.collection<{ _id: string; value: number }>('values');
  const consumer = await startConsumer({
    service: 'points', bus, connection: kit.connection, transactions: kit.transactions(), logger: kit.logger, metrics: bus.metrics,
    subscriptions: [on(thingMade, async ({ envelope, data }, { unit }) => void (await values.insertOne({ _id: envelope.id, value: data.value }, { session: unit.session })))],
  });
  const envelope = kit.envelope(thingMade, 'a', 1, { value: 7 });
  await kit.publish(envelope);
  await eventually(async () => expect(await values.findOne({ _id: envelope.id })).toMatchObject({ value: 7 }));
  await consumer.stop();
  expect(await kit.queueLength(kit.names.events)).toBe(0);
});
