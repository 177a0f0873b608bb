/** Facts of the points service: what moved in a profile's ledger. All of a profile share its sequence. */
import { z } from 'zod';
import { defineEvent } from '../event.ts';

const id = z.int().positive();
const count = z.int().min(0);
const profile = { producer: 'points', aggregate: 'profile' } as const;
/**
 * Points of lots, by when they were earned and when they end (null: never). Each moment is one in the same month as the real
 * one, in every time zone: many lots share one.
 */
const lotMonths = { earnedIn: z.iso.datetime(), endsIn: z.iso.datetime().nullable() };
/**
 * What every movement tells. `points` are signed; balances are of the total, `available` excludes what is held. `lots` says of
 * which lots the points are, and adds up to `points`; a profile whose lots have not been listed yet (`profile.lots_listed`)
 * has none of it.
 */
const movement = {
  profileId: id,
  recordId: id,
  points: z.int(),
  category: z.string(),
  subcategory: z.string().nullable(),
  sourceType: z.string(),
  sourceId: z.union([z.int(), z.string()]).nullable(),
  balanceAfter: z.int(),
  availableAfter: z.int(),
  lots: z.array(z.object({ ...lotMonths, points: z.int() })).optional(),
};
export const profileCreated = defineEvent('profile.created.v1', {
  ...profile,
  description: { zh: '会员有了积分档案。', en: 'A member got its points profile.' },
  data: z.object({
    profileId: id,
    levelId: id,
    levelName: z.string(),
    memberLevelId: id.nullable(),
    memberLevelName: z.string().nullable(),
  }),
});
export const profileUpdated = defineEvent('profile.updated.v1', {
  ...profile,
  description: {
    zh: '管理员（即 actor）修改了档案的开关：能否获得和使用积分，以及获得积分的倍数。未改变任何内容时不发布。',
    en: 'An administrator (the actor) changed the switches of a profile: whether it earns and spends, and what multiplies its earnings. Nothing is announced where nothing changed.',
  },
  data: z.object({ profileId: id, isPointsEnabled: z.boolean(), pointsMultiplier: z.string() }),
});
export const profileLotsListed = defineEvent('profile.lots_listed.v1', {
  ...profile,
  description: {
    zh: '档案全部批次的合计，每个档案一次：此后它的每次变动在 `lots` 中说明涉及哪些批次（新档案从一开始就如此，没有此事件）。`points` 为剩余积分，`earned` 为当初获得的，`expired` 为未用而到期的；`earnedIn`、`endsIn` 与实际的获得和到期时间在任何时区都处于同一个月。',
    en: 'What all lots of a profile come to, once of each: from here on its movements say in `lots` of which they are (new profiles do so from the beginning, and have no such fact). `points` are left, `earned` is what they began with, `expired` what ended of them unused; `earnedIn` and `endsIn` are in the same month as when they were earned and end, in every time zone.',
  },
  data: z.object({
    profileId: id,
    lots: z.array(z.object({ ...lotMonths, points: count, earned: count, expired: count })),
  }),
});
export const pointsEarned = defineEvent('points.earned.v1', {
  ...profile,
  description: {
    zh: '获得积分。`askedPoints` 是乘以倍数之前的数额；`ruleId` 是发放它们的奖励规则（如有）。',
    en: 'Points were added by an earning. `askedPoints` is before multipliers; `ruleId` names the award rule, if one gave them.',
  },
  data: z.object({
    ...movement,
    askedPoints: z.int().positive(),
    multiplier: z.string(),
    expiresAt: z.iso.datetime().nullable(),
    ruleId: id.nullable(),
  }),
});
export const pointsSpent = defineEvent('points.spent.v1', {
  ...profile,
  description: { zh: '积分离开了档案。', en: 'Points left a profile.' },
  data: z.object(movement),
});
export const pointsAdjusted = defineEvent('points.adjusted.v1', {
  ...profile,
  description: {
    zh: '管理员手工调整了积分，增或减。',
    en: 'An administrator moved points by hand, up or down.',
  },
  data: z.object({ ...movement, reason: z.string() }),
});
export const pointsExpired = defineEvent('points.expired.v1', {
  ...profile,
  description: { zh: '已到期批次的积分被扣除。', en: 'Points of lots that ended were taken.' },
  data: z.object(movement),
});
const hold = {
  profileId: id,
  holdId: id,
  /** What the hold was placed for, in whole. */
  points: z.int().positive(),
  category: z.string(),
  sourceType: z.string(),
  sourceId: z.union([z.int(), z.string()]).nullable(),
  availableAfter: z.int(),
  frozenAfter: z.int(),
};
export const pointsHeld = defineEvent('points.held.v1', {
  ...profile,
  description: {
    zh: '积分已冻结。`expiresAt` 为 null：由其用途来结算。',
    en: 'Points were frozen. `expiresAt` null: what they are for settles them.',
  },
  data: z.object({ ...hold, expiresAt: z.iso.datetime().nullable() }),
});
export const pointsCaptured = defineEvent('points.captured.v1', {
  ...profile,
  description: {
    zh: '被冻结的积分已全部或部分消费；其余已解冻。消费记录另由 points.spent 告知。',
    en: 'Held points were spent, in whole or in part; the rest was released. The record of the spending is told by points.spent, too.',
  },
  data: z.object({
    ...hold,
    capturedPoints: z.int().positive(),
    releasedPoints: z.int(),
    recordId: id,
    balanceAfter: z.int(),
  }),
});
export const pointsReleased = defineEvent('points.released.v1', {
  ...profile,
  description: {
    zh: '冻结结束而没有消费：被解冻，或自行到期。',
    en: 'A hold ended with nothing spent: released, or expired by itself.',
  },
  data: z.object({ ...hold, reason: z.enum(['released', 'expired']) }),
});
export const pointsHoldRejected = defineEvent('points.hold_rejected.v1', {
  ...profile,
  description: {
    zh: '另一个服务的事件所要求的积分没有冻结；`reason` 是拒绝的代码。',
    en: 'Points asked for by a fact of another service were not frozen; `reason` is the code of the refusal.',
  },
  data: z.object({
    profileId: id,
    points: z.int().positive(),
    sourceType: z.string(),
    sourceId: z.union([z.int(), z.string()]).nullable(),
    reason: z.string(),
  }),
});
export const pointsReversed = defineEvent('points.reversed.v1', {
  ...profile,
  description: {
    zh: '一条记录由相反的记录撤销。`counter` 说明档案的哪项合计回退了 |points|。无法收回时 `recordId` 为 null，`points` 为 0；`owedPoints` 是本次撤销留待日后收回的积分，届时的记录以同样方式告知，并带有 `isRemainder`。',
    en: 'A record was undone by an opposite one. `counter` says which total of the profile went back by |points|. `recordId` is null and `points` 0 when nothing could be taken back; `owedPoints` is what this reversal leaves to be taken later, by records that are told the same way with `isRemainder`.',
  },
  data: z.object({
    ...movement,
    recordId: id.nullable(),
    reversedRecordId: id,
    counter: z.enum(['earned', 'spent', 'expired']),
    owedPoints: z.int(),
    isRemainder: z.boolean(),
    reason: z.string().nullable(),
  }),
});
export const pointsTransferred = defineEvent('points.transferred.v1', {
  ...profile,
  description: {
    zh: '会员向另一会员转赠了积分；主体是转出方。两条记录另由 points.spent 和 points.earned 告知。',
    en: 'A member gave points to another; about the giver. Both records are told by points.spent and points.earned, too.',
  },
  data: z.object({
    profileId: id,
    recordId: id,
    toProfileId: id,
    toRecordId: id,
    points: z.int().positive(),
    balanceAfter: z.int(),
    availableAfter: z.int(),
  }),
});
export const awardSkipped = defineEvent('points.award_skipped.v1', {
  ...profile,
  description: {
    zh: '奖励规则匹配，但没有发放；`reason` 说明原因。不会再次尝试。',
    en: 'An award rule matched, but nothing was given; `reason` says why. It is not tried again.',
  },
  data: z.object({
    profileId: id,
    ruleId: id,
    sourceType: z.string(),
    sourceId: z.union([z.int(), z.string()]).nullable(),
    reason: z.string(),
  }),
});
export const levelChanged = defineEvent('level.changed.v1', {
  ...profile,
  description: {
    zh: '档案的用户等级（按积分）发生变化，升或降。`note` 是手工设定时所附的说明。',
    en: 'The user level (by points) of a profile changed, up or down. `note` is what was said when it was set by hand.',
  },
  data: z.object({
    profileId: id,
    previousLevelId: id.nullable(),
    previousLevelName: z.string().nullable(),
    levelId: id,
    levelName: z.string(),
    levelOrder: z.int(),
    isUpgrade: z.boolean(),
    reason: z.enum(['points', 'manual', 'review', 'check']),
    note: z.string().nullish(),
  }),
});
export const quotaConsumed = defineEvent('quota.consumed.v1', {
  ...profile,
  description: {
    zh: '使用了一部分配额。`resetsAt` 为 null：永不重新开始。',
    en: 'Some of a quota was used. `resetsAt` null: it never begins anew.',
  },
  data: z.object({
    profileId: id,
    quota: z.string(),
    amount: z.int().positive(),
    used: z.int(),
    limit: z.int(),
    resetsAt: z.iso.datetime().nullable(),
  }),
});
const userLevelState = z.object({
  levelId: id,
  levelName: z.string(),
  levelCode: z.string(),
  levelOrder: z.int(),
  minPoints: z.int(),
  maxPoints: z.int().nullable(),
  isActive: z.boolean(),
  isDefault: z.boolean(),
});
const userLevel = { producer: 'points', aggregate: 'user_level', data: userLevelState } as const;
export const userLevelCreated = defineEvent('user_level.created.v1', {
  ...userLevel,
  description: { zh: '已定义用户等级。', en: 'A user level was defined.' },
});
export const userLevelUpdated = defineEvent('user_level.updated.v1', {
  ...userLevel,
  description: { zh: '用户等级已修改。', en: 'A user level was changed.' },
});
export const userLevelDeleted = defineEvent('user_level.deleted.v1', {
  ...userLevel,
  description: { zh: '用户等级已移除。', en: 'A user level was removed.' },
});
const awardRuleState = z.object({
  ruleId: id,
  name: z.string(),
  eventType: z.string(),
  conditions: z.array(z.object({ field: z.string(), operator: z.string(), value: z.unknown() })),
  points: z.int().nullable(),
  perAmount: z.object({ field: z.string(), points: z.number(), amount: z.number() }).nullable(),
  caps: z.object({
    perDay: z.int().nullable(),
    perMember: z.int().nullable(),
    budget: z.int().nullable(),
  }),
  category: z.string(),
  validFrom: z.iso.datetime().nullable(),
  validTo: z.iso.datetime().nullable(),
  isActive: z.boolean(),
});
const awardRule = { producer: 'points', aggregate: 'award_rule', data: awardRuleState } as const;
export const awardRuleCreated = defineEvent('award_rule.created.v1', {
  ...awardRule,
  description: {
    zh: '管理员（即 actor）定义了奖励规则；内容为规则当时的状态，`sequence` 即其版本。租户自带的规则不发布此事件。',
    en: 'An administrator (the actor) defined an award rule; carries it as it is then, and `sequence` is its version. The rule that a tenant begins with announces nothing.',
  },
});
export const awardRuleUpdated = defineEvent('award_rule.updated.v1', {
  ...awardRule,
  description: {
    zh: '管理员（即 actor）修改了奖励规则；未改变任何内容时不发布。内容为修改后的状态。',
    en: 'An administrator (the actor) changed an award rule; nothing is announced where nothing changed. Carries it as it is afterwards.',
  },
});
export const awardRuleDeleted = defineEvent('award_rule.deleted.v1', {
  ...awardRule,
  description: {
    zh: '管理员（即 actor）移除了奖励规则；已给予的积分不变。内容为移除前的状态。',
    en: 'An administrator (the actor) removed an award rule; what it gave stays. Carries it as it was.',
  },
});
export const pointsSettingsUpdated = defineEvent('points_settings.updated.v1', {
  producer: 'points',
  aggregate: 'points_settings',
  description: {
    zh: '管理员（即 actor）修改了租户的积分设置；内容为修改后的状态。早先的事件只有前两项。',
    en: 'An administrator (the actor) changed a tenant’s points settings; carries them as they are afterwards. Facts of before have the first two alone.',
  },
  data: z.object({
    pointsRedeemedPerCurrencyUnit: z.int().positive(),
    pointsEarnedPerCurrencyUnit: z.number().positive(),
    expiryDays: z.int().nullish(),
    dailyLimits: z.record(z.string(), z.int()).optional(),
    earningCategories: z.array(z.string()).optional(),
    spendingCategories: z.array(z.string()).optional(),
    levelPolicy: z.object({ basis: z.string(), downgrade: z.string(), reviewDays: z.int() }).optional(),
    holdLifetimeMinutes: z.int().optional(),
    transfersEnabled: z.boolean().optional(),
  }),
});
