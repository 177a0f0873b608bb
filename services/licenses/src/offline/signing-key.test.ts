import { createPublicKey, sign, verify } from 'node:crypto';
import { newSigningKey, openedKey, sealingKeyOf } from './signing-key.ts';

const sealing = sealingKeyOf('a secret of the service');
const now = new Date('2026-03-01T00:00:00Z');

test('what is signed with the opened key verifies with the public part', () => {
  const key = newSigningKey(sealing, { now, startsAt: now });
  const opened = openedKey(key, sealing);
  const text = Buffer.from('text');
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key.x }, format: 'jwk' });
  expect(opened && verify(null, text, publicKey, sign(null, text, opened))).toBe(true);
});
test('under another secret, another id, or once retired it does not open', () => {
  const key = newSigningKey(sealing, { now, startsAt: now });
  expect(openedKey(key, sealingKeyOf('another secret'))).toBeNull();
  expect(openedKey({ ...key, _id: 'lk_other' }, sealing)).toBeNull();
  expect(openedKey({ ...key, sealed: null }, sealing)).toBeNull();
});
