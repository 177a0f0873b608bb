/** Facts of other services, as they would publish them; time and id can be chosen. */
import { randomUUID } from 'node:crypto';
import type { Envelope, EventDefinition, FactOf } from '@membership/contracts/event';
import * as gateway from '@membership/contracts/events/gateway';
import * as licenses from '@membership/contracts/events/licenses';
import * as memberSystem from '@membership/contracts/events/member-system';
import * as orders from '@membership/contracts/events/orders';
import * as points from '@membership/contracts/events/points';
import * as vip from '@membership/contracts/events/vip';
import { eventually, type ServiceKit } from '@membership/platform/testing/service-kit';
import { positionOf, type Head } from '../src/archive/positions.ts';
import type { Generation, Position } from '../src/projecting/models.ts';

export type Told = {
  readonly tenantId: number;
  readonly sequence?: number;
  readonly time?: string;
  readonly id?: string;
  readonly actor?: string;
};

/** Builds an event of a story. */
export function fact<E extends EventDefinition>(
  event: E,
  subject: number,
  {
    tenantId,
    sequence = 1,
    time = new Date().toISOString(),
    id = randomUUID(),
    actor = 'client:tests',
  }: Told,
  data: FactOf<E>,
): Envelope {
  return {
    specversion: '1.0',
    id,
    source: `/services/${event.producer}`,
    type: event.type,
    subject: String(subject),
    time,
    datacontenttype: 'application/json',
    tenantid: tenantId,
    actor,
    correlationid: 'tests',
    sequence,
    data: event.data.parse(data) as Record<string, unknown>,
  };
}

/** Publishes events in this order. */
export async function tell(kit: ServiceKit, ...events: readonly Envelope[]): Promise<void> {
  for (const event of events) await kit.publishRaw(event.type, Buffer.from(JSON.stringify(event)));
}

/**
 * So many events are archived, of a tenant where one is named, and every projector has counted what is archived into the
 * generation that answers.
 */
export async function allCounted(
  kit: ServiceKit,
  events: number,
  of: { tenantId?: number } = {},
): Promise<void> {
  await eventually(async () =>
    expect(await kit.connection.collection('archive').countDocuments(of)).toBe(events),
  );
  await projected(kit);
}

/** Every projector has counted what is archived now. */
export async function projected({ connection }: ServiceKit): Promise<void> {
  const head = await connection.collection<Head>('archive_head').findOne({});
  await eventually(async () => {
    const generations = await connection
      .collection<Generation>('generations')
      // Base figures answer nothing.
      .find({ projector: { $exists: true, $not: /[.]/ }, replacedAt: { $exists: false } })
      .toArray();
    const positions = await connection
      .collection<Position>('positions')
      .find({}, { readConcern: { level: 'majority' } })
      .toArray();
    const serving = generations.filter(({ wholeAt }) => wholeAt);
    const names = (some: readonly Generation[]) => new Set(some.map(({ projector }) => projector));
    expect(names(serving)).toEqual(names(generations));
    expect(serving.length).toBeGreaterThan(0);
    for (const { _id, partitions } of serving) {
      const own = positions.filter(({ generation }) => generation === _id);
      expect(own).toHaveLength(partitions as number);
      expect(Math.min(...own.map(({ countedTo }) => countedTo))).toBeGreaterThanOrEqual(positionOf(head));
    }
  });
}

export const aTenant = (
  told: Told,
  timezone: string,
  event: EventDefinition<string, typeof gateway.tenantUpdated.data> = gateway.tenantUpdated,
) =>
  fact(event, told.tenantId, told, {
    tenantId: told.tenantId,
    code: `t${told.tenantId}`,
    name: `Tenant ${told.tenantId}`,
    timezone,
    locale: 'zh-CN',
    isActive: true,
  });

export const memberData = (memberId: number, isActive: boolean) => ({
  memberId,
  username: `m${memberId}`,
  email: `m${memberId}@example.com`,
  displayName: `m${memberId}`,
  role: 'member' as const,
  isActive,
  externalId: null,
  joinedAt: new Date().toISOString(),
});
export const joined = (memberId: number, told: Told, isActive = true) =>
  fact(gateway.memberCreated, memberId, told, memberData(memberId, isActive));
