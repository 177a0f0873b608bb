/** The steps of a purchase that other services take, as the tests of vip speak of them. */
import * as contracts from '@membership/contracts/endpoints/vip/index';
import type { Client } from '@membership/contracts/client';
import { pointsHeld, pointsHoldRejected } from '@membership/contracts/events/points';
import { eventually, type ServiceKit } from '@membership/platform/testing/service-kit';

export type Bought = { readonly id: number; readonly member_id: number; readonly price_points: number };

export const purchaseOf = (client: Client, id: number) =>
  client.ask(contracts.getPurchase, { params: { id: String(id) } });

/** Waits until a purchase stands so. */
export const settled = (client: Client, id: number, status: string) =>
  eventually(async () => {
    const purchase = await purchaseOf(client, id);
    expect(purchase.status).toBe(status);
    return purchase;
  });

const hold = (purchase: Bought) => ({
  profileId: purchase.member_id,
  holdId: purchase.id,
  points: purchase.price_points,
  category: 'vip_upgrade',
  sourceType: 'vip_purchase',
  sourceId: purchase.id,
});

/** Points tells that the price is frozen. */
export const isHeld = (kit: ServiceKit, tenantId: number, purchase: Bought, id?: string) =>
  kit.publish(pointsHeld, {
    tenantId,
    subject: purchase.member_id,
    data: { ...hold(purchase), availableAfter: 0, frozenAfter: purchase.price_points, expiresAt: null },
    ...(id === undefined ? {} : { id }),
  });

/** Points tells that it is not, and why. */
export const isRejected = (
  kit: ServiceKit,
  tenantId: number,
  purchase: Bought,
  reason = 'INSUFFICIENT_POINTS',
) => {
  const { profileId, points, sourceType, sourceId } = hold(purchase);
  return kit.publish(pointsHoldRejected, {
    tenantId,
    subject: purchase.member_id,
    data: { profileId, points, sourceType, sourceId, reason },
  });
};
