/**
 * A shop's way in: a service token, a signature by its tenant's webhook secret, or both. Who may come in is passed on as
 * internal, and with the very body that was checked: no service reads it another way than it was signed.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Endpoint } from '@membership/contracts/endpoint';
import { scopeOf } from '@membership/contracts/endpoint';
import { refuse } from '@membership/contracts/errors';
import { readBody } from '@membership/platform/http/body';
import { headerOf, parseParts, urlOf } from '@membership/platform/http/request-parts';
import type { Caller, TenantRecord } from '../domain/caller.ts';
import { found, tenantNamed, type CallerRecords } from '../storage/records.ts';
import { badSignature, nobodyNamed, outOfTime, type SignaturePlace } from './webhook-refusals.ts';
import { isFresh, isSignatureOf, signedText, type SignedEvent } from './webhook-signature.ts';
import type { WebhookSecrets } from '../storage/webhook-secrets.ts';

export type WebhookTools = {
  readonly records: Pick<CallerRecords, 'tenants' | 'tenantsByCode'>;
  readonly secrets: WebhookSecrets;
};
export type Admitted = { readonly caller: Caller; readonly body: Buffer };
type Event = SignedEvent & { readonly signature?: string | undefined };

/** Stands in for the secret of a tenant that is not there, so that its absence takes the same time. */
const NOBODYS_SECRET = randomBytes(32).toString('base64');

/**
 * Checks a webhook whose caller proved itself by a token (`known`), or by nothing yet. Refusals: no proof, a signature that
 * does not hold, a time more than 5 minutes off (AUTH_001), a suspended tenant (TENANT_SUSPENDED), a body that is wrong.
 */
export async function admitWebhook(
  { records, secrets }: WebhookTools,
  endpoint: Endpoint,
  request: IncomingMessage,
  response: ServerResponse,
  known: Caller | undefined,
): Promise<Admitted> {
  const named = headerOf(request, 'x-tenant-id')?.trim();
  if (!known && !named) throw nobodyNamed();
  const { parsed, raw } = await readBody(endpoint, request, response);
  parseParts(endpoint, urlOf(request.url ?? '/', 'http://gateway').searchParams, parsed);
  const event = parsed as Event;
  const tenant = known ? known.tenant : await tenantNamed(records, named ?? '');
  const ofBody = headerOf(request, 'x-webhook-signature')?.trim();
  const isSigned = event.signature !== undefined || ofBody !== undefined;
  if (!known && !isSigned) throw badSignature(['X-Webhook-Signature']);
  if (isSigned) {
    const secret = (tenant && (await found(secrets.get(tenant._id)))) ?? NOBODYS_SECRET;
    const wrong: SignaturePlace[] = [];
    if (event.signature !== undefined && !isSignatureOf(event.signature, secret, signedText(event)))
      wrong.push('signature');
    if (ofBody !== undefined && !isSignatureOf(ofBody, secret, raw ?? '')) wrong.push('X-Webhook-Signature');
    if (!tenant || wrong.length > 0) throw badSignature(wrong);
  }
  if (!isFresh(event.timestamp, new Date())) throw outOfTime();
  if (tenant && !tenant.isActive) throw refuse('TENANT_SUSPENDED');
  return {
    caller: known ?? shopOf(tenant as TenantRecord, endpoint),
    body: Buffer.from(JSON.stringify(parsed)),
  };
}

/** The tenant's shop, known by its signature: it may do what this endpoint is for, and nothing else. */
const shopOf = (tenant: TenantRecord, endpoint: Endpoint): Caller => ({
  // Each tenant's has an allowance of its own.
  sub: `client:webhook@${tenant._id}`,
  userId: null,
  // No client's id has an @, so the audit trail tells the shop from a client called webhook.
  name: `webhook@${tenant._id}`,
  role: 'internal',
  tenant,
  scopes: [scopeOf(endpoint)],
  token: null,
});