export const deactivated = (memberId: number, told: Told) =>
  fact(gateway.memberDeactivated, memberId, told, memberData(memberId, false));
export const reactivated = (memberId: number, told: Told) =>
  fact(gateway.memberReactivated, memberId, told, memberData(memberId, true));
export const loggedIn = (memberId: number, told: Told) =>
  fact(gateway.memberLoggedIn, memberId, told, { memberId, at: new Date().toISOString() });

/** Of which lots the points of a movement are; without them it is told by a profile of a version before. */
export type Lots = NonNullable<FactOf<typeof points.pointsSpent>['lots']>;
type Movement = Told & { readonly balance: number; readonly category?: string; readonly lots?: Lots };
const movement = (
  profileId: number,
  amount: number,
  { balance, category = 'login', lots }: Pick<Movement, 'balance' | 'category' | 'lots'>,
) => ({
  profileId,
  recordId: 1,
  points: amount,
  category,
  subcategory: null,
  sourceType: 'system',
  sourceId: null,
  balanceAfter: balance,
  availableAfter: balance,
  ...(lots ? { lots } : {}),
});
export const earned = (memberId: number, amount: number, told: Movement) =>
  fact(points.pointsEarned, memberId, told, {
    ...movement(memberId, amount, told),
    askedPoints: amount,
    multiplier: '1.00',
    expiresAt: null,
    ruleId: null,
  });
export const spent = (memberId: number, amount: number, told: Movement) =>
  fact(points.pointsSpent, memberId, told, movement(memberId, -amount, told));
export const expired = (memberId: number, amount: number, told: Movement) =>
  fact(points.pointsExpired, memberId, told, movement(memberId, -amount, told));
export const adjusted = (memberId: number, amount: number, told: Movement) =>
  fact(points.pointsAdjusted, memberId, told, {
    ...movement(memberId, amount, told),
    reason: 'by hand',
  });

/** Moves so many points the other way, of what was earned, spent or expired. */
export const undone = (
  counter: 'earned' | 'spent' | 'expired',
  memberId: number,
  amount: number,
  told: Movement,
) =>
  fact(points.pointsReversed, memberId, told, {
    ...movement(memberId, amount, told),
    reversedRecordId: 1,
    counter,
    owedPoints: 0,
    isRemainder: false,
    reason: null,
  });
/** Takes back what was earned, in whole or in part. */
export const takenBack = (memberId: number, amount: number, told: Movement) =>
  undone('earned', memberId, -amount, told);
export const lotsListed = (
  memberId: number,
  lots: FactOf<typeof points.profileLotsListed>['lots'],
  told: Told,
) => fact(points.profileLotsListed, memberId, told, { profileId: memberId, lots });
/** So many points are worth one unit of currency. */
export const worth = (pointsRedeemedPerCurrencyUnit: number, told: Told) =>
  fact(points.pointsSettingsUpdated, told.tenantId, told, {
    ...{ pointsRedeemedPerCurrencyUnit, pointsEarnedPerCurrencyUnit: 1 },
  });

/** A member's profile as it begins: at the member level, or at none. */
export const opened = (memberId: number, memberLevelId: number | null, told: Told) =>
  fact(points.profileCreated, memberId, told, {
    profileId: memberId,
    levelId: 1,
    levelName: '青铜会员',
    memberLevelId,
    memberLevelName: memberLevelId === null ? null : `level ${memberLevelId}`,
  });
const definition = (levelId: number, levelName: string, requiredSpent: number) => ({
  levelId,
  levelName,
  levelCode: `L${levelId}`,
  requiredSpent,
});
export const levelDefined = (levelId: number, name: string, requiredSpent: number, told: Told) =>
  fact(memberSystem.memberLevelCreated, levelId, told, definition(levelId, name, requiredSpent));
export const levelRenamed = (levelId: number, name: string, requiredSpent: number, told: Told) =>
  fact(memberSystem.memberLevelUpdated, levelId, told, definition(levelId, name, requiredSpent));
export const levelRemoved = (levelId: number, name: string, requiredSpent: number, told: Told) =>
  fact(memberSystem.memberLevelDeleted, levelId, told, definition(levelId, name, requiredSpent));
