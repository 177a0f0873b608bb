/** What shops tell of orders that were paid or refunded: all of a batch in one question to the ledger. */
import { Refusal } from '@membership/contracts/errors';
import type { Item } from '@membership/platform/group-commit';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { purchaseBoosts } from '../activities/purchase-boost.ts';
import { commit } from '../ledger/commit.ts';
import type { Command } from '../ledger/command.ts';
import { unknownOrder } from '../ledger/decide/refund-order.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Outcome } from '../ledger/outcome.ts';
import { orderKey } from '../orders/order.ts';
import type { Webhook, WebhookAction } from './webhook.ts';

export type OrderWebhook = Extract<Webhook, { event_type: `ORDER_${string}` }>;
type Told = { readonly scope: TenantScope; readonly webhook: OrderWebhook };
type Completed = Extract<OrderWebhook, { event_type: 'ORDER_COMPLETED' }>;

export const isAboutOrder = (webhook: Webhook): webhook is OrderWebhook =>
  webhook.event_type === 'ORDER_COMPLETED' || webhook.event_type === 'ORDER_REFUNDED';
const isCompleted = (webhook: OrderWebhook): webhook is Completed => webhook.event_type === 'ORDER_COMPLETED';
const hundredths = (amount: number): number => Math.round(amount * 100);

/** Counts and undoes orders; what was done of each, or why not. Refusals: those of `completeOrder` and `refundOrder`, and an unknown member (BIZ_001). */
export async function takeOrders(
  ledger: Ledger,
  told: readonly Told[],
  unit: UnitOfWork,
): Promise<(readonly WebhookAction[] | Refusal)[]> {
  const commandOf = await commands(ledger, told, unit);
  const results: (readonly WebhookAction[] | Refusal)[] = [];
  const items: (Item<Command> & { readonly index: number })[] = [];
  told.forEach((one, index) => {
    const command = commandOf(one);
    if (command instanceof Refusal) results[index] = command;
    else items.push({ scope: one.scope, command, index });
  });
  const outcomes = items.length === 0 ? [] : await commit(ledger, items, unit);
  items.forEach(({ index }, position) => {
    const outcome = outcomes[position];
    if (!outcome) throw new Error('the ledger did not decide an order');
    results[index] = outcome instanceof Refusal ? outcome : actionsOf(outcome);
  });
  return results;
}

/** Reads what the commands name, of all orders at once. */
async function commands(
  ledger: Ledger,
  told: readonly Told[],
  unit: UnitOfWork,
): Promise<(one: Told) => Command | Refusal> {
  const owners = await ownersOf(ledger, told, unit);
  const buyers = told.flatMap(({ scope, webhook }) =>
    isCompleted(webhook) ? [{ tenantId: scope.tenantId, memberId: webhook.event_data.user_id }] : [],
  );
  const boosts = await purchaseBoosts(ledger.models, buyers, new Date(), unit);
  return ({ scope, webhook }) => {
    if (isCompleted(webhook)) {
      const { user_id: memberId, order_id: orderId, order_amount } = webhook.event_data;
      const boost = boosts.get(memberId) ?? 1;
      return { kind: 'complete_order', memberId, orderId, amount: hundredths(order_amount), boost };
    }
    const { user_id, order_id: orderId, refund_id, refund_amount, reason } = webhook.event_data;
    const memberId = user_id ?? owners.get(orderKey(scope.tenantId, orderId));
    if (memberId === undefined) return unknownOrder();
    return {
      kind: 'refund_order',
      ...{ memberId, orderId, refundId: refund_id ?? null, reason: reason ?? null },
      amount: refund_amount === undefined ? null : hundredths(refund_amount),
    };
  };
}

/** Whose the orders are of which a refund does not say it. That never changes. */
async function ownersOf(
  { models }: Ledger,
  told: readonly Told[],
  { session }: UnitOfWork,
): Promise<Map<string, number>> {
  const keys = told.flatMap(({ scope, webhook }) =>
    isCompleted(webhook) || webhook.event_data.user_id !== undefined
      ? []
      : [orderKey(scope.tenantId, webhook.event_data.order_id)],
  );
  if (keys.length === 0) return new Map();
  const found = await models.orders
    .acrossTenants('webhooks: the key of an order begins with its tenant')
    .find({ _id: { $in: keys } }, { session, projection: { memberId: 1 } })
    .toArray();
  return new Map(found.map(({ _id, memberId }) => [_id, memberId]));
}

const transaction = (recordId: number | null): string | null => (recordId === null ? null : `PT${recordId}`);

function actionsOf({ order, refund, memberLevelChange }: Outcome): WebhookAction[] {
  const { changed = false, current } = memberLevelChange ?? {};
  const levelCheck: WebhookAction = {
    action: 'level_check',
    level_changed: changed,
    current_level: current?.name ?? null,
  };
  if (refund) {
    const { given, taken } = refund;
    return [
      {
        action: 'points_taken_back',
        points: taken.points,
        owed_points: taken.owed,
        transaction_id: transaction(taken.recordId),
      },
      {
        action: 'points_given_back',
        points: given.points,
        transaction_id: transaction(given.recordId),
      },
      levelCheck,
    ];
  }
  if (!order) throw new Error('this movement was about no order');
  const { award, skipped } = order;
  return [
    skipped === null
      ? { action: 'points_earned', points: award.points, transaction_id: transaction(award.recordId) }
      : { action: 'points_skipped', reason: skipped },
    levelCheck,
  ];
}
