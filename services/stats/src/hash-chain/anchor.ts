/** What is signed: once a day the end of a tenant's chain (an anchor), so that nobody can make it anew without the key; and its erasure. Pure. */
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
const linesOf = (...lines: readonly (string | number)[]): Buffer =>
  Buffer.from(lines.map((line) => `${line}\n`).join(''));
const textOf = ({ tenantId, day, number, hash, previous }: Signed): Buffer =>
  linesOf('membership-audit-anchor.v1', tenantId, day, number, hash, previous ?? '');

export const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);

export function signAnchor(anchor: Signed, { kid, key }: { kid: string; key: KeyObject }, now: Date): Anchor {
  return { ...anchor, signedAt: now, kid, signature: sign(null, textOf(anchor), key).toString('base64url') };
}

export const isSigned = (anchor: Signed & Pick<Anchor, 'signature'>, x: string): boolean =>
  hasSigned(textOf(anchor), anchor.signature, x);

function hasSigned(text: Buffer, signature: string, x: string): boolean {
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, text, publicKey, Buffer.from(signature, 'base64url'));
}

/** That a tenant was erased, signed as anchors are: its chain may be gone with its anchors. */
export type SignedErasure = {
  /** The tenant. */
  readonly _id: number;
  /** What told of it. */
  readonly eventId: string;
  readonly kid: string;
  readonly signature: string;
};
type ErasureTold = Pick<SignedErasure, '_id' | 'eventId'>;

const erasureText = ({ _id, eventId }: ErasureTold): Buffer =>
  linesOf('membership-audit-erasure.v1', _id, eventId);

export const signErasure = (
  told: ErasureTold,
  { kid, key }: { kid: string; key: KeyObject },
): SignedErasure => ({
  ...told,
  kid,
  signature: sign(null, erasureText(told), key).toString('base64url'),
});

export const isSignedErasure = (erasure: SignedErasure, x: string): boolean =>
  hasSigned(erasureText(erasure), erasure.signature, x);

/** The name of a public key: its thumbprint (RFC 7638). */
export const thumbprintOf = (x: string): string =>
  createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url');
