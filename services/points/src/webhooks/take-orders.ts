/** What shops tell of orders that were paid or refunded: all of a batch in one question to the ledger. */
import { Refusal } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { purchaseBoosts } from '../activities/purchase-boost.ts';
import { returnBenefits } from '../benefits/return-benefits.ts';
import { commit } from '../ledger/commit.ts';
import type { Command } from '../ledger/command.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Outcome, RefundOfOrder } from '../ledger/outcome.ts';
import { orderKey } from '../domain/order.ts';
import type { OrderRepository } from '../orders/order-repository.ts';
import type { Webhook, WebhookAction } from '../domain/webhook.ts';

export type OrderWebhook = Extract<Webhook, { event_type: `ORDER_${string}` }>;
type Told = { readonly scope: TenantScope; readonly webhook: OrderWebhook };
type Completed = Extract<OrderWebhook, { event_type: 'ORDER_COMPLETED' }>;
type Refund = Exclude<OrderWebhook, Completed>;

export const isAboutOrder = (webhook: Webhook): webhook is OrderWebhook =>
  webhook.event_type === 'ORDER_COMPLETED' || webhook.event_type === 'ORDER_REFUNDED';
const isCompleted = (webhook: OrderWebhook): webhook is Completed => webhook.event_type === 'ORDER_COMPLETED';
const hundredths = (amount: number): number => Math.round(amount * 100);

type Tools = { readonly ledger: Ledger; readonly orders: OrderRepository };
type Effect = readonly WebhookAction[] | Refusal;
type Numbered = Told & { readonly index: number };

/** Counts and undoes orders; what was done of each, or why not. Refusals: those of `completeOrder` and `refundOrder`, and an unknown member (BIZ_001). */
export async function takeOrders(tools: Tools, told: readonly Told[], unit: UnitOfWork): Promise<Effect[]> {
  const effects: Effect[] = [];
  const numbered = told.map((one, index) => ({ ...one, index }));
  const ofNobody = await takeKnown(tools, numbered, effects, unit);
  // Whose they are may have been told just now, beside them.
  for (const { scope, webhook, index } of await takeKnown(tools, ofNobody, effects, unit))
    effects[index] = await keepRefund(tools.orders, scope, webhook as Refund, unit);
  return effects;
}

/** Takes the orders whose members are known, all of them at once; returns the others. */
async function takeKnown(
  { ledger }: Tools,
  told: readonly Numbered[],
  effects: Effect[],
  unit: UnitOfWork,
): Promise<Numbered[]> {
  if (told.length === 0) return [];
  const commandOf = await commands(ledger, told, unit);
  const items: (Numbered & { readonly command: Command })[] = [];
  const ofNobody: Numbered[] = [];
  for (const one of told) {
    const command = commandOf(one);
    if (command) items.push({ ...one, command });
    else ofNobody.push(one);
  }
  const outcomes = items.length === 0 ? [] : await commit(ledger, items, unit);
  for (const [position, { index, scope, command }] of items.entries()) {
    const outcome = outcomes[position];
    if (!outcome) throw new Error('the ledger did not decide an order');
    effects[index] =
      outcome instanceof Refusal
        ? outcome
        : actionsOf(outcome, await returned(ledger, scope, command.memberId, outcome, unit));
  }
  return ofNobody;
}

/** What hangs on an order of which nothing is left. */
async function returned(
  ledger: Ledger,
  scope: TenantScope,
  memberId: number,
  { undoneOrder: orderId }: Outcome,
  unit: UnitOfWork,
): Promise<WebhookAction[]> {
  if (orderId === undefined) return [];
  const uses = await returnBenefits(ledger, scope, { orderId, memberId }, unit);
  return uses.map(({ benefitCode, usageId }) => ({
    ...{ action: 'benefit_returned', benefit_id: benefitCode, usage_id: `BU${usageId}` },
  }));
}

/** Reads what the commands name, of all orders at once; undefined: nobody has said whose the order is. */
async function commands(
  ledger: Ledger,
  told: readonly Told[],
  unit: UnitOfWork,
): Promise<(one: Told) => Command | undefined> {
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
    const { user_id, order_id: orderId } = webhook.event_data;
    const memberId = user_id ?? owners.get(orderKey(scope.tenantId, orderId));
    return memberId === undefined
      ? undefined
      : { kind: 'refund_order', memberId, orderId, ...refundIn(webhook) };
  };
}

const refundIn = ({ event_data: { refund_id, refund_amount, reason } }: Refund) => ({
  ...{ refundId: refund_id ?? null, reason: reason ?? null },
  amount: refund_amount === undefined ? null : hundredths(refund_amount),
});

async function keepRefund(
  orders: OrderRepository,
  scope: TenantScope,
  webhook: Refund,
  unit: UnitOfWork,
): Promise<Effect> {
  const refund = refundIn(webhook);
  const refusal = await orders.keepRefund(scope, webhook.event_data.order_id, refund, unit);
  return refusal ?? [keptAction(refund)];
}

const keptAction = ({ amount }: { readonly amount: number | null }): WebhookAction => ({
  action: 'refund_kept',
  refund_amount: amount === null ? null : amount / 100,
});

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
  return new Map(found.flatMap(({ _id, memberId }) => (memberId === null ? [] : [[_id, memberId]])));
}

const transaction = (recordId: number | null): string | null => (recordId === null ? null : `PT${recordId}`);

function actionsOf(
  { order, refund, keptRefund, memberLevelChange }: Outcome,
  returnedUses: readonly WebhookAction[],
): WebhookAction[] {
  const { changed = false, current } = memberLevelChange ?? {};
  return [
    ...(order ? [awardAction(order)] : []),
    ...(keptRefund ? [keptAction(keptRefund)] : []),
    ...(refund ? refundActions(refund) : []),
    ...returnedUses,
    { action: 'level_check', level_changed: changed, current_level: current?.name ?? null },
  ];
}

const awardAction = ({ award, skipped }: NonNullable<Outcome['order']>): WebhookAction =>
  skipped === null
    ? { action: 'points_earned', points: award.points, transaction_id: transaction(award.recordId) }
    : { action: 'points_skipped', reason: skipped };

const refundActions = ({ given, taken }: RefundOfOrder): WebhookAction[] => [
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
];
