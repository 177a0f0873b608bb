/** Where a tenant's events are sent: rules and shape. */
import { matchesEventPattern } from '@membership/contracts/event-pattern';
import type { disabledReasons, payloadKinds } from '@membership/contracts/events/webhooks';
import type { SealedSecret } from '../secrets/secret-box.ts';

export type EndpointSecret = {
  readonly sealed: SealedSecret;
  /** Until when it signs; null: the newest, which signs until it is replaced. */
  readonly validUntil: Date | null;
};
export type DisabledReason = (typeof disabledReasons)[number];
export type PayloadKind = (typeof payloadKinds)[number];
export type WebhookEndpoint = {
  readonly id: number;
  readonly tenantId: number;
  readonly url: string;
  readonly description: string;
  /** Types, or patterns of them. */
  readonly eventTypes: readonly string[];
  readonly payload: PayloadKind;
  readonly isEnabled: boolean;
  readonly disabledReason: DisabledReason | null;
  readonly disabledAt: Date | null;
  /** Newest first. */
  readonly secrets: readonly EndpointSecret[];
  /** First failure since the last success, and how many attempts have failed since. */
  readonly failingSince: Date | null;
  readonly failures: number;
  /** It asked (Retry-After) for no message before this. */
  readonly pausedUntil: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Facts announced about it so far. */
  readonly sequence: number;
};
export type EndpointChanges = {
  readonly [Field in 'url' | 'description' | 'eventTypes' | 'payload' | 'isEnabled']?:
    | WebhookEndpoint[Field]
    | undefined;
};

const HOUR = 3_600_000;
/** How long a replaced secret signs beside the new one. */
export const OVERLAP_MILLISECONDS = 24 * HOUR;
/** Signatures that a message carries at most. */
const MOST_SECRETS = 3;
/** Failed attempts in a row that an endpoint gets at least before it is disabled, however long they take. */
const FAILURES_AT_LEAST = 10;

/** Whether an endpoint wants events of a type. */
export const wants = ({ isEnabled, eventTypes }: WebhookEndpoint, type: string): boolean =>
  isEnabled && eventTypes.some((pattern) => matchesEventPattern(pattern, type));

const ENABLED = {
  isEnabled: true,
  disabledReason: null,
  disabledAt: null,
  failingSince: null,
  failures: 0,
  pausedUntil: null,
} as const;

/** The endpoint after an administrator's change; the same object when nothing changes. Enabling forgets its failures. */
export function changeEndpoint(
  endpoint: WebhookEndpoint,
  { isEnabled = endpoint.isEnabled, ...given }: EndpointChanges,
  now: Date,
): WebhookEndpoint {
  const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const changed = { ...endpoint, ...fields };
  const isSame = JSON.stringify(changed) === JSON.stringify(endpoint) && isEnabled === endpoint.isEnabled;
  if (isSame) return endpoint;
  const next = { ...changed, updatedAt: now, sequence: endpoint.sequence + 1 };
  if (isEnabled === endpoint.isEnabled) return next;
  return isEnabled ? { ...next, ...ENABLED } : { ...next, ...disabled('by_hand', now) };
}

const disabled = (reason: DisabledReason, now: Date) => ({
  isEnabled: false,
  disabledReason: reason,
  disabledAt: now,
});

/** The endpoint, disabled because of what it answered. */
export const disableEndpoint = (
  endpoint: WebhookEndpoint,
  reason: 'failing' | 'gone',
  now: Date,
): WebhookEndpoint => ({
  ...endpoint,
  ...disabled(reason, now),
  updatedAt: now,
  sequence: endpoint.sequence + 1,
});

/** The endpoint with another secret; the one before signs for a day more. */
export function rotateSecret(endpoint: WebhookEndpoint, sealed: SealedSecret, now: Date): WebhookEndpoint {
  const until = new Date(now.getTime() + OVERLAP_MILLISECONDS);
  const older = signingSecrets(endpoint, now).map(({ sealed: old, validUntil }) => ({
    sealed: old,
    validUntil: validUntil ?? until,
  }));
  const secrets = [{ sealed, validUntil: null }, ...older].slice(0, MOST_SECRETS);
  return { ...endpoint, secrets, updatedAt: now, sequence: endpoint.sequence + 1 };
}

/** The secrets that sign now, newest first. */
export const signingSecrets = ({ secrets }: WebhookEndpoint, now: Date): readonly EndpointSecret[] =>
  secrets.filter(({ validUntil }) => validUntil === null || validUntil > now);

/** Whether an endpoint has done nothing but fail for so long, and so often, that it is to be left alone. */
export const hasFailedForTooLong = (
  { failingSince, failures }: Pick<WebhookEndpoint, 'failingSince' | 'failures'>,
  hours: number,
  now: Date,
): boolean =>
  failingSince !== null &&
  failures >= FAILURES_AT_LEAST &&
  now.getTime() - failingSince.getTime() >= hours * HOUR;

/** The state that its events carry. */
export const endpointStateOf = ({
  id,
  description,
  eventTypes,
  payload,
  isEnabled,
  disabledReason,
}: WebhookEndpoint) => ({
  endpointId: id,
  description,
  eventTypes: [...eventTypes],
  payload,
  isEnabled,
  disabledReason,
});
