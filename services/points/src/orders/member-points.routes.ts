/** Points of the member system: given by other systems, used for orders, and listed. */
import * as contracts from '@membership/contracts/endpoints/points/index';
import type { ItemOf } from '@membership/contracts/endpoint';
import { dayOf, endOfDay, startOfDay } from '@membership/platform/calendar';
import { canonicalJson } from '@membership/platform/canonical-json';
import { implement, implementWrite, type Implementation } from '@membership/platform/http/implement';
import { digest, requireMemberId, requireOwn } from '@membership/platform/scope';
import type { PointsRecord, PointType } from '../domain/record.ts';
import type { CurrentProfiles } from '../ledger/current-profiles.ts';
import type { ProfileRepository } from '../ledger/profile-repository.ts';
import { earnForEvent } from './earn-for-event.ts';
import type { OrderTools } from './order-tools.ts';
import { useForOrder } from './use-for-order.ts';

type Transaction = ItemOf<typeof contracts.listPointsTransactions>;
const TYPES = { EARN: 'earn', USE: 'spend', ADJUST: 'adjust', EXPIRE: 'expire' } as const;
const NAMES = { earn: 'EARN', spend: 'USE', adjust: 'ADJUST', expire: 'EXPIRE' } as const satisfies Record<
  PointType,
  Transaction['type']
>;

/** The same request written in another order of keys is the same request. */
const fingerprintOf = (body: unknown): string => digest(canonicalJson(body));

const transactionView = (record: PointsRecord, zone: string): Transaction => ({
  transaction_id: `PT${record._id}`,
  type: NAMES[record.type],
  event_type: record.eventType ?? record.category.toUpperCase(),
  points: record.points,
  description: record.reason ?? '',
  related_order: record.relatedOrder ?? null,
  created_at: record.createdAt.toISOString(),
  expiry_date: record.expiresAt && dayOf(zone, record.expiresAt),
});

export function memberPointsRoutes({
  profiles,
  current,
  ...tools
}: OrderTools & {
  readonly profiles: ProfileRepository;
  readonly current: CurrentProfiles;
}): Implementation[] {
  const { ledger } = tools;
  return [
    implement(contracts.listPointsTransactions, async ({ scope, query }) => {
      const memberId = requireMemberId(scope);
      // What has ended is ended before it is listed and summed up.
      const profile = await current.get(scope, memberId);
      const zone = await ledger.zoneOf(scope);
      const { profiles: _read, ...page } = await profiles.listRecords(
        scope,
        {
          memberId,
          type: query.type === 'ALL' ? undefined : TYPES[query.type],
          from: query.start_date === undefined ? undefined : startOfDay(zone, query.start_date),
          to: query.end_date === undefined ? undefined : endOfDay(zone, query.end_date),
        },
        {
          ...{ page: query.page, size: query.limit, cursor: query.cursor },
          sort: { createdAt: -1, _id: -1 },
        },
      );
      const summary = {
        total_earned: profile.earnedTotal,
        total_used: profile.spentTotal,
        current_balance: profile.available,
      };
      return {
        ...page,
        items: page.items.map((record) => transactionView(record, zone)),
        beside: { summary },
      };
    }),
    implementWrite(contracts.earnMemberPoints, async ({ scope, body, unit }) => {
      const answer = await earnForEvent(
        tools,
        scope,
        {
          memberId: body.user_id,
          eventType: body.event_type,
          points: body.points,
          description: body.description ?? null,
          orderId: body.related_order ?? null,
          fingerprint: fingerprintOf(body),
        },
        unit,
        async ({ record, profile, levelChange }) => ({
          transaction_id: `PT${record?._id}`,
          points_earned: record?.points ?? 0,
          total_points: profile.total,
          expiry_date: record?.expiresAt ? dayOf(await ledger.zoneOf(scope), record.expiresAt) : null,
          level_upgraded: levelChange.upgraded,
        }),
      );
      return answer as ItemOf<typeof contracts.earnMemberPoints>;
    }),
    implementWrite(contracts.useMemberPoints, async ({ scope, body, unit }) => {
      requireOwn(scope, body.user_id);
      return useForOrder(
        tools,
        scope,
        {
          memberId: body.user_id,
          points: body.points_to_use,
          amount: Math.round(body.order_amount * 100),
          orderId: body.order_id,
          fingerprint: fingerprintOf(body),
        },
        unit,
      );
    }),
  ];
}
