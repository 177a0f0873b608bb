/** Redeeming points, and the administration of items and redemptions. */
import * as contracts from '@membership/contracts/endpoints/points/index';
import type { ItemOf, RequestOf } from '@membership/contracts/endpoint';
import type { Order } from '@membership/contracts/schemas';
import { given } from '@membership/platform/given';
import { implement, implementWrite, type Implementation } from '@membership/platform/http/implement';
import { requireMember } from '@membership/platform/scope';
import { sortOf } from '@membership/platform/sorting';
import type { Ledger } from '../ledger/ledger.ts';
import type { ProfileOpening } from '../ledger/profile-opening.ts';
import { redeem } from './redeem.ts';
import type { Redemption, RedemptionItem } from '../domain/redemption.ts';
import type { ItemChanges, RedemptionItems } from './redemption-items.ts';
import { settleRedemption } from './settle-redemption.ts';

const ITEM_ORDER: Record<string, string> = {
  created_at: 'createdAt',
  points_cost: 'cost',
  redemption_item_id: 'code',
};

const itemView = (item: RedemptionItem): ItemOf<typeof contracts.getRedemptionItem> => ({
  redemption_item_id: item.code,
  item_name: item.name,
  description: item.description,
  points_cost: item.cost,
  stock: item.stock,
  per_member_limit: item.perMemberLimit,
  needs_delivery: item.needsDelivery,
  delivery_days: item.deliveryDays,
  is_active: item.isActive,
  created_at: item.createdAt.toISOString(),
  updated_at: item.updatedAt.toISOString(),
});
const redemptionView = (redemption: Redemption): ItemOf<typeof contracts.getRedemption> => ({
  redemption_id: `RED${redemption._id}`,
  user_id: redemption.memberId,
  redemption_item_id: redemption.itemCode,
  item_name: redemption.itemName,
  quantity: redemption.quantity,
  points_cost: redemption.points,
  status: redemption.status,
  delivery_address: redemption.deliveryAddress,
  estimated_delivery: redemption.estimatedDelivery,
  tracking_code: redemption.trackingCode,
  reason: redemption.reason,
  created_at: redemption.createdAt.toISOString(),
  updated_at: redemption.updatedAt.toISOString(),
});

const changesOf = (body: RequestOf<typeof contracts.updateRedemptionItem>['body']): ItemChanges =>
  given({
    name: body.item_name,
    description: body.description,
    cost: body.points_cost,
    stock: body.stock,
    perMemberLimit: body.per_member_limit,
    needsDelivery: body.needs_delivery,
    deliveryDays: body.delivery_days,
    isActive: body.is_active,
  });

export function redemptionRoutes({
  ledger,
  opening,
  items,
}: {
  ledger: Ledger;
  opening: ProfileOpening;
  items: RedemptionItems;
}): Implementation[] {
  const oneRedemption = {
    inTurn: ({ params }: { readonly params: { readonly redemption_id: number } }) =>
      `redemption:${params.redemption_id}`,
  };
  return [
    implementWrite(
      contracts.redeemPoints,
      async ({ scope, body, unit }) => {
        const { redemption, remaining } = await redeem(
          { ledger, opening },
          scope,
          {
            memberId: requireMember(scope),
            itemCode: body.redemption_item_id,
            quantity: body.quantity,
            address: body.delivery_address ?? null,
          },
          unit,
        );
        return {
          redemption_id: `RED${redemption._id}`,
          item_name: redemption.itemName,
          points_cost: redemption.points,
          remaining_points: remaining,
          estimated_delivery: redemption.estimatedDelivery,
          tracking_code: redemption.trackingCode,
        };
      },
      { inTurn: ({ body }) => `item:${body.redemption_item_id}` },
    ),
    implement(contracts.listRedemptionItems, async ({ scope, query }) => {
      const sort = sortOf(query.ordering as Order[], ITEM_ORDER);
      const page = await items.list(scope, { page: query.page, size: query.limit, sort });
      return { ...page, items: page.items.map(itemView) };
    }),
    implement(contracts.getRedemptionItem, async ({ scope, params }) =>
      itemView(await items.get(scope, params.item_id)),
    ),
    implementWrite(contracts.createRedemptionItem, async ({ scope, body, unit }) => {
      const given = { ...changesOf(body), code: body.redemption_item_id };
      return itemView(await items.offer(scope, given as Parameters<typeof items.offer>[1], unit));
    }),
    implementWrite(contracts.updateRedemptionItem, async ({ scope, params, body, unit }) =>
      itemView(await items.change(scope, params.item_id, changesOf(body), unit)),
    ),
    implementWrite(contracts.deleteRedemptionItem, async ({ scope, params, unit }) => {
      await items.withdraw(scope, params.item_id, unit);
      return { redemption_item_id: params.item_id };
    }),
    implement(contracts.listRedemptions, async ({ scope, query }) => {
      const filter = { memberId: query.user_id, status: query.status };
      const page = await items.listRedemptions(scope, filter, { page: query.page, size: query.limit });
      return { ...page, items: page.items.map(redemptionView) };
    }),
    implement(contracts.getRedemption, async ({ scope, params }) =>
      redemptionView(await items.getRedemption(scope, params.redemption_id)),
    ),
    implementWrite(
      contracts.shipRedemption,
      async ({ scope, params, body, unit }) => {
        const step = { step: 'ship', trackingCode: body.tracking_code ?? null } as const;
        return redemptionView(await settleRedemption(ledger, scope, params.redemption_id, step, unit));
      },
      oneRedemption,
    ),
    implementWrite(
      contracts.completeRedemption,
      async ({ scope, params, unit }) =>
        redemptionView(
          await settleRedemption(ledger, scope, params.redemption_id, { step: 'complete' }, unit),
        ),
      oneRedemption,
    ),
    implementWrite(
      contracts.cancelRedemption,
      async ({ scope, params, body, unit }) => {
        const step = { step: 'cancel', reason: body.reason } as const;
        return redemptionView(await settleRedemption(ledger, scope, params.redemption_id, step, unit));
      },
      oneRedemption,
    ),
    implementWrite(
      contracts.returnRedemption,
      async ({ scope, params, body, unit }) => {
        const step = { step: 'return', reason: body.reason, restock: body.restock } as const;
        return redemptionView(await settleRedemption(ledger, scope, params.redemption_id, step, unit));
      },
      oneRedemption,
    ),
  ];
}
