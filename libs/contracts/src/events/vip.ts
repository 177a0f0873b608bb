/** Facts of the VIP service. */
import { z } from 'zod';
import { defineEvent } from '../event.ts';

const id = z.int().positive();
const tagState = z.object({
  tagId: id,
  tagName: z.string(),
  tagCode: z.string(),
  tagType: z.string(),
  tagColor: z.string(),
  tagIcon: z.string(),
  tagLevel: z.int(),
  permissionModifiers: z.record(z.string(), z.unknown()),
  quotaModifiers: z.record(z.string(), z.unknown()),
  isActive: z.boolean(),
});
const tagStatus = z.enum(['active', 'grace', 'suspended', 'expired', 'revoked']);
/** The whole state of a member's tag, with what others need of its definition. */
const userTagState = z.object({
  userTagId: id,
  memberId: id,
  tag: tagState,
  status: tagStatus,
  /** As the event before told it; null: this is the first. Left out by versions that did not say it. */
  previousStatus: tagStatus.nullable().optional(),
  grantedAt: z.iso.datetime(),
  /** Null: without an end. */
  expiresAt: z.iso.datetime().nullable(),
  /** Privileges last until here. */
  graceEndsAt: z.iso.datetime().nullable(),
  autoRenew: z.boolean(),
  reason: z.string().nullable(),
});
const tag = { producer: 'vip', aggregate: 'vip_tag', data: tagState } as const;
const userTag = { producer: 'vip', aggregate: 'user_tag', data: userTagState } as const;

export const vipTagDefined = defineEvent('vip_tag.defined.v1', {
  ...tag,
  description: { zh: '已定义标签。', en: 'A tag was defined.' },
});
export const vipTagUpdated = defineEvent('vip_tag.updated.v1', {
  ...tag,
  description: { zh: '标签的定义已修改。', en: 'The definition of a tag changed.' },
});
export const vipTagRetired = defineEvent('vip_tag.retired.v1', {
  ...tag,
  description: { zh: '标签不能再授予。', en: 'A tag can no longer be granted.' },
});
export const vipGranted = defineEvent('vip.granted.v1', {
  ...userTag,
  description: { zh: '会员获得了标签。', en: 'A member got a tag.' },
});
export const vipRenewed = defineEvent('vip.renewed.v1', {
  ...userTag,
  description: { zh: '标签已延期。', en: 'A tag was extended.' },
});
export const vipSuspended = defineEvent('vip.suspended.v1', {
  ...userTag,
  description: {
    zh: '标签暂时不生效；其期限照常计算。',
    en: 'A tag gives nothing for now; its clock runs on.',
  },
});
export const vipResumed = defineEvent('vip.resumed.v1', {
  ...userTag,
  description: { zh: '被暂停的标签恢复生效。', en: 'A suspended tag gives again.' },
});
export const vipGraceStarted = defineEvent('vip.grace_started.v1', {
  ...userTag,
  description: {
    zh: '标签已到期；其特权在宽限期内继续有效。',
    en: 'A tag ended; its privileges last through the grace period.',
  },
});
export const vipExpired = defineEvent('vip.expired.v1', {
  ...userTag,
  description: { zh: '标签的宽限期已结束。', en: 'The grace period of a tag is over.' },
});
export const vipRevoked = defineEvent('vip.revoked.v1', {
  ...userTag,
  description: { zh: '标签已收回。', en: 'A tag was taken away.' },
});

export const vipAutoRenewChanged = defineEvent('vip.auto_renew_changed.v1', {
  ...userTag,
  description: {
    zh: '标签的自动续期已开启或关闭，或其天数已修改。',
    en: 'Auto-renewal of a tag was switched on or off, or its days were changed.',
  },
});

/** What holds and records of a purchase name as their `sourceType`; `sourceId` is the purchase. */
export const PURCHASE_SOURCE = 'vip_purchase';
/** The whole state of a purchase. */
const purchase = {
  producer: 'vip',
  aggregate: 'vip_purchase',
  data: z.object({
    purchaseId: id,
    memberId: id,
    tagId: id,
    tagCode: z.string(),
    durationDays: z.int().positive(),
    /** 0: it was granted at once, and points have nothing to freeze. */
    pricePoints: z.int().min(0),
    status: z.enum(['requested', 'completed', 'failed']),
    /** Why it failed: the code of a refusal, TIMEOUT, or NO_LONGER_WANTED (of an auto-renewal). */
    reason: z.string().nullable(),
    userTagId: id.nullable(),
    /** The tag itself started it, because it was to end; left out: a person did. */
    isAutoRenewal: z.boolean().optional(),
  }),
} as const;
export const vipPurchaseRequested = defineEvent('vip.purchase_requested.v1', {
  ...purchase,
  description: {
    zh: '会员申请购买标签；其价格应予冻结。',
    en: 'A member asked to buy a tag; its price is to be frozen.',
  },
});
export const vipPurchaseCompleted = defineEvent('vip.purchase_completed.v1', {
  ...purchase,
  description: {
    zh: '标签已授予。冻结的积分无论如何都应消费。',
    en: 'The tag was granted. What was frozen is to be spent, whatever it takes.',
  },
});
export const vipPurchaseFailed = defineEvent('vip.purchase_failed.v1', {
  ...purchase,
  description: {
    zh: '没有授予。已冻结的积分应退回；尚未冻结的，永不再冻结。',
    en: 'Nothing was granted. What was frozen is to be given back; what is not frozen yet, never to be.',
  },
});
