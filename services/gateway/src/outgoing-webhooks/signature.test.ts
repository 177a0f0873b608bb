import { newEndpointSecret, signedHeaders } from './signature.ts';

/** The example of the standard's own libraries. */
test('signs as Standard Webhooks does', () => {
  expect(
    signedHeaders({
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      body: '{"test": 2432232314}',
      secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
      now: new Date(1_614_265_330_999),
    }),
  ).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('signs with every secret that counts, the newest first', () => {
  const secrets = [newEndpointSecret(), newEndpointSecret()];
  const sign = (some: readonly string[]) =>
    signedHeaders({ id: 'a', body: '{}', secrets: some, now: new Date(0) })['webhook-signature'];
  expect(sign(secrets)).toBe(`${sign(secrets.slice(0, 1))} ${sign(secrets.slice(1))}`);
});
