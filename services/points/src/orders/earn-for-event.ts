/** Another system gives a member points for what it did: once per event type and order, where it names one. */
import { invalid } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { purchaseBoost } from '../activities/purchase-boost.ts';
import { commitOne } from '../ledger/commit.ts';
import type { EarnCommand } from '../ledger/command.ts';
import type { Outcome } from '../ledger/outcome.ts';
import { categoryOf, eventTypes, whyDoneDifferently, whyRefunded } from '../domain/order.ts';
import type { OrderTools } from './order-tools.ts';

export type EarnForEvent = {
  readonly memberId: number;
  readonly eventType: string;
  readonly points: number;
  readonly description: string | null;
  readonly orderId: string | null;
  /** Of the whole request. */
  readonly fingerprint: string;
};
type Answer = Readonly<Record<string, unknown>>;

/**
 * Gives the points and returns the answer, the first one for a repeat. Refusals: unknown member (BIZ_001), an event type
 * that the tenant gives nothing for (VALIDATION_ERROR), an order that had other points for it (CONFLICT) or was refunded in whole
 * (INVALID_STATE), and the ledger's.
 */
export async function earnForEvent(
  { ledger, opening, orders }: OrderTools,
  scope: TenantScope,
  asked: EarnForEvent,
  unit: UnitOfWork,
  answerOf: (outcome: Outcome) => Promise<Answer>,
): Promise<Answer> {
  await opening.existingWithin(scope, asked.memberId, unit);
  const { settings } = await ledger.definitions.within(scope, unit);
  const category = categoryOf(asked.eventType, settings.earningCategories);
  if (!category) {
    const known = eventTypes(settings.earningCategories);
    throw invalid({
      event_type: {
        zh: `无效的事件类型，可选：${known.join('、')}`,
        en: `Must be one of: ${known.join(', ')}`,
      },
    });
  }
  const order = asked.orderId === null ? null : await orders.open(scope, asked.orderId, asked.memberId, unit);
  const done = order?.awards[asked.eventType];
  if (done) {
    const refusal = whyDoneDifferently(done, asked.fingerprint);
    if (refusal) throw refusal;
    return done.answer as Answer;
  }
  const over = order && whyRefunded(order);
  if (over) throw over;
  const command: EarnCommand = {
    kind: 'earn',
    memberId: asked.memberId,
    points: asked.points,
    category,
    subcategory: null,
    reason: asked.description,
    sourceType: order ? 'order' : 'event',
    sourceId: order?.orderId ?? null,
    eventType: asked.eventType,
    ...(asked.eventType === 'PURCHASE'
      ? { boost: await purchaseBoost(ledger.models, scope, asked.memberId, new Date(), unit) }
      : {}),
    ...(order ? { relatedOrder: order.orderId } : {}),
  };
  const outcome = await commitOne(ledger, scope, command, unit);
  const answer = await answerOf(outcome);
  if (order)
    await orders.keep(
      scope,
      {
        ...order,
        awards: {
          ...order.awards,
          [asked.eventType]: {
            fingerprint: asked.fingerprint,
            recordId: outcome.record?._id ?? null,
            points: outcome.record?.points ?? 0,
            answer,
          },
        },
      },
      unit,
    );
  return answer;
}
