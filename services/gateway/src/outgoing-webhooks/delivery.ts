/** One event on its way to one endpoint: what is sent, what became of each attempt, and when the next one is. */
import type {
  deliveryFailures,
  deliveryStatuses,
} from '@membership/contracts/endpoints/gateway/webhook-deliveries';
import type { Envelope } from '@membership/contracts/event';
import type { PayloadKind } from './endpoint.ts';
import { nextWait } from './schedule.ts';

export type Failure = (typeof deliveryFailures)[number];
export type Attempt = {
  readonly at: Date;
  readonly milliseconds: number;
  readonly statusCode: number | null;
  /** Null: it was taken. */
  readonly failure: Failure | null;
  /** The error's name, such as ECONNREFUSED. */
  readonly reason: string | null;
  /** The first bytes of the answer. */
  readonly answer: string | null;
  /** Milliseconds that the receiver asked for. */
  readonly retryAfter: number | null;
};
export type DeliveryStatus = (typeof deliveryStatuses)[number];
export type Delivery = {
  readonly id: number;
  readonly tenantId: number;
  readonly endpointId: number;
  readonly eventId: string;
  readonly type: string;
  /** The bytes that are sent, the same in each attempt. */
  readonly body: string;
  readonly status: DeliveryStatus;
  /** All attempts ever made; of these the last ones are kept. */
  readonly attemptCount: number;
  readonly attempts: readonly Attempt[];
  /** Attempts of the present round: sending again by hand begins the schedule anew. */
  readonly tries: number;
  /** A test message is tried once. */
  readonly isOnce: boolean;
  /** While pending: when it is due. */
  readonly nextAttemptAt: Date | null;
  readonly statusCode: number | null;
  readonly failure: Failure | null;
  readonly createdAt: Date;
  readonly completedAt: Date | null;
};

/** Attempts that a delivery remembers. */
export const ATTEMPTS_KEPT = 30;
const GONE = 410;

const isIdField = (name: string): boolean => /(^id|Ids?)$/.test(name);
const idsOf = (data: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(data).filter(([name]) => isIdField(name)));

/** What is sent of an event: type, time and data as Standard Webhooks names them, and what puts events in order. */
export const bodyOf = (
  { type, time, tenantid, subject, sequence, data }: Envelope,
  payload: PayloadKind,
): string =>
  JSON.stringify({
    type,
    timestamp: time,
    tenantid,
    subject,
    sequence,
    data: payload === 'thin' ? idsOf(data) : data,
  });

export type AttemptResult = Pick<
  Delivery,
  'status' | 'nextAttemptAt' | 'statusCode' | 'failure' | 'completedAt'
> & { readonly tries: number };

/** What a delivery is after an attempt. An endpoint that answers 410 wants no more of it. */
export function afterAttempt(
  { tries, isOnce }: Pick<Delivery, 'tries' | 'isOnce'>,
  { failure, statusCode, retryAfter }: Pick<Attempt, 'failure' | 'statusCode' | 'retryAfter'>,
  {
    schedule,
    random,
    now,
  }: { readonly schedule: readonly number[]; readonly random: number; readonly now: Date },
): AttemptResult {
  const done = { tries: tries + 1, statusCode, failure, nextAttemptAt: null, completedAt: now };
  if (failure === null) return { ...done, status: 'delivered' };
  const wait =
    isOnce || isGone({ statusCode }) ? null : nextWait(tries + 1, { schedule, retryAfter, random });
  if (wait === null) return { ...done, status: 'failed' };
  return { ...done, status: 'pending', nextAttemptAt: new Date(now.getTime() + wait), completedAt: null };
}

export const isGone = ({ statusCode }: Pick<Attempt, 'statusCode'>): boolean => statusCode === GONE;
