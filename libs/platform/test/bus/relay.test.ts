import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startRelay } from '@membership/platform/relay';
import { eventually, startKit, thingMade, type Kit } from './kit.ts';

let kit: Kit;
beforeAll(async () => {
  kit = await startKit('licenses');
});
afterAll(() => kit.close());

test('a fact that was announced is published after the commit, and leaves the outbox', async () => {
  const bus = kit.bus();
  const heard = await kit.spy();
  const transactions = kit.transactions();
  const relay = startRelay({ connection: kit.connection, bus, transactions, logger: kit.logger, metrics: bus.metrics, service: 'licenses' });
  kit.defer(() => relay.stop());
  const id = await kit.announce(transactions, thingMade, 'a', 1, { value: 1 });
  await eventually(() => expect(heard.map((event) => event.id)).toEqual([id]));
  await eventually(async () => expect(await kit.connection.collection('outbox').countDocuments()).toBe(0));
});
