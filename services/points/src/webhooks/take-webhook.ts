/** Takes what another system tells of a member: once, whatever is repeated. The gateway has checked who tells it. */
import { Refusal } from '@membership/contracts/errors';
import type { Item } from '@membership/platform/group-commit';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { completeOrder } from '../orders/complete-order.ts';
import type { OrderTools } from '../orders/order-tools.ts';
import { refundOrder } from '../orders/refund-order.ts';
import type { MemberDetailsKeeping } from '../memberships/member-details.ts';
import type { Awarding } from '../rules/award-points.ts';
import {
  identityOf,
  whyToldDifferently,
  type HandledWebhook,
  type Webhook,
  type WebhookAction,
  type WebhookAnswer,
} from './webhook.ts';

export type WebhookTools = OrderTools & {
  readonly awarding: Awarding;
  readonly details: MemberDetailsKeeping;
};

/**
 * Takes webhooks that came at the same moment in one transaction, each seeing those before it: many tellings of one order then
 * wait for each other instead of conflicting. One that is refused has done nothing: see `takeWebhook`.
 */
export async function takeWebhooks(
  tools: WebhookTools,
  items: readonly Item<Webhook>[],
  unit: UnitOfWork,
): Promise<(WebhookAnswer | Refusal)[]> {
  const answers: (WebhookAnswer | Refusal)[] = [];
  for (const { scope, command } of items)
    try {
      answers.push(await takeWebhook(tools, scope, command, unit));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answers.push(error);
    }
  return answers;
}

/** Longer than any timestamp is accepted, and than shops repeat what was not answered. */
const REMEMBERED_MS = 30 * 86_400_000;
const hundredths = (amount: number): number => Math.round(amount * 100);

/**
 * Does what the event asks for and returns what was done; a repeat gets the first answer. Refusals, each before anything is
 * done: another content under the same order or refund (CONFLICT), and those of `completeOrder`, `refundOrder` and an unknown
 * member (BIZ_001).
 */
async function takeWebhook(
  tools: WebhookTools,
  scope: TenantScope,
  webhook: Webhook,
  unit: UnitOfWork,
): Promise<WebhookAnswer> {
  const { webhooks } = tools.ledger.models;
  const { session } = unit;
  const { key, fingerprint, lasts } = identityOf(webhook);
  const _id = `${scope.tenantId}:${key}`;
  const known = await webhooks.findOne(scope, { _id }, { session });
  if (known) {
    const refusal = whyToldDifferently(known, fingerprint);
    if (refusal) throw refusal;
    return known.answer;
  }
  const actions = await effectOf(tools, scope, webhook, key, unit);
  const createdAt = new Date();
  const answer = { processed_actions: actions, processed_at: createdAt.toISOString() };
  const handled: HandledWebhook = {
    ...{ _id, tenantId: scope.tenantId, memberId: webhook.event_data.user_id ?? null, fingerprint },
    ...{ answer, createdAt },
    ...(lasts ? {} : { forgetAt: new Date(createdAt.getTime() + REMEMBERED_MS) }),
  };
  // Two of the same at once meet on its key: the later one runs again and finds the answer.
  await webhooks.insert(scope, [handled], { session });
  return answer;
}

function effectOf(
  tools: WebhookTools,
  scope: TenantScope,
  webhook: Webhook,
  key: string,
  unit: UnitOfWork,
): Promise<WebhookAction[]> {
  switch (webhook.event_type) {
    case 'ORDER_COMPLETED': {
      const { user_id: memberId, order_id: orderId, order_amount } = webhook.event_data;
      const order = { memberId, orderId, amount: hundredths(order_amount) };
      return completeOrder(tools, scope, order, unit);
    }
    case 'ORDER_REFUNDED': {
      const { user_id, order_id: orderId, refund_id, refund_amount, reason } = webhook.event_data;
      const refund = {
        ...{ memberId: user_id ?? null, orderId, refundId: refund_id ?? null, reason: reason ?? null },
        amount: refund_amount === undefined ? null : hundredths(refund_amount),
      };
      return refundOrder(tools, scope, refund, unit);
    }
    default:
      return awardByRule(tools, scope, webhook, key, unit);
  }
}

async function awardByRule(
  { awarding, opening, details }: WebhookTools,
  scope: TenantScope,
  webhook: Exclude<Webhook, { event_type: `ORDER_${string}` }>,
  key: string,
  unit: UnitOfWork,
): Promise<WebhookAction[]> {
  const { user_id: memberId, ...data } = webhook.event_data;
  await opening.existingWithin(scope, memberId, unit);
  const at = new Date(webhook.timestamp);
  const isLogin = webhook.event_type === 'MEMBER_LOGIN';
  if (isLogin) await details.seen(scope, memberId, at, unit);
  const { granted, streakDays } = await awarding.awardWebhook(
    scope,
    { type: webhook.event_type, memberId, data, at, key },
    unit,
  );
  return [
    ...(streakDays === undefined ? [] : [{ action: 'login_counted' as const, consecutive_days: streakDays }]),
    ...granted.map(
      ({ ruleId, recordId, points, skipped }): WebhookAction =>
        skipped === null
          ? { action: 'points_earned', points, transaction_id: `PT${recordId}`, rule_id: ruleId }
          : { action: 'points_skipped', reason: skipped, rule_id: ruleId },
    ),
  ];
}
