/** What was decided about the points of a purchase that vip leads. */

/** `withdrawn`: it failed before its request came, which then freezes nothing. */
type State = 'held' | 'rejected' | 'captured' | 'released' | 'withdrawn';
export type PurchaseHold = {
  /** The purchase. */
  readonly _id: number;
  readonly tenantId: number;
  readonly memberId: number;
  readonly state: State;
  readonly holdId: number | null;
  readonly createdAt: Date;
};
