/** Everything this service listens to: who exists, what points are worth, and what became of a purchase's price. */
import { pointsHeld, pointsHoldRejected, pointsSettingsUpdated } from '@membership/contracts/events/points';
import { PURCHASE_SOURCE } from '@membership/contracts/events/vip';
import { on, type Subscription } from '@membership/platform/consumer';
import type { Directory } from '@membership/platform/directory';
import type { PointsRateRepository } from './purchases/points-rate-repository.ts';
import { completePurchase, failPurchase, type SettleStores } from './purchases/settle-purchase.ts';

type Stores = SettleStores & {
  readonly directory: Directory;
  readonly pointsRates: PointsRateRepository;
};
/** The purchase that a hold is for; null when it is for something else. */
const purchaseOf = ({ sourceType, sourceId }: { sourceType: string; sourceId: number | string | null }) =>
  sourceType === PURCHASE_SOURCE ? Number(sourceId) : null;

export const subscriptions = (stores: Stores): Subscription[] => [
  ...stores.directory.subscriptions(),
  on(pointsSettingsUpdated, ({ data, envelope }, { scope, unit }) =>
    stores.pointsRates.project(scope, data.pointsRedeemedPerCurrencyUnit, envelope.sequence, unit),
  ),
  on(pointsHeld, async ({ data }, { scope, unit }) => {
    const purchaseId = purchaseOf(data);
    if (purchaseId !== null) await completePurchase(stores, scope, { purchaseId, now: new Date() }, unit);
  }),
  on(pointsHoldRejected, async ({ data: { reason, ...hold } }, { scope, unit }) => {
    const purchaseId = purchaseOf(hold);
    if (purchaseId !== null) await failPurchase(stores, scope, { purchaseId, reason, now: new Date() }, unit);
  }),
];
