/** What the platform tells of an order: paid, or refunded. Money in hundredths. */
import type { FactOf } from '@membership/contracts/event';
import type { orderCompleted, orderRefunded } from '@membership/contracts/events/orders';

/** Filled in when the order is counted. */
type Counted = 'profileId' | 'spentTotal' | 'orderCount';
export type OrderFact =
  | { readonly kind: 'completed'; readonly data: Omit<FactOf<typeof orderCompleted>, Counted> }
  | {
      readonly kind: 'refunded';
      readonly data: Omit<FactOf<typeof orderRefunded>, Counted>;
      /** Nothing of the order is left: it no longer counts as one. */
      readonly isWhole: boolean;
      /** The order was counted before; else it was cancelled before it was paid. */
      readonly wasCounted: boolean;
    };
