/** What becomes of a redemption: sent, received, or, before that cancelled and after it returned, which give points and stock back. */
import { notFound, Refusal } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Ledger } from '../ledger/ledger.ts';
import { commitOrRefusal } from '../ledger/commit.ts';
import { announceRedemption } from './announce-redemption.ts';
import { statusAfter, whyNotStep, type Redemption, type RedemptionStep } from '../domain/redemption.ts';

type Step = {
  readonly step: RedemptionStep;
  readonly trackingCode?: string | null;
  readonly reason?: string;
  /** Whether what comes back can be given again. */
  readonly restock?: boolean;
};

/** Refusals: unknown redemption (BIZ_001), INVALID_STATE. */
export async function settleRedemption(
  ledger: Ledger,
  scope: TenantScope,
  redemptionId: number,
  { step, trackingCode, reason, restock = true }: Step,
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
  if (next.status === 'cancelled') await giveBack(ledger, scope, next, restock, unit);
  announceRedemption(unit, scope, next);
  return next;
}

async function giveBack(
  ledger: Ledger,
  scope: TenantScope,
  { memberId, recordId, reason, itemId, quantity }: Redemption,
  restock: boolean,
  unit: UnitOfWork,
): Promise<void> {
  const { models } = ledger;
  const { session } = unit;
  const command = { kind: 'reverse', memberId, recordId, reason, isWithin: true } as const;
  const outcome = await commitOrRefusal(ledger, scope, command, unit);
  // A version before let its record be cancelled by hand: then the points are back already.
  if (outcome instanceof Refusal && outcome.code !== 'INVALID_STATE') throw outcome;
  if (restock)
    await models.redemptionItems.updateOne(
      scope,
      { _id: itemId },
      { $inc: { stock: quantity } },
      { session },
    );
  await models.takings.updateOne(
    scope,
    { _id: `${itemId}:${memberId}` },
    { $inc: { quantity: -quantity } },
    { session },
  );
}
