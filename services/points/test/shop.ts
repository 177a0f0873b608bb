/** A shop that tells of its orders, for tests: as the gateway passes it on once it has checked who tells. */
import * as points from '@membership/contracts/endpoints/points/index';
import type { MemberSystemKit } from './member-system-kit.ts';

let orders = 0;
/** An order's id that no other test has. */
export const anOrder = (): string => `ORD${100_000 + ++orders}-${Date.now()}`;

export type Shop = ReturnType<typeof shopOf>;

export function shopOf(
  { kit }: { readonly kit: Pick<MemberSystemKit['kit'], 'as'> },
  { tenantId = 1 }: { tenantId?: number } = {},
) {
  const tell = (type: string, data: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    kit.as({ role: 'internal', tenantId }).call(points.takeWebhook, {
      body: {
        event_type: type,
        event_data: data,
        timestamp: new Date().toISOString(),
        ...more,
      } as never,
    });
  return {
    tell,
    completed: (member: number, order: string, amount: number, more: Record<string, unknown> = {}) =>
      tell('ORDER_COMPLETED', {
        user_id: member,
        order_id: order,
        order_amount: amount,
        payment_time: '2024-09-17T10:00:00Z',
        items: [{ product_id: 'P123', category: 'electronics', quantity: 1, price: amount }],
        ...more,
      }),
    refunded: (order: string, more: Record<string, unknown> = {}) =>
      tell('ORDER_REFUNDED', { order_id: order, ...more }),
  };
}
