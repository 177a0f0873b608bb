import { createHmac } from 'node:crypto';
import { isFresh, isSignatureOf, signedText } from './webhook-signature.ts';

const event = {
  timestamp: '2024-09-17T10:01:00Z',
  event_type: 'ORDER_COMPLETED',
  event_data: { user_id: 1001, order_id: 'ORD123456', order_amount: 299.99 },
};
const hmac = (secret: string, content: string) => createHmac('sha256', secret).update(content).digest('hex');

test('the text has the data in its one form, whatever the order of its keys', () => {
  expect(signedText(event)).toBe(
    '2024-09-17T10:01:00Z.ORDER_COMPLETED.{"order_amount":299.99,"order_id":"ORD123456","user_id":1001}',
  );
  const { user_id, ...rest } = event.event_data;
  expect(signedText({ ...event, event_data: { ...rest, user_id } })).toBe(signedText(event));
  expect(signedText({ ...event, event_data: { amount: JSON.parse('1.50e2') } })).toMatch(/\{"amount":150\}$/);
});

test('a signature holds for its secret and content alone, in either case of hex', () => {
  const text = signedText(event);
  const signature = hmac('secret', text);
  expect(isSignatureOf(signature, 'secret', text)).toBe(true);
  expect(isSignatureOf(signature.toUpperCase(), 'secret', text)).toBe(true);
  expect(isSignatureOf(`sha256=${signature}`, 'secret', text)).toBe(true);
  expect(isSignatureOf(`SHA256=${signature.toUpperCase()}`, 'secret', text)).toBe(true);
  expect(isSignatureOf(`sha1=${signature}`, 'secret', text)).toBe(false);
  expect(isSignatureOf(`sha256=sha256=${signature}`, 'secret', text)).toBe(false);
  expect(isSignatureOf(signature, 'another', text)).toBe(false);
  expect(isSignatureOf(signature, 'secret', `${text} `)).toBe(false);
  expect(isSignatureOf(signature, 'secret', Buffer.from(text))).toBe(true);
  for (const wrong of ['', 'webhook_signature_hash', signature.slice(1), `${signature}00`, '0'.repeat(64)])
    expect(isSignatureOf(wrong, 'secret', text)).toBe(false);
});

test('five minutes either way are fresh, a moment more is not', () => {
  const at = (milliseconds: number) => new Date(Date.parse(event.timestamp) + milliseconds);
  expect([at(0), at(300_000), at(-300_000)].map((now) => isFresh(event.timestamp, now))).toEqual([
    true,
    true,
    true,
  ]);
  expect([at(300_001), at(-300_001)].map((now) => isFresh(event.timestamp, now))).toEqual([false, false]);
  expect(isFresh('not a time', at(0))).toBe(false);
});
