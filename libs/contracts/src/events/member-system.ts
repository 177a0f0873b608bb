/** Facts of the member system, which the points service tells. Those about a member share its profile's sequence. */
import { z } from 'zod';
import { defineEvent } from '../event.ts';

const id = z.int().positive();
const profile = { producer: 'points', aggregate: 'profile' } as const;

export const memberLevelChanged = defineEvent('member_level.changed.v1', {
  ...profile,
  description:
    'The member level (by money spent) of a member changed. `reason` manual: an administrator set it, and it is a floor until set again; review: the policy lowered it by a step; check: it was recomputed by hand.',
  data: z.object({
    profileId: id,
    previousLevelId: id.nullable(),
    previousLevelName: z.string().nullable(),
    levelId: id,
    levelName: z.string(),
    levelCode: z.string(),
    isUpgrade: z.boolean(),
    reason: z.enum(['spending', 'manual', 'review', 'check']),
  }),
});
const memberLevelState = z.object({
  levelId: id,
  levelName: z.string(),
  levelCode: z.string(),
  /** In hundredths. */
  requiredSpent: z.int().min(0),
});
const memberLevel = { producer: 'points', aggregate: 'member_level', data: memberLevelState } as const;
export const memberLevelCreated = defineEvent('member_level.created.v1', {
  ...memberLevel,
  description: 'A member level was defined. `requiredSpent` is money in hundredths.',
});
export const memberLevelUpdated = defineEvent('member_level.updated.v1', {
  ...memberLevel,
  description: 'The definition of a member level was changed.',
});
export const memberLevelDeleted = defineEvent('member_level.deleted.v1', {
  ...memberLevel,
  description: 'A member level was removed; no member had it.',
});
/** What was given for points. `recordId` is the spending that paid for it. */
const redemption = {
  producer: 'points',
  aggregate: 'redemption',
  data: z.object({
    redemptionId: id,
    memberId: id,
    itemCode: z.string(),
    itemName: z.string(),
    quantity: z.int().positive(),
    points: z.int().positive(),
    recordId: id,
    status: z.enum(['requested', 'shipped', 'completed', 'cancelled']),
  }),
} as const;
export const redemptionRequested = defineEvent('redemption.requested.v1', {
  ...redemption,
  description: 'A member redeemed points for an item; the points are spent and the stock is taken.',
});
export const redemptionShipped = defineEvent('redemption.shipped.v1', {
  ...redemption,
  description: 'What was redeemed is on its way.',
});
export const redemptionCompleted = defineEvent('redemption.completed.v1', {
  ...redemption,
  description: 'What was redeemed has been received.',
});
export const redemptionCancelled = defineEvent('redemption.cancelled.v1', {
  ...redemption,
  description: 'A redemption was cancelled: its points and its stock are back.',
});
export const benefitUsed = defineEvent('benefit.used.v1', {
  producer: 'points',
  aggregate: 'benefit_use',
  description: 'A benefit of a member was used for an order: once for each. `discountAmount` is money.',
  data: z.object({
    usageId: id,
    memberId: id,
    orderId: z.string(),
    benefitCode: z.string(),
    benefitName: z.string(),
    discountAmount: z.number().min(0),
  }),
});
export const benefitReturned = defineEvent('benefit.returned.v1', {
  producer: 'points',
  aggregate: 'benefit_use',
  description: 'The order of a benefit’s use was refunded in whole: the use counts no more, once for each.',
  data: z.object({ usageId: id, memberId: id, orderId: z.string(), benefitCode: z.string() }),
});
export const activityJoined = defineEvent('activity.joined.v1', {
  producer: 'points',
  aggregate: 'activity_participation',
  description: 'A member takes part in an activity: once for each.',
  data: z.object({
    participationId: id,
    activityId: id,
    activityTitle: z.string(),
    memberId: id,
    benefits: z.array(z.string()),
  }),
});
