/** Everything that the gateway listens to: the level that a member's tokens tell, and what tenants' webhook endpoints want. */
import { memberLevelChanged } from '@membership/contracts/events/member-system';
import { profileCreated } from '@membership/contracts/events/points';
import { on, type Subscription } from '@membership/platform/consumer';
import type { MemberLevelRepository } from './storage/member-level-repository.ts';
import type { OutgoingWebhooks } from './outgoing-webhooks/outgoing-webhooks.ts';

/** Types that the gateway hears for itself: they stay bound when no endpoint wants them. */
export const heardAnyway: readonly string[] = [profileCreated.type, memberLevelChanged.type];

/** A type has one handler: those that are heard for the level go on to the endpoints that want them, too. */
export const subscriptions = (
  levels: MemberLevelRepository,
  webhooks: Pick<OutgoingWebhooks, 'subscriptions' | 'record'>,
): Subscription[] => [
  on(profileCreated, async ({ data, envelope }, { scope, unit }) => {
    const { profileId: memberId, memberLevelId: levelId } = data;
    await levels.project(scope, { memberId, levelId, sequence: envelope.sequence }, unit);
    await webhooks.record(scope, envelope, unit);
  }),
  on(memberLevelChanged, async ({ data, envelope }, { scope, unit }) => {
    const { profileId: memberId, levelId } = data;
    await levels.project(scope, { memberId, levelId, sequence: envelope.sequence }, unit);
    await webhooks.record(scope, envelope, unit);
  }),
  ...webhooks.subscriptions,
];
