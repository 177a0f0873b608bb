/** Facts of the member system, which the points service tells. Those about a member share its profile's sequence. */
import { z } from 'zod';
import { defineEvent } from '../event.ts';

const id = z.int().positive();
const profile = { producer: 'points', aggregate: 'profile' } as const;

export const memberLevelChanged = defineEvent('member_level.changed.v1', {
  ...profile,
  description: {
    zh: '会员等级（按消费金额）发生变化。`reason` 为 manual：由管理员设定，在再次设定之前是下限；review：按规则降一级；check：由人触发重新计算。',
    en: 'The member level (by money spent) of a member changed. `reason` manual: an administrator set it, and it is a floor until set again; review: the policy lowered it by a step; check: it was recomputed by hand.',
  },
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
export const memberPreferencesChanged = defineEvent('member_preferences.changed.v1', {
  producer: 'points',
  aggregate: 'member_preferences',
  description: {
    zh: '成员选择了排行榜上是否向其他成员显示；此前为显示。其他偏好设置不外传。',
    en: 'A member chose whether others see it on the leaderboards; until then they do. Its other preferences are nobody else’s.',
  },
  data: z.object({ memberId: id, showOnLeaderboards: z.boolean() }),
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
  description: {
    zh: '已定义会员等级。`requiredSpent` 是以分为单位的金额。',
    en: 'A member level was defined. `requiredSpent` is money in hundredths.',
  },
});
export const memberLevelUpdated = defineEvent('member_level.updated.v1', {
  ...memberLevel,
  description: { zh: '会员等级的定义已修改。', en: 'The definition of a member level was changed.' },
});
export const memberLevelDeleted = defineEvent('member_level.deleted.v1', {
  ...memberLevel,
  description: {
    zh: '会员等级已移除；当时没有会员处于该等级。',
    en: 'A member level was removed; no member had it.',
  },
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
  description: {
    zh: '会员用积分兑换了物品；积分已消费，库存已扣减。',
    en: 'A member redeemed points for an item; the points are spent and the stock is taken.',
  },
});
export const redemptionShipped = defineEvent('redemption.shipped.v1', {
  ...redemption,
  description: { zh: '兑换的物品已发出。', en: 'What was redeemed is on its way.' },
});
export const redemptionCompleted = defineEvent('redemption.completed.v1', {
  ...redemption,
  description: { zh: '兑换的物品已收到。', en: 'What was redeemed has been received.' },
});
export const redemptionCancelled = defineEvent('redemption.cancelled.v1', {
  ...redemption,
  description: {
    zh: '兑换已取消，或在完成后退货：积分已退回；库存也已退回，除非退回的商品不再兑换。',
    en: 'A redemption was cancelled, or returned after it was complete: its points are back, and its stock, unless what was returned is given no more.',
  },
});
export const benefitUsed = defineEvent('benefit.used.v1', {
  producer: 'points',
  aggregate: 'benefit_use',
  description: {
    zh: '会员为订单使用了权益：每次使用一次。`discountAmount` 是金额。',
    en: 'A benefit of a member was used for an order: once for each. `discountAmount` is money.',
  },
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
  description: {
    zh: '使用权益的订单已全额退款：该次使用不再计数，每次使用一次。',
    en: 'The order of a benefit’s use was refunded in whole: the use counts no more, once for each.',
  },
  data: z.object({ usageId: id, memberId: id, orderId: z.string(), benefitCode: z.string() }),
});
export const activityJoined = defineEvent('activity.joined.v1', {
  producer: 'points',
  aggregate: 'activity_participation',
  description: {
    zh: '会员参加了活动：每个活动一次。',
    en: 'A member takes part in an activity: once for each.',
  },
  data: z.object({
    participationId: id,
    activityId: id,
    activityTitle: z.string(),
    memberId: id,
    benefits: z.array(z.string()),
  }),
});
