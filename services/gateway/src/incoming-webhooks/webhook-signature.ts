/** What a shop's signature is over, and whether it holds. Pure. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '@membership/platform/canonical-json';

export type SignedEvent = {
  readonly timestamp: string;
  readonly event_type: string;
  readonly event_data: unknown;
};

/** The text that `signature` is over: however the event was written down, its data has one form (RFC 8785). */
export const signedText = ({ timestamp, event_type, event_data }: SignedEvent): string =>
  `${timestamp}.${event_type}.${canonicalJson(event_data)}`;

/** Many shops write the name of the digest in front: `sha256=…`. */
const HEX_DIGEST = /^(?:sha256=)?([0-9a-f]{64})$/i;

/** Whether a hex HMAC-SHA256 is that of this content, in a time that does not tell how much of it fits. */
export function isSignatureOf(signature: string, secret: string, content: string | Uint8Array): boolean {
  const expected = createHmac('sha256', secret).update(content).digest();
  // Of another length or alphabet it is compared all the same: with something that never fits.
  const hex = HEX_DIGEST.exec(signature)?.[1];
  const given = hex === undefined ? Buffer.alloc(32) : Buffer.from(hex, 'hex');
  return timingSafeEqual(given, expected);
}

const FRESH_MS = 5 * 60_000;
/** Whether a time is at most five minutes off, either way. */
export const isFresh = (timestamp: string, now: Date): boolean =>
  Math.abs(now.getTime() - Date.parse(timestamp)) <= FRESH_MS;
