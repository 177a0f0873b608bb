/** A member's benefit is used for an order: once per benefit and order, within its limit. */
import { invalid, notFound, refuse } from '@membership/contracts/errors';
import { benefitUsed } from '@membership/contracts/events/member-system';
import { dayOf } from '@membership/platform/calendar';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { findByCode } from '@membership/platform/spelling';
import type { Ledger } from '../ledger/ledger.ts';
import type { OrderTools } from '../orders/order-tools.ts';
import { admits, memberLevelOf } from '../domain/member-level.ts';
import { countKeyOf, discountOf, isBirthdayMonth, type Benefit, type BenefitUse } from '../domain/benefit.ts';

export type UsingBenefit = {
  readonly memberId: number;
  readonly benefitCode: string;
  readonly orderId: string;
  /** In hundredths. */
  readonly amount: number;
  readonly shipping: number;
  /** What the caller took off, where it says so. */
  readonly applied: number | undefined;
  readonly fingerprint: string;
};
export type BenefitReceipt = {
  readonly usage_id: string;
  readonly benefit_name: string;
  readonly discount_amount: number;
  readonly remaining_usage: number | null;
  readonly used_at: string;
};

/**
 * Uses it and returns the answer; a repeat has the first one, also once the benefit is switched off. Refusals: unknown
 * member or benefit (BIZ_001), a level that is too low (PERM_001), a discount that is not this one (VALIDATION_ERROR), a
 * limit that is reached (BIZ_002), an order that used it by another request, another member's order and a birthday gift out of its
 * month (CONFLICT), an order that was refunded in whole (INVALID_STATE).
 */
export async function useBenefit(
  { ledger, opening, orders }: OrderTools,
  scope: TenantScope,
  asked: UsingBenefit,
  unit: UnitOfWork,
): Promise<BenefitReceipt> {
  const { models, ids, definitions } = ledger;
  const { session } = unit;
  const { memberId, orderId, fingerprint } = asked;
  const profile = await opening.existingWithin(scope, memberId, unit);
  const benefit = await findByCode(models.benefits, scope, asked.benefitCode, { session });
  if (!benefit) throw notFound();
  const _id = `${benefit._id}:${orderId}`;
  const known = await models.benefitUses.findOne(scope, { _id }, { session });
  if (known) return repeated(known, asked);
  if (!benefit.isActive) throw notFound();
  await orders.joinWithin(scope, orderId, memberId, unit);
  const { memberLevels } = await definitions.within(scope, unit);
  const level = memberLevelOf(memberLevels, profile);
  if (!level || !admits(benefit, level, memberLevels))
    throw refuse('PERM_001', {
      text: { zh: '当前会员等级不享有该权益', en: 'The member’s level does not have this benefit' },
    });
  const discount = discountOf(benefit, level, asked);
  if (asked.applied !== undefined && asked.applied !== discount)
    throw invalid({
      'usage_context.discount_applied': {
        zh: `折扣金额不正确，应为 ${discount / 100}`,
        en: `The discount is not correct; it is ${discount / 100}`,
      },
    });
  const now = new Date();
  const today = dayOf(await ledger.zoneOf(scope), now);
  if (benefit.type === 'BIRTHDAY_GIFT') {
    const details = await models.memberDetails.findOne(scope, { _id: memberId }, { session });
    if (!isBirthdayMonth(details?.birthday ?? null, today))
      throw refuse('CONFLICT', {
        text: {
          zh: '生日礼品仅限生日当月使用',
          en: 'A birthday gift can be used in the month of the birthday',
        },
      });
  }
  const countKey = countKeyOf(benefit, memberId, today);
  const used = await countUse(ledger, scope, benefit, { memberId, countKey }, unit);
  const usageId = await ids.next('benefit_uses');
  const answer: BenefitReceipt = {
    usage_id: `BU${usageId}`,
    benefit_name: benefit.name,
    discount_amount: discount / 100,
    remaining_usage: benefit.usageLimit === null ? null : benefit.usageLimit - used,
    used_at: now.toISOString(),
  };
  const use: BenefitUse = {
    ...{ _id, tenantId: scope.tenantId, usageId, memberId, benefitCode: benefit.code },
    ...{ orderId, discount, countKey, fingerprint, answer, createdAt: now },
  };
  await models.benefitUses.insert(scope, [use], { session });
  unit.announce(scope, benefitUsed, {
    subject: usageId,
    sequence: 1,
    data: {
      ...{ usageId, memberId, orderId, benefitCode: benefit.code, benefitName: benefit.name },
      discountAmount: discount / 100,
    },
  });
  return answer;
}

function repeated(known: BenefitUse, { fingerprint }: UsingBenefit): BenefitReceipt {
  if (known.fingerprint === fingerprint) return known.answer as BenefitReceipt;
  throw refuse('CONFLICT', {
    text: {
      zh: '该订单已使用过此权益，且请求内容不同',
      en: 'The order used this benefit already, by another request',
    },
    details: { usage_id: `BU${known.usageId}` },
  });
}

/** Counts one use in its period and returns how many there are. Two at once meet on the count's document. */
async function countUse(
  { models }: Ledger,
  scope: TenantScope,
  benefit: Benefit,
  { memberId, countKey }: { memberId: number; countKey: string },
  { session }: UnitOfWork,
): Promise<number> {
  const count = await models.benefitCounts.change(
    scope,
    { _id: countKey },
    { $inc: { used: 1 }, $setOnInsert: { memberId } },
    { session, upsert: true },
  );
  const used = count?.used ?? 1;
  if (benefit.usageLimit !== null && used > benefit.usageLimit)
    throw refuse('BIZ_002', {
      text: { zh: '该权益的使用次数已达上限', en: 'The limit of this benefit is reached' },
      details: { usage_limit: benefit.usageLimit, used_count: used - 1 },
    });
  return used;
}
