import type { Message } from 'amqplib';
import {
  failureHeaders,
  originalHeaders,
  originalRoutingKey,
  parkedHeaders,
  readEnvelope,
  retriesOf,
  Unreadable,
} from './delivery.ts';

const message = (headers: Record<string, unknown>) =>
  ({ properties: { headers }, fields: { routingKey: 'points.events' } }) as unknown as Message;
const now = new Date('2026-03-01T00:00:00Z');

test.each([
  ['not JSON', '{"half', /^not JSON/],
  ['an array', '[]', /^no event envelope/],
  ['null', 'null', /^no event envelope/],
  ['an envelope without a tenant', '{"specversion":"1.0"}', /^no event envelope: .*id/],
])('%s is unreadable', (_what, text, reason) => {
  expect(() => readEnvelope(Buffer.from(text))).toThrow(Unreadable);
  expect(() => readEnvelope(Buffer.from(text))).toThrow(reason);
});

test('a failure counts on from the last one and keeps its first time and key', () => {
  const first = failureHeaders(message({ mine: 1 }), new TypeError('no'), now);
  expect(first).toMatchObject({
    mine: 1,
    'x-retry-count': 1,
    'x-first-failed-at': now.toISOString(),
    'x-error': 'TypeError: no',
    'x-original-routing-key': 'points.events',
  });
  const again = failureHeaders(
    message({
      ...first,
      'x-original-routing-key': 'points.earned.v1',
      'x-death': [{ count: 1 }],
      'x-first-death-reason': 'expired',
    }),
    new Error('still'),
    new Date(),
  );
  expect(again).toMatchObject({
    mine: 1,
    'x-retry-count': 2,
    'x-first-failed-at': now.toISOString(),
    'x-error': 'Error: still',
    'x-original-routing-key': 'points.earned.v1',
  });
  expect(again).not.toHaveProperty('x-death');
  expect(again).not.toHaveProperty('x-first-death-reason');
});

test('parking says whether it was unreadable or failed, and is bounded', () => {
  const error = new Error('x'.repeat(100_000));
  expect(parkedHeaders(message({}), new Unreadable('no'), now)).toMatchObject({
    'x-reason': 'unreadable',
    'x-parked-at': now.toISOString(),
  });
  const parked = parkedHeaders(message({ huge: 'y'.repeat(60_000) }), error, now);
  expect(parked).toMatchObject({ 'x-reason': 'failed' });
  expect(JSON.stringify(parked).length).toBeLessThan(6_000);
  expect(parkedHeaders(message({}), 'a thrown string', now)).toMatchObject({
    'x-error': 'Error: a thrown string',
  });
});

test('a count that somebody made up counts as none', () => {
  for (const count of ['three', -1, 1.5, null])
    expect(retriesOf(message({ 'x-retry-count': count }))).toBe(0);
  expect(retriesOf(message({ 'x-retry-count': 3 }))).toBe(3);
});

test('what the producer wrote is kept, ours is taken off', () => {
  const given = { mine: 'a', 'x-retry-count': 2, 'x-error': 'b', 'x-stack': 'c', 'x-delivery-count': 4 };
  expect(originalHeaders(message(given))).toEqual({ mine: 'a' });
  expect(originalRoutingKey(message({}))).toBe('points.events');
});
