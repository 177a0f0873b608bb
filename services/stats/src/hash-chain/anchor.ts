/** Anchors: once a day the end of a tenant's chain is signed, so that nobody can make the chain anew without the key. Pure. */
import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

export type Anchor = {
  readonly tenantId: number;
  /** In UTC. */
  readonly day: string;
  readonly number: number;
  readonly hash: string;
  /** The signature of the anchor before; null for the first. */
  readonly previous: string | null;
  readonly signedAt: Date;
  readonly kid: string;
  readonly signature: string;
};
type Signed = Pick<Anchor, 'tenantId' | 'day' | 'number' | 'hash' | 'previous'>;

/** What is signed: these lines, each with its end. */
const textOf = ({ tenantId, day, number, hash, previous }: Signed): Buffer =>
  Buffer.from(
    ['membership-audit-anchor.v1', tenantId, day, number, hash, previous ?? '']
      .map((line) => `${line}\n`)
      .join(''),
  );

export const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);

export function signAnchor(anchor: Signed, { kid, key }: { kid: string; key: KeyObject }, now: Date): Anchor {
  return { ...anchor, signedAt: now, kid, signature: sign(null, textOf(anchor), key).toString('base64url') };
}

export function isSigned(anchor: Signed & Pick<Anchor, 'signature'>, x: string): boolean {
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, textOf(anchor), publicKey, Buffer.from(anchor.signature, 'base64url'));
}

/** The name of a public key: its thumbprint (RFC 7638). */
export const thumbprintOf = (x: string): string =>
  createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url');
