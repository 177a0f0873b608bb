/** What orders used of their members' benefits is given back when nothing is left of them. */
import { benefitReturned } from '@membership/contracts/events/member-system';
import { dayOf } from '@membership/platform/calendar';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Ledger } from '../ledger/ledger.ts';
import { countKeyOf, type BenefitUse } from '../domain/benefit.ts';

/** Gives back the uses of an order, each once; those that it gave back. Whoever refunds the order holds its document. */
export async function returnBenefits(
  ledger: Ledger,
  scope: TenantScope,
  { orderId, memberId }: { readonly orderId: string; readonly memberId: number },
  unit: UnitOfWork,
): Promise<BenefitUse[]> {
  const { benefitUses, benefitCounts } = ledger.models;
  const { session } = unit;
  const returnedAt = new Date();
  const uses: BenefitUse[] = await benefitUses.find(scope, { orderId, memberId }, { session });
  const returned = uses.filter((use) => use.returnedAt === undefined);
  for (const use of returned) {
    const { _id, usageId, benefitCode } = use;
    await benefitUses.updateOne(scope, { _id }, { $set: { returnedAt } }, { session });
    const countKey = use.countKey ?? (await countedIn(ledger, scope, use, unit));
    const counted = { _id: countKey, used: { $gt: 0 } };
    await benefitCounts.updateOne(scope, counted, { $inc: { used: -1 } }, { session });
    unit.announce(scope, benefitReturned, {
      subject: usageId,
      sequence: 2,
      data: { usageId, memberId, orderId, benefitCode },
    });
  }
  return returned;
}

/** For a use that does not say it: by the benefit as it is now. */
async function countedIn(
  ledger: Ledger,
  scope: TenantScope,
  { _id, memberId, createdAt }: BenefitUse,
  { session }: UnitOfWork,
): Promise<string> {
  const benefitId = Number(_id.slice(0, _id.indexOf(':')));
  const benefit = await ledger.models.benefits.findOne(scope, { _id: benefitId }, { session });
  const day = dayOf(await ledger.zoneOf(scope, session), createdAt);
  return countKeyOf(benefit ?? { _id: benefitId, limitPeriod: null }, memberId, day);
}
