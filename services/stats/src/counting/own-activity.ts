/** What a member does of its own: by that it is active. */
import type { Envelope, EventDefinition } from '@membership/contracts/event';
import * as gateway from '@membership/contracts/events/gateway';
import * as applications from '@membership/contracts/events/applications';
import * as licenses from '@membership/contracts/events/licenses';
import * as memberSystem from '@membership/contracts/events/member-system';
import * as orders from '@membership/contracts/events/orders';
import * as points from '@membership/contracts/events/points';
import * as vip from '@membership/contracts/events/vip';
import { memberOf } from '../archive/member-of.ts';

/** Whether they are counted otherwise or not. */
export const activities: readonly EventDefinition[] = [
  gateway.memberLoggedIn,
  points.pointsEarned,
  points.pointsSpent,
  points.quotaConsumed,
  orders.orderCompleted,
  memberSystem.redemptionRequested,
  memberSystem.benefitUsed,
  memberSystem.activityJoined,
  vip.vipPurchaseRequested,
  licenses.assignmentActivated,
  licenses.deviceBound,
  licenses.licenseUsageReported,
  applications.feedbackOpened,
];
const activityTypes = new Set(activities.map(({ type }) => type));

/**
 * The member that was active by an event; null where somebody else acted, as an administrator who gives points does, or the
 * platform itself, as when a tag renews itself: what follows from a member's act does not count beside it.
 */
export function activeMemberOf(envelope: Pick<Envelope, 'type' | 'data' | 'actor'>): number | null {
  if (!activityTypes.has(envelope.type)) return null;
  const member = memberOf(envelope);
  if (envelope.actor.startsWith('system:')) return null;
  return envelope.actor.startsWith('user:') && envelope.actor !== `user:${member}` ? null : member;
}
