/**
 * The end of a purchase. Granting decides: it and every way to fail are one conditional update of a purchase that is still
 * requested, so one wins and the others find it settled. After the grant there is only forward.
 */
import { Refusal } from '@membership/contracts/errors';
import { vipPurchaseCompleted, vipPurchaseFailed } from '@membership/contracts/events/vip';
import type { JobContext } from '@membership/platform/job';
import type { Metrics } from '@membership/platform/metrics';
import { scopeOfJob, type TenantScope } from '@membership/platform/scope';
import type { Transactions, UnitOfWork } from '@membership/platform/transaction';
import { isStillWanted } from '../holdings/auto-renewal.ts';
import { grantTag, type GrantStores } from '../holdings/grant-tag.ts';
import type { UserTag } from '../holdings/user-tag.ts';
import { factOf, isAutoRenewal, type Purchase, type Settlement } from './purchase.ts';
import type { PurchaseRepository } from './purchase-repository.ts';

export type SettleStores = GrantStores & {
  readonly purchases: PurchaseRepository;
  readonly settled: ReturnType<Metrics['counter']>;
};

/** Why an auto-renewal failed whose tag was suspended, revoked, renewed otherwise or set to renew no more in the meantime. */
const NO_LONGER_WANTED = 'NO_LONGER_WANTED';

/**
 * The price is frozen: grants the tag, once. What the grant refuses by now (a tag retired since, a member deactivated) fails
 * the purchase, as does an auto-renewal that nobody needs any more. One that is settled already is left alone.
 */
export async function completePurchase(
  stores: SettleStores,
  scope: TenantScope,
  { purchaseId, now }: { readonly purchaseId: number; readonly now: Date },
  unit: UnitOfWork,
): Promise<void> {
  const purchase = await stores.purchases.find(scope, purchaseId, unit);
  if (!purchase || purchase.status !== 'requested') return;
  const granted = await grantBought(stores, scope, { purchase, now }, unit);
  const settlement =
    typeof granted === 'string'
      ? ({ status: 'failed', reason: granted, userTagId: null } as const)
      : ({ status: 'completed', reason: null, userTagId: granted._id } as const);
  const isSettled = await settle(stores, scope, purchaseId, { ...settlement, settledAt: now }, unit);
  // It was still requested a moment ago in this same transaction's snapshot: whoever settled it since is tried against again.
  if (!isSettled) throw new Error(`purchase ${purchaseId} was settled meanwhile`);
}

/** The tag as it is granted, or why it is not. */
async function grantBought(
  stores: SettleStores,
  scope: TenantScope,
  { purchase, now }: { readonly purchase: Purchase; readonly now: Date },
  unit: UnitOfWork,
): Promise<UserTag | string> {
  const { _id, memberId, tagId, days, renewsEnd } = purchase;
  if (renewsEnd) {
    const held = await stores.userTags.findHeld(scope, memberId, tagId, unit);
    if (!isStillWanted(held, renewsEnd, now)) return NO_LONGER_WANTED;
  }
  const autoRenew = purchase.autoRenew ?? undefined;
  const command = { memberId, tagId, days, reason: `purchase:${_id}`, autoRenew, now };
  const granted = await orRefusal(grantTag(stores, scope, command, unit));
  return granted instanceof Refusal ? granted.code : granted;
}

/** Nothing was granted and nothing will be. One that is settled already is left alone. */
export async function failPurchase(
  stores: SettleStores,
  scope: TenantScope,
  { purchaseId, reason, now }: { readonly purchaseId: number; readonly reason: string; readonly now: Date },
  unit: UnitOfWork,
): Promise<boolean> {
  const settlement = { status: 'failed', reason, userTagId: null, settledAt: now } as const;
  return settle(stores, scope, purchaseId, settlement, unit);
}

const BATCH = 100;

/** Fails a batch of what nobody settled in time; returns how many it dealt with. */
export async function timeOutPurchases(
  stores: SettleStores & { readonly transactions: Transactions },
  {
    run,
    signal,
    failures,
    tenantId: only,
  }: JobContext & {
    /** Left out: of all tenants. */
    readonly tenantId?: number;
  },
): Promise<number> {
  const { purchases, transactions } = stores;
  const before = failures.count;
  let failed = 0;
  const overdue = await purchases.overdue(new Date(), BATCH, { tenantId: only, failures });
  for (const { _id: purchaseId, tenantId } of overdue) {
    if (signal.aborted) break;
    const command = { purchaseId, reason: 'TIMEOUT', now: new Date() };
    await failures.attempt(purchaseId, { tenantId, purchaseId }, async () => {
      const scope = scopeOfJob(tenantId, 'vip', run);
      if (await transactions.run((unit) => failPurchase(stores, scope, command, unit))) failed++;
    });
  }
  return failed + failures.count - before;
}

async function settle(
  { purchases, settled }: SettleStores,
  scope: TenantScope,
  purchaseId: number,
  settlement: Settlement,
  unit: UnitOfWork,
): Promise<boolean> {
  const purchase: Purchase | null = await purchases.settle(scope, purchaseId, settlement, unit);
  if (!purchase) return false;
  const event = purchase.status === 'completed' ? vipPurchaseCompleted : vipPurchaseFailed;
  unit.announce(scope, event, {
    subject: purchaseId,
    sequence: purchase.sequence,
    data: factOf(purchase),
  });
  const labels = {
    outcome: purchase.status,
    reason: purchase.reason ?? '',
    origin: isAutoRenewal(purchase) ? 'auto_renewal' : 'member',
  };
  unit.afterCommit(() => settled.inc(labels));
  return true;
}

async function orRefusal<T>(work: Promise<T>): Promise<T | Refusal> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