export const levelled = (memberId: number, from: number, to: number, told: Told) =>
  fact(memberSystem.memberLevelChanged, memberId, told, {
    profileId: memberId,
    previousLevelId: from,
    previousLevelName: `level ${from}`,
    levelId: to,
    levelName: `level ${to}`,
    levelCode: `L${to}`,
    isUpgrade: to > from,
    reason: 'spending',
  });
export const userLevelDefined = (levelId: number, levelName: string, minPoints: number, told: Told) =>
  fact(points.userLevelCreated, levelId, told, {
    ...{ levelId, levelName, levelCode: `U${levelId}`, levelOrder: levelId, minPoints, maxPoints: null },
    ...{ isActive: true, isDefault: levelId === 1 },
  });
export const promoted = (memberId: number, from: number | null, to: number, told: Told) =>
  fact(points.levelChanged, memberId, told, {
    profileId: memberId,
    previousLevelId: from,
    previousLevelName: from === null ? null : `level ${from}`,
    levelId: to,
    levelName: `level ${to}`,
    levelOrder: to,
    isUpgrade: to > (from ?? 0),
    reason: 'points',
  });
export const ordered = (memberId: number, spentTotal: number, told: Told) =>
  fact(orders.orderCompleted, memberId, told, {
    profileId: memberId,
    orderId: `ORD${spentTotal}`,
    amount: 100,
    pointsEarned: 0,
    recordId: null,
    spentTotal,
    orderCount: 1,
  });
export const refunded = (memberId: number, spentTotal: number, told: Told) =>
  fact(orders.orderRefunded, memberId, told, {
    profileId: memberId,
    orderId: `ORD${spentTotal}`,
    refundId: null,
    amount: 100,
    refundedTotal: 100,
    pointsTakenBack: 0,
    pointsOwed: 0,
    pointsGivenBack: 0,
    spentTotal,
    orderCount: 0,
  });

const tag = {
  tagId: 1,
  tagName: 'VIP 黄金',
  tagCode: 'VIP_GOLD',
  tagType: 'vip',
  tagColor: '#FFD700',
  tagIcon: '👑',
  tagLevel: 3,
  permissionModifiers: {},
  quotaModifiers: {},
  isActive: true,
};
const tagData = (userTagId: number, memberId: number, status: 'active' | 'grace' | 'revoked') => ({
  userTagId,
  memberId,
  tag,
  status,
  grantedAt: new Date().toISOString(),
  expiresAt: null,
  graceEndsAt: null,
  autoRenew: false,
  reason: null,
});
export const granted = (userTagId: number, memberId: number, told: Told) =>
  fact(vip.vipGranted, userTagId, told, tagData(userTagId, memberId, 'active'));
export const revoked = (userTagId: number, memberId: number, told: Told) =>
  fact(vip.vipRevoked, userTagId, told, tagData(userTagId, memberId, 'revoked'));

const licenseData = (licenseId: number, status: 'active' | 'revoked') => ({
  licenseId,
  productId: 1,
  planId: 1,
  applicationId: null,
  maxActivations: 10,
  status,
  expiresAt: null,
});
export const issued = (licenseId: number, told: Told) =>
  fact(licenses.licenseIssued, licenseId, told, licenseData(licenseId, 'active'));
const assignmentData = (assignmentId: number, status: 'assigned' | 'active' | 'revoked') => ({
  assignmentId,
  memberId: 7,
  licenseId: 1,
  productId: 1,
  planId: 1,
  applicationId: null,
  productName: 'SuperApp Pro',
  planName: '专业版',
  status,
  assignedAt: new Date().toISOString(),
  activatedAt: null,
  expiresAt: null,
  reason: null,
});
export const assigned = (assignmentId: number, told: Told) =>
  fact(licenses.assignmentCreated, assignmentId, told, assignmentData(assignmentId, 'assigned'));
export const activated = (assignmentId: number, told: Told) =>
  fact(licenses.assignmentActivated, assignmentId, told, assignmentData(assignmentId, 'active'));
export const withdrawn = (assignmentId: number, told: Told) =>
  fact(licenses.assignmentRevoked, assignmentId, told, assignmentData(assignmentId, 'revoked'));
