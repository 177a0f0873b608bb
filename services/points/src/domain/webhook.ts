/** What other systems tell of members, and what makes two tellings the same. Pure. */
import type { ItemOf, RequestOf } from '@membership/contracts/endpoint';
import { refuse, type Refusal } from '@membership/contracts/errors';
import type { takeWebhook } from '@membership/contracts/endpoints/points/index';
import { canonicalJson } from '@membership/platform/canonical-json';
import { digest } from '@membership/platform/scope';

export type Webhook = RequestOf<typeof takeWebhook>['body'];
export type WebhookAnswer = ItemOf<typeof takeWebhook>;
export type WebhookAction = WebhookAnswer['processed_actions'][number];
/** A webhook that was handled: its repeat gets the same answer. */
export type HandledWebhook = {
  /** `<tenant>:<type>:<key>` */
  readonly _id: string;
  readonly tenantId: number;
  readonly memberId: number | null;
  /** Of what decides its effect: another one under the same key is refused. */
  readonly fingerprint: string;
  readonly answer: WebhookAnswer;
  readonly createdAt: Date;
  /** Absent: never. What names no order or refund cannot come again once its time is over. */
  readonly forgetAt?: Date;
};

/**
 * What a webhook is known by: its refund, its order, or all that a signature would be over. `lasts`: a shop may tell of an
 * order again at any time; any other event only as long as its timestamp is accepted.
 */
export function identityOf(webhook: Webhook): { key: string; fingerprint: string; lasts: boolean } {
  const { event_type: type, event_data: data, timestamp } = webhook;
  const named =
    'refund_id' in data && typeof data.refund_id === 'string'
      ? `refund:${data.refund_id}`
      : typeof data.order_id === 'string'
        ? `order:${data.order_id}`
        : undefined;
  if (named === undefined) {
    const key = digest(timestamp, canonicalJson(data));
    return { key: `${type}:${key}`, fingerprint: key, lasts: false };
  }
  return { key: `${type}:${named}`, fingerprint: digest(canonicalJson(decisive(webhook))), lasts: true };
}

/** The parts that decide what is done: a repeat may word the rest (items, times) otherwise. */
function decisive(webhook: Webhook): unknown {
  const { event_type: type, event_data: data } = webhook;
  const { user_id, order_id } = data;
  if (type === 'ORDER_COMPLETED') return { user_id, order_id, amount: webhook.event_data.order_amount };
  if (type === 'ORDER_REFUNDED') return { order_id, amount: webhook.event_data.refund_amount ?? null };
  return { user_id, order_id };
}

/** Refuses another telling of what was told before. */
export function whyToldDifferently(known: HandledWebhook, fingerprint: string): Refusal | undefined {
  if (known.fingerprint === fingerprint) return undefined;
  return refuse('CONFLICT', {
    text: {
      zh: '该事件已经处理，且内容不同',
      en: 'This event was handled already, with other content',
    },
    details: { processed_at: known.answer.processed_at },
  });
}
