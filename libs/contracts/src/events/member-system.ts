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
const benefit = {
  producer: 'points',
  aggregate: 'benefit',
  data: z.object({
    benefitId: id,
    benefitCode: z.string(),
    benefitName: z.string(),
    benefitType: z.string(),
    value: z.number().nullable(),
    requiredLevelId: id.nullable(),
    usageLimit: z.int().nullable(),
    limitPeriod: z.enum(['year', 'month']).nullable(),
    isActive: z.boolean(),
  }),
} as const;
export const benefitCreated = defineEvent('benefit.created.v1', {
  ...benefit,
  description: {
    zh: '管理员（即 actor）定义了权益；内容为当时的状态，说明文字除外。',
    en: 'An administrator (the actor) defined a benefit; carries it as it is then, but for its description.',
  },
});
export const benefitUpdated = defineEvent('benefit.updated.v1', {
  ...benefit,
  description: {
    zh: '管理员（即 actor）修改了权益；未改变任何内容时不发布。内容为修改后的状态，说明文字除外。',
    en: 'An administrator (the actor) changed a benefit; nothing is announced where nothing changed. Carries it as it is afterwards, but for its description.',
  },
});
export const benefitDeleted = defineEvent('benefit.deleted.v1', {
  ...benefit,
  description: {
    zh: '管理员（即 actor）移除了权益；已有的使用记录保留。内容为移除前的状态，说明文字除外。',
    en: 'An administrator (the actor) removed a benefit; its uses stay. Carries it as it was, but for its description.',
  },
});
const activity = {
  producer: 'points',
  aggregate: 'activity',
  data: z.object({
    activityId: id,
    activityTitle: z.string(),
    category: z.string(),
    requiredLevelId: id.nullable(),
    startsAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
    maxParticipants: z.int().nullable(),
    benefits: z.array(z.string()),
    isActive: z.boolean(),
  }),
} as const;
export const activityCreated = defineEvent('activity.created.v1', {
  ...activity,
  description: {
    zh: '管理员（即 actor）发布了活动；内容为当时的状态，说明文字除外。',
    en: 'An administrator (the actor) set up an activity; carries it as it is then, but for its texts.',
  },
});
export const activityUpdated = defineEvent('activity.updated.v1', {
  ...activity,
  description: {
    zh: '管理员（即 actor）修改了活动；未改变任何内容时不发布。内容为修改后的状态，说明文字除外。',
    en: 'An administrator (the actor) changed an activity; nothing is announced where nothing changed. Carries it as it is afterwards, but for its texts.',
  },
});
export const activityDeleted = defineEvent('activity.deleted.v1', {
  ...activity,
  description: {
    zh: '管理员（即 actor）移除了活动；当时没有会员参加。内容为移除前的状态，说明文字除外。',
    en: 'An administrator (the actor) removed an activity; no member took part in it. Carries it as it was, but for its texts.',
  },
});
const redemptionItem = {
  producer: 'points',
  aggregate: 'redemption_item',
  data: z.object({
    itemId: id,
    itemCode: z.string(),
    itemName: z.string(),
    pointsCost: z.int().positive(),
    stock: z.int().min(0),
    perMemberLimit: z.int().nullable(),
    needsDelivery: z.boolean(),
    deliveryDays: z.int(),
    isActive: z.boolean(),
  }),
} as const;
export const redemptionItemCreated = defineEvent('redemption_item.created.v1', {
  ...redemptionItem,
  description: {
    zh: '管理员（即 actor）上架了可兑换的物品；内容为当时的状态，说明文字除外。',
    en: 'An administrator (the actor) offered an item for points; carries it as it is then, but for its description.',
  },
});
export const redemptionItemUpdated = defineEvent('redemption_item.updated.v1', {
  ...redemptionItem,
  description: {
    zh: '管理员（即 actor）修改了可兑换的物品或其库存；未改变任何内容时不发布，兑换引起的库存变化由兑换自身的事件告知。内容为修改后的状态，说明文字除外。',
    en: 'An administrator (the actor) changed an item or its stock; nothing is announced where nothing changed; what redemptions take of the stock, their own facts tell. Carries it as it is afterwards, but for its description.',
  },
});
export const redemptionItemDeleted = defineEvent('redemption_item.deleted.v1', {
  ...redemptionItem,
  description: {
    zh: '管理员（即 actor）下架并移除了物品；已有的兑换保留。内容为移除前的状态，说明文字除外。',
    en: 'An administrator (the actor) withdrew an item; its redemptions stay. Carries it as it was, but for its description.',
  },
});
