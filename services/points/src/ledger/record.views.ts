/** Records and receipts as clients see them (seed 001). */
import type { ItemOf } from '@membership/contracts/endpoint';
import type {
  adjustPoints,
  cancelPointsRecord,
  earnPoints,
  getPointsRecord,
  spendPoints,
  summarizePointsRecords,
  transferPoints,
} from '@membership/contracts/endpoints/points/index';
import type { Tenant } from '@membership/platform/directory';
import type { Level } from '../domain/level.ts';
import type { LevelChange, Outcome } from './outcome.ts';
import type { RecordSum } from '../domain/record-sums.ts';
import { multiplierText, type Profile } from '../domain/profile.ts';
import type { PointsRecord } from '../domain/record.ts';

const DAY = 86_400_000;
const recordOf = ({ record }: Outcome): PointsRecord => {
  if (!record) throw new Error('this movement left no record');
  return record;
};
export const levelChangeView = ({ upgraded, previous, current }: LevelChange) => ({
  upgraded,
  previous_level: previous?.name ?? null,
  current_level: current?.name ?? null,
});

export const earnReceipt = (outcome: Outcome): ItemOf<typeof earnPoints> => ({
  record_id: recordOf(outcome)._id,
  new_total_points: outcome.profile.total,
  level_change: levelChangeView(outcome.levelChange),
  applied_multiplier: recordOf(outcome).multiplier / 100,
  actual_points_added: recordOf(outcome).points,
  timestamp: outcome.at.toISOString(),
});
export const spendReceipt = (outcome: Outcome): ItemOf<typeof spendPoints> => ({
  record_id: recordOf(outcome)._id,
  new_total_points: outcome.profile.total,
  remaining_points: outcome.profile.available,
  timestamp: outcome.at.toISOString(),
});
export const adjustReceipt = (outcome: Outcome): ItemOf<typeof adjustPoints> => ({
  ...spendReceipt(outcome),
  level_change: levelChangeView(outcome.levelChange),
});

export const transferReceipt = (outcome: Outcome, toMember: number): ItemOf<typeof transferPoints> => ({
  record_id: recordOf(outcome)._id,
  to_member: toMember,
  points_transferred: -recordOf(outcome).points,
  new_total_points: outcome.profile.total,
  remaining_points: outcome.profile.available,
  timestamp: outcome.at.toISOString(),
});
export const cancelReceipt = (outcome: Outcome, cancelledId: number): ItemOf<typeof cancelPointsRecord> => ({
  record_id: outcome.record?._id ?? null,
  cancelled_record_id: cancelledId,
  points_reversed: outcome.record?.points ?? 0,
  points_owed: outcome.owed ?? 0,
  new_total_points: outcome.profile.total,
  remaining_points: outcome.profile.available,
  level_change: levelChangeView(outcome.levelChange),
  timestamp: outcome.at.toISOString(),
});

export function recordsSummaryView(sums: readonly RecordSum[]): ItemOf<typeof summarizePointsRecords> {
  const byType = { earn: 0, spend: 0, adjust: 0, expire: 0 };
  const byStatus = { active: 0, expired: 0, cancelled: 0 };
  const byCategory: Record<string, number> = {};
  let [total, earned, spent] = [0, 0, 0];
  for (const sum of sums) {
    total += sum.records;
    byType[sum.type] += sum.records;
    byStatus[sum.status] += sum.records;
    byCategory[sum.category] = (byCategory[sum.category] ?? 0) + sum.records;
    earned += sum.earned;
    spent += sum.spent;
  }
  return {
    total_records: total,
    by_type: byType,
    by_category: byCategory,
    by_status: byStatus,
    total_points_flow: { earned, spent, net: earned - spent },
  };
}

export function recordView(
  record: PointsRecord,
  profile: Profile | undefined,
  levels: readonly Level[],
  tenant: Tenant,
  now: Date,
): ItemOf<typeof getPointsRecord> {
  const isExpired =
    record.status === 'expired' ||
    (record.type !== 'spend' && record.expiresAt !== null && record.expiresAt <= now);
  return {
    id: record._id,
    tenant_user_profile: record.memberId,
    member: record.memberId,
    tenant: record.tenantId,
    point_type: record.type,
    category: record.category,
    subcategory: record.subcategory,
    points: record.points,
    balance_before: record.balanceBefore,
    balance_after: record.balanceAfter,
    tenant_multiplier: multiplierText(record.multiplier),
    original_points: record.originalPoints,
    source_type: record.sourceType,
    source_id: record.sourceId,
    source_description: record.reason,
    earned_at: record.createdAt.toISOString(),
    expires_at: record.expiresAt?.toISOString() ?? null,
    expired_at: record.expiredAt?.toISOString() ?? null,
    operation_reason: record.reason,
    operator_id: record.operatorId,
    batch_id: record.batchId,
    status: record.status,
    is_manual: record.sourceType === 'manual',
    rule_id: record.ruleId,
    event_id: record.eventId,
    reverses_record_id: record.reversalOf ?? null,
    hold_id: record.holdId ?? null,
    member_info: { id: record.memberId, username: profile?.username ?? '' },
    tenant_info: { id: tenant._id, name: tenant.name },
    profile_info: {
      id: record.memberId,
      total_points: profile?.total ?? 0,
      current_level_name: levels.find((level) => level._id === profile?.levelId)?.name ?? null,
    },
    is_expired: isExpired,
    days_until_expiry:
      record.expiresAt === null
        ? null
        : Math.max(0, Math.floor((record.expiresAt.getTime() - now.getTime()) / DAY)),
    created_at: record.createdAt.toISOString(),
    created_by_id: record.operatorId,
  };
}
