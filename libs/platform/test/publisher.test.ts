/** The publisher of component tests against a broker that closes its channel. */
import { TestPublisher } from '@membership/platform/testing/publisher';

test('what cannot be published is told, and the next message goes through a fresh connection', async () => {
  const publisher = new TestPublisher(process.env.AMQP_URL as string);
  const send = (exchange: string) => publisher.publish(exchange, 'nowhere', Buffer.from('{}'), 'text/plain');
  // An exchange that is not there closes the channel, each time anew.
  await expect(send('there-is-no-such-exchange')).rejects.toThrow();
  await send('');
  await Promise.all(Array.from({ length: 10 }, () => send('')));
  await publisher.close();
});
