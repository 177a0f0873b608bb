/** What the platform knows of a shop's order: what it earned and used, each once, and what it cost. Pure. Money in hundredths. */
import { refuse, type Refusal } from '@membership/contracts/errors';

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
  readonly memberId: number;
  /** By the event type that points were given for. */
  readonly awards: Readonly<Record<string, Once>>;
  readonly use?: Once;
  readonly createdAt: Date;
  updatedAt: Date;
};

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
  if (order.memberId === memberId) return undefined;
  return refuse('CONFLICT', {
    text: { zh: '该订单属于其他会员', en: 'The order is another member’s' },
  });
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

/** How many points an order takes at most, and what they are worth: never more than it costs. `rate`: points per currency unit. */
export function discountFor(
  asked: number,
  amount: number,
  rate: number,
): { points: number; discount: number } {
  const needed = Math.ceil((amount * rate) / 100);
  const points = Math.min(asked, needed);
  return { points, discount: Math.min(amount, Math.floor((points * 100) / rate)) };
}
