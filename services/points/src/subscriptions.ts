/** Everything that points listens to: who exists, which tags a member has, purchases to be paid, and the facts that rules give points for. */
import { feedbackOpened } from '@membership/contracts/events/applications';
import { memberLoggedIn } from '@membership/contracts/events/gateway';
import { assignmentActivated, assignmentCreated, deviceBound } from '@membership/contracts/events/licenses';
import * as vip from '@membership/contracts/events/vip';
import { on, type Subscription } from '@membership/platform/consumer';
import type { Directory } from '@membership/platform/directory';
import type { MemberDetailsKeeping } from './memberships/member-details.ts';
import type { PurchaseHolds } from './holds/purchase-holds.ts';
import type { MemberTags } from './permissions/member-tags.ts';
import type { Awarding } from './rules/award-points.ts';

const vipFacts = [
  vip.vipGranted,
  vip.vipRenewed,
  vip.vipSuspended,
  vip.vipResumed,
  vip.vipGraceStarted,
  vip.vipExpired,
  vip.vipRevoked,
];
const tagFacts = [vip.vipTagDefined, vip.vipTagUpdated, vip.vipTagRetired];
const awardedAbove = new Set<string>([
  'member.created.v1',
  'member.logged_in.v1',
  'vip.granted.v1',
  'vip.renewed.v1',
]);

export function subscriptions({
  directory,
  tags,
  awarding,
  details,
  purchaseHolds,
}: {
  directory: Directory;
  tags: MemberTags;
  awarding: Awarding;
  details: MemberDetailsKeeping;
  purchaseHolds: PurchaseHolds;
}): Subscription[] {
  /** Projections come first, then what the rules give for the same fact. */
  const alsoAwards = (subscription: Subscription): Subscription => {
    if (!subscription.type || !awardedAbove.has(subscription.type)) return subscription;
    return {
      ...subscription,
      async handle(message, handling) {
        await subscription.handle(message, handling);
        await awarding.award(
          handling.scope,
          message.envelope,
          (message.data as { memberId: number }).memberId,
          handling.unit,
        );
      },
    };
  };
  return [
    ...directory.subscriptions(),
    ...vipFacts.map((event) =>
      on(event, ({ envelope, data }, { scope, unit }) => tags.project(scope, data, envelope.sequence, unit)),
    ),
    on(vip.vipPurchaseRequested, ({ data }, { scope, unit }) => purchaseHolds.place(scope, data, unit)),
    on(vip.vipPurchaseCompleted, ({ data }, { scope, unit }) => purchaseHolds.capture(scope, data, unit)),
    on(vip.vipPurchaseFailed, ({ data }, { scope, unit }) => purchaseHolds.release(scope, data, unit)),
    ...tagFacts.map((event) =>
      on(event, ({ envelope, data }, { scope, unit }) => tags.redefine(scope, data, envelope.sequence, unit)),
    ),
    on(memberLoggedIn, ({ data }, { scope, unit }) =>
      details.seen(scope, data.memberId, new Date(data.at), unit),
    ),
    ...[assignmentCreated, assignmentActivated, deviceBound, feedbackOpened].map((event) =>
      on(event, ({ envelope, data }, { scope, unit }) =>
        awarding.award(scope, envelope, data.memberId, unit),
      ),
    ),
  ].map(alsoAwards);
}
