/** What becomes of a redemption: sent, received, or cancelled, which gives points and stock back. */
import { notFound, Refusal } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Ledger } from '../ledger/ledger.ts';
import { commitOrRefusal } from '../ledger/commit.ts';
import { announceRedemption } from './announce-redemption.ts';
import { statusAfter, whyNotStep, type Redemption, type RedemptionStep } from './redemption.ts';

type Step = {
  readonly step: RedemptionStep;
  readonly trackingCode?: string | null;
  readonly reason?: string;
};

/** Refusals: unknown redemption (BIZ_001), INVALID_STATE. */
export async function settleRedemption(
  ledger: Ledger,
  scope: TenantScope,
  redemptionId: number,
  { step, trackingCode, reason }: Step,
  unit: UnitOfWork,
): Promise<Redemption> {
  const { redemptions } = ledger.models;
  const { session } = unit;
  const current = await redemptions.findOne(scope, { _id: redemptionId }, { session });
  if (!current) throw notFound();
  const refusal = whyNotStep(current.status, step);
  if (refusal) throw refusal;
  const next: Redemption = {
    ...current,
    status: statusAfter[step],
    trackingCode: trackingCode ?? current.trackingCode,
    reason: reason ?? current.reason,
    sequence: current.sequence + 1,
    updatedAt: new Date(),
  };
  const { status, trackingCode: code, reason: why, sequence, updatedAt } = next;
  await redemptions.updateOne(
    scope,
    { _id: redemptionId },
    { $set: { status, trackingCode: code, reason: why, sequence, updatedAt } },
    { session },
  );
  if (step === 'cancel') await giveBack(ledger, scope, next, unit);
  announceRedemption(unit, scope, next);
  return next;
}

async function giveBack(
  ledger: Ledger,
  scope: TenantScope,
  { memberId, recordId, reason, itemId, quantity }: Redemption,
  unit: UnitOfWork,
): Promise<void> {
  const { models } = ledger;
  const { session } = unit;
  const command = { kind: 'reverse', memberId, recordId, reason, isWithin: true } as const;
  const outcome = await commitOrRefusal(ledger, scope, command, unit);
  // A version before let its record be cancelled by hand: then the points are back already.
  if (outcome instanceof Refusal && outcome.code !== 'INVALID_STATE') throw outcome;
  await models.redemptionItems.updateOne(scope, { _id: itemId }, { $inc: { stock: quantity } }, { session });
  await models.takings.updateOne(
    scope,
    { _id: `${itemId}:${memberId}` },
    { $inc: { quantity: -quantity } },
    { session },
  );
}
