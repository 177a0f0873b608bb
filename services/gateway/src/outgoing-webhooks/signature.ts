/** Standard Webhooks: how a message is signed, so that its receiver knows who sent it, and that it is not an old one. */
import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';

/** A fresh secret: 32 random bytes. */
export const newEndpointSecret = (): string => `${PREFIX}${randomBytes(32).toString('base64')}`;

/** The headers of one attempt. Every secret signs: while one replaces another, a receiver may know either. */
export function signedHeaders({
  id,
  body,
  secrets,
  now,
}: {
  readonly id: string;
  readonly body: string;
  readonly secrets: readonly string[];
  readonly now: Date;
}): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
