/** Redemptions: what was given for points, and the states that it goes through. Pure. */
import { invalidState, type Refusal } from '@membership/contracts/errors';

export type RedemptionItem = {
  readonly _id: number;
  readonly tenantId: number;
  /** The tenant's own code: what the API calls `redemption_item_id`. */
  readonly code: string;
  name: string;
  description: string;
  cost: number;
  stock: number;
  perMemberLimit: number | null;
  needsDelivery: boolean;
  deliveryDays: number;
  isActive: boolean;
  /** Counts its facts. Absent: a version before made it, and none was told. */
  readonly sequence?: number;
  readonly createdAt: Date;
  updatedAt: Date;
};
/** How many of an item a member has: what its limit is decided on. */
export type Taking = {
  /** `<item>:<member>` */
  readonly _id: string;
  readonly tenantId: number;
  readonly memberId: number;
  readonly quantity: number;
};
export type RedemptionStatus = 'requested' | 'shipped' | 'completed' | 'cancelled';
export type Address = { readonly name: string; readonly phone: string; readonly address: string };
export type Redemption = {
  readonly _id: number;
  readonly tenantId: number;
  readonly memberId: number;
  readonly itemId: number;
  readonly itemCode: string;
  readonly itemName: string;
  readonly quantity: number;
  readonly points: number;
  /** The spending that paid for it. */
  readonly recordId: number;
  readonly deliveryAddress: Address | null;
  readonly estimatedDelivery: string | null;
  status: RedemptionStatus;
  trackingCode: string | null;
  reason: string | null;
  sequence: number;
  readonly createdAt: Date;
  updatedAt: Date;
};
export type RedemptionStep = 'ship' | 'complete' | 'cancel' | 'return';

const ALLOWED: Readonly<Record<RedemptionStatus, readonly RedemptionStep[]>> = {
  requested: ['ship', 'complete', 'cancel'],
  shipped: ['complete', 'cancel'],
  completed: ['return'],
  cancelled: [],
};
export const statusAfter = {
  ship: 'shipped',
  complete: 'completed',
  cancel: 'cancelled',
  return: 'cancelled',
} as const;

/** Refuses a step that the state does not allow. */
export const whyNotStep = (status: RedemptionStatus, step: RedemptionStep): Refusal | undefined =>
  ALLOWED[status].includes(step) ? undefined : invalidState(status, ALLOWED[status]);
