/** A member redeems points for an item: points, stock and limit move together or not at all. */
import { invalid, notFound, refuse } from '@membership/contracts/errors';
import { dayOf, plusDays } from '@membership/platform/calendar';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { findByCode } from '@membership/platform/spelling';
import type { Ledger } from '../ledger/ledger.ts';
import { commitOne } from '../ledger/commit.ts';
import type { SpendCommand } from '../ledger/command.ts';
import type { ProfileOpening } from '../ledger/profile-opening.ts';
import { announceRedemption } from './announce-redemption.ts';
import type { Address, Redemption, RedemptionItem } from '../domain/redemption.ts';

export type Redeeming = {
  readonly memberId: number;
  readonly itemCode: string;
  readonly quantity: number;
  readonly address: Address | null;
};

/**
 * Refusals: unknown item (BIZ_001), no address for an item that is sent (VALIDATION_ERROR), then INSUFFICIENT_POINTS,
 * OUT_OF_STOCK, MEMBER_LIMIT_REACHED in this order, and POINTS_DISABLED.
 */
export async function redeem(
  { ledger, opening }: { readonly ledger: Ledger; readonly opening: ProfileOpening },
  scope: TenantScope,
  { memberId, itemCode, quantity, address }: Redeeming,
  unit: UnitOfWork,
): Promise<{ redemption: Redemption; remaining: number }> {
  const { models, ids } = ledger;
  const { session } = unit;
  await opening.existingWithin(scope, memberId, unit);
  const item = await findByCode(models.redemptionItems, scope, itemCode, { isActive: true, session });
  if (!item) throw notFound();
  if (item.needsDelivery && !address)
    throw invalid({ delivery_address: { zh: '请填写收货地址', en: 'Say where it should be sent' } });
  const redemptionId = await ids.next('redemptions');
  const command: SpendCommand = {
    kind: 'spend',
    memberId,
    points: item.cost * quantity,
    category: 'redemption',
    subcategory: null,
    reason: `积分兑换：${item.name}`,
    sourceType: 'redemption',
    sourceId: redemptionId,
    eventType: 'REDEMPTION',
    isOfPlatform: true,
  };
  const { record, profile, at } = await commitOne(ledger, scope, command, unit);
  await takeStock(ledger, scope, item, quantity, unit);
  await takeOfLimit(ledger, scope, item, memberId, quantity, unit);
  const redemption: Redemption = {
    _id: redemptionId,
    tenantId: scope.tenantId,
    memberId,
    itemId: item._id,
    itemCode: item.code,
    itemName: item.name,
    quantity,
    points: command.points,
    recordId: record?._id as number,
    deliveryAddress: address,
    estimatedDelivery: item.needsDelivery
      ? plusDays(dayOf(await ledger.zoneOf(scope), at), item.deliveryDays)
      : null,
    status: 'requested',
    trackingCode: null,
    reason: null,
    sequence: 1,
    createdAt: at,
    updatedAt: at,
  };
  await models.redemptions.insert(scope, [redemption], { session });
  announceRedemption(unit, scope, redemption);
  return { redemption, remaining: profile.available };
}

async function takeStock(
  { models }: Ledger,
  scope: TenantScope,
  item: RedemptionItem,
  quantity: number,
  { session }: UnitOfWork,
): Promise<void> {
  const { matched } = await models.redemptionItems.updateOne(
    scope,
    { _id: item._id, stock: { $gte: quantity } },
    { $inc: { stock: -quantity } },
    { session },
  );
  if (matched === 0)
    throw refuse('OUT_OF_STOCK', { details: { requested: quantity, available_stock: item.stock } });
}

/** Counted for every item, so that a limit set later knows what was taken before. */
async function takeOfLimit(
  { models }: Ledger,
  scope: TenantScope,
  { _id: itemId, perMemberLimit }: RedemptionItem,
  memberId: number,
  quantity: number,
  { session }: UnitOfWork,
): Promise<void> {
  const taking = await models.takings.change(
    scope,
    { _id: `${itemId}:${memberId}` },
    { $inc: { quantity }, $setOnInsert: { memberId } },
    { session, upsert: true },
  );
  const taken = (taking?.quantity ?? quantity) - quantity;
  if (perMemberLimit !== null && taken + quantity > perMemberLimit)
    throw refuse('MEMBER_LIMIT_REACHED', { details: { limit: perMemberLimit, used: taken } });
}
