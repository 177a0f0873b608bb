/** A purchase of a tag with points: asked for, then completed or failed, once. Pure. */
import type { purchaseStatuses } from '@membership/contracts/endpoints/vip/purchases';
import type { FactOf } from '@membership/contracts/event';
import type { vipPurchaseRequested } from '@membership/contracts/events/vip';
import type { Offer } from './quote-tag.ts';

export type PurchaseStatus = (typeof purchaseStatuses)[number];
export type Purchase = {
  readonly _id: number;
  readonly tenantId: number;
  readonly memberId: number;
  readonly tagId: number;
  readonly tagName: string;
  readonly tagCode: string;
  readonly status: PurchaseStatus;
  readonly days: number;
  /** As it was stated: what points freezes, whatever the tag costs by then. */
  readonly minor: number;
  readonly currency: string;
  readonly points: number;
  /** Whether the tag is to renew itself from then on; null: as before. */
  readonly autoRenew: boolean | null;
  /** The holding, and its end, for which an auto-renewal started this; null when a person asked for it. */
  readonly renewsUserTagId: number | null;
  readonly renewsEnd: Date | null;
  /** Why it failed. */
  readonly reason: string | null;
  readonly userTagId: number | null;
  /** Until then it may be completed; from then on the timeout may fail it. */
  readonly dueAt: Date;
  /** Events of this purchase so far. */
  readonly sequence: number;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
};
export type Settlement = Pick<Purchase, 'status' | 'reason' | 'userTagId'> & { readonly settledAt: Date };

type Terms = Pick<Purchase, 'autoRenew' | 'renewsUserTagId' | 'renewsEnd'> & {
  readonly now: Date;
  readonly timeoutMs: number;
};

/** A purchase that has been asked for. */
export function request(
  { tag, days, price }: Offer,
  ids: Pick<Purchase, '_id' | 'tenantId' | 'memberId'>,
  { now, timeoutMs, ...wishes }: Terms,
): Purchase {
  return {
    ...ids,
    ...wishes,
    tagId: tag._id,
    tagName: tag.name,
    tagCode: tag.code,
    status: 'requested',
    days,
    minor: price.minor,
    currency: price.currency,
    points: price.points,
    reason: null,
    userTagId: null,
    dueAt: new Date(now.getTime() + timeoutMs),
    sequence: 1,
    createdAt: now,
    settledAt: null,
  };
}

/** Whether the tag itself started it, because it was to end. */
export const isAutoRenewal = ({ renewsEnd }: Pick<Purchase, 'renewsEnd'>): boolean => Boolean(renewsEnd);

export const factOf = (purchase: Purchase): FactOf<typeof vipPurchaseRequested> => ({
  purchaseId: purchase._id,
  memberId: purchase.memberId,
  tagId: purchase.tagId,
  tagCode: purchase.tagCode,
  durationDays: purchase.days,
  pricePoints: purchase.points,
  status: purchase.status,
  reason: purchase.reason,
  userTagId: purchase.userTagId,
  ...(isAutoRenewal(purchase) ? { isAutoRenewal: true } : {}),
});
