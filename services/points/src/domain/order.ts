/** What the platform knows of a shop's order: what it earned and used, each once, and what it cost. Pure. Money in hundredths. */
import { invalidState, refuse, type Refusal } from '@membership/contracts/errors';
import { proRata } from './profile.ts';

/** An effect that an order has once. A repeat of the same request gets the same answer. */
export type Once = {
  /** Of the request: another one for the same effect is refused. */
  readonly fingerprint: string;
  readonly recordId: number | null;
  readonly points: number;
  /** What the first request was answered. Absent: another door did it. */
  readonly answer?: Readonly<Record<string, unknown>>;
};
export type Order = {
  /** `<tenant>:<order>` */
  readonly _id: string;
  readonly tenantId: number;
  readonly orderId: string;
  /** null: only refunds were told of it, and none said whose it is. */
  readonly memberId: number | null;
  /** By the event type that points were given for. */
  readonly awards: Readonly<Record<string, Once>>;
  readonly use?: Once;
  /** What was paid for it, once that is told. */
  readonly paid?: number;
  readonly refunded?: Refunded;
  /** Refunds that were told before it was paid: they are done once it is. */
  readonly early?: readonly EarlyRefund[];
  /** Points of its purchase that were never given, since their part was refunded before. They count as undone. */
  readonly withheld?: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

export const orderKey = (tenantId: number, orderId: string): string => `${tenantId}:${orderId}`;

/** An order that nothing is known of yet but, perhaps, whose it is. */
export const newOrder = (tenantId: number, orderId: string, memberId: number | null, now: Date): Order => ({
  _id: orderKey(tenantId, orderId),
  ...{ tenantId, orderId, memberId, awards: {}, createdAt: now, updatedAt: now },
});

/** What refunds have undone of an order so far. */
export type Refunded = {
  readonly amount: number;
  /** Points of its award and of its use that were undone. */
  readonly earned: number;
  readonly used: number;
  /** Nothing is left to refund. */
  readonly isWhole: boolean;
};
export const NOT_REFUNDED: Refunded = { amount: 0, earned: 0, used: 0, isWhole: false };
export type EarlyRefund = {
  readonly refundId: string | null;
  /** null: all of the order. */
  readonly amount: number | null;
  readonly reason: string | null;
};
/** Refunds of one order that are kept until it is paid. */
const EARLY_AT_MOST = 100;

/** Categories of what the member system gives points for; an earning category in capitals stands for itself. */
const CATEGORIES: Readonly<Record<string, string>> = {
  PURCHASE: 'payment',
  LOGIN: 'login',
  REFERRAL: 'referral',
  REVIEW: 'community',
};

/** The category of an event type among those that the tenant gives points under, or undefined. */
export function categoryOf(eventType: string, earningCategories: readonly string[]): string | undefined {
  const category = Object.hasOwn(CATEGORIES, eventType) ? CATEGORIES[eventType] : eventType.toLowerCase();
  return earningCategories.find((known) => known === category);
}

/** What may stand as an event type. */
export const eventTypes = (earningCategories: readonly string[]): string[] => [
  ...new Set([...Object.keys(CATEGORIES), ...earningCategories.map((category) => category.toUpperCase())]),
];

/** Refuses an order that was somebody else's first. */
export function whyNotTheirs(order: Pick<Order, 'memberId'>, memberId: number): Refusal | undefined {
  if (order.memberId === memberId || order.memberId === null) return undefined;
  return refuse('CONFLICT', {
    text: { zh: '该订单属于其他会员', en: 'The order is another member’s' },
  });
}

/** Refuses to complete an order twice. */
export function whyCompleted({ paid }: Pick<Order, 'paid'>): Refusal | undefined {
  if (paid === undefined) return undefined;
  return refuse('CONFLICT', { text: { zh: '该订单已完成', en: 'The order was completed before' } });
}

/** Refuses a second request for what an order has had, unless it is the same one. */
export function whyDoneDifferently(done: Once, fingerprint: string): Refusal | undefined {
  if (done.fingerprint === fingerprint && done.answer) return undefined;
  return refuse('CONFLICT', {
    text: {
      zh: '该订单的此项积分操作已经完成，且请求内容不同',
      en: 'This was done for the order already, by another request',
    },
    details: { transaction_id: done.recordId === null ? null : `PT${done.recordId}` },
  });
}

/**
 * What so many points are worth to an order, and the fewest points that give it: never more than it costs, and none that give
 * less than the smallest part of the money. `rate`: points per currency unit.
 */
export function discountFor(
  asked: number,
  amount: number,
  rate: number,
): { points: number; discount: number } {
  const discount = Math.min(amount, Math.floor((asked * 100) / rate));
  return { points: Math.ceil((discount * rate) / 100), discount };
}

/** What a member's orders come to: what was paid for them and not refunded, and how many of them count. */
export function spendingOf(orders: readonly Pick<Order, 'paid' | 'refunded'>[]): {
  spent: number;
  count: number;
} {
  const paid = orders.filter((order) => order.paid !== undefined);
  return {
    spent: paid.reduce((sum, { paid: amount = 0, refunded }) => sum + amount - (refunded?.amount ?? 0), 0),
    count: paid.filter(({ refunded }) => !refunded?.isWhole).length,
  };
}

/** Refuses to give, take or count anything for an order that was refunded in whole. */
export function whyRefunded({ refunded }: Pick<Order, 'refunded'>): Refusal | undefined {
  if (!refunded?.isWhole) return undefined;
  return invalidState('refunded', [], { zh: '该订单已全额退款', en: 'The order was refunded in whole' });
}

/**
 * An order with a refund that is told before it is paid. All of it: nothing can be given, taken or used for it any more; a part
 * waits until it is known what it is a part of. Refuses (INVALID_STATE) when nothing is left, (CONFLICT) very many parts.
 */
export function withEarlyRefund(order: Order, refund: EarlyRefund): Order | Refusal {
  const over = whyRefunded(order);
  if (over) return over;
  const { early = [], awards, use } = order;
  if (early.length >= EARLY_AT_MOST)
    return refuse('CONFLICT', {
      text: {
        zh: `该订单尚未完成，最多保留 ${EARLY_AT_MOST} 笔退款`,
        en: `The order is not paid yet: at most ${EARLY_AT_MOST} refunds of it are kept`,
      },
    });
  const all = { amount: 0, earned: awards.PURCHASE?.points ?? 0, used: use?.points ?? 0, isWhole: true };
  return {
    ...order,
    early: [...early, refund],
    ...(refund.amount === null ? { refunded: all } : {}),
  };
}

/** The refunds that were told before an order was paid, each with what it comes to of what was paid: together no more than that. */
export function earlyRefundsOf(
  { early, refunded }: Order,
  paid: number,
): (EarlyRefund & { amount: number })[] {
  const whole: EarlyRefund = { refundId: null, amount: null, reason: null };
  let left = paid;
  return (early ?? (refunded?.isWhole ? [whole] : [])).map((refund) => {
    const amount = Math.min(refund.amount ?? left, left);
    left -= amount;
    return { ...refund, amount };
  });
}

/**
 * What a refund of so much (null: of all that is left) of a paid order undoes. Refuses (CONFLICT) more than is left,
 * (INVALID_STATE) when nothing is left.
 */
export function refundOf(order: Order, asked: number | null): (Refunded & { now: Refunded }) | Refusal {
  const over = whyRefunded(order);
  if (over) return over;
  const { paid: total = 0, refunded: before = NOT_REFUNDED } = order;
  const left = total - before.amount;
  if (asked !== null && asked > left)
    return refuse('CONFLICT', {
      text: { zh: '退款金额超过订单可退金额', en: 'More than is left of the order' },
      details: {
        order_amount: total / 100,
        refunded_amount: before.amount / 100,
        refundable_amount: left / 100,
      },
    });
  const amount = before.amount + (asked ?? left);
  const isWhole = amount >= total;
  // Shares of the sum, so that parts never add up to more or less than the whole.
  const share = (points: number) => (isWhole ? points : proRata(points, amount, total));
  const earned = share((order.awards.PURCHASE?.points ?? 0) + (order.withheld ?? 0));
  const used = share(order.use?.points ?? 0);
  return {
    ...{ amount, earned, used, isWhole },
    now: {
      amount: amount - before.amount,
      earned: earned - before.earned,
      used: used - before.used,
      isWhole,
    },
  };
}
