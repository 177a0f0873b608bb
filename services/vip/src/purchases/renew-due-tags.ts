/** Starts the purchase of tags that renew themselves and are to end soon: once for each end, whatever becomes of it. */
import { Refusal } from '@membership/contracts/errors';
import type { Logger } from '@membership/platform/log';
import { scopeOfJob, type TenantScope } from '@membership/platform/scope';
import type { Transactions, UnitOfWork } from '@membership/platform/transaction';
import { isRenewalDue, tried } from '../holdings/auto-renewal.ts';
import { DAY, requireGiveable, type UserTag } from '../holdings/user-tag.ts';
import { requestPurchase, type PurchaseStores } from './request-purchase.ts';

const BATCH = 100;
/** What stands in a renewal's way is looked at again after so long, for as long as the grace lasts. */
const WAIT_MS = DAY / 144;
/** What a renewal waits for that no refusal names. */
const MEMBER_DEACTIVATED = 'member_deactivated';
const OTHER_PURCHASE = 'purchase_requested';

type Renewing = PurchaseStores & { readonly transactions: Transactions; readonly logger: Logger };
type Run = {
  readonly run: string;
  readonly signal: AbortSignal;
  readonly now?: Date;
  /** Left out: of all tenants. */
  readonly tenantId?: number;
};

/**
 * Looks at a batch of what is due; returns how many it dealt with. Tenants that are suspended are left out until they are
 * resumed. What cannot be bought now (a tag that is not given any more, a member deactivated) waits.
 */
export async function renewDueTags(
  stores: Renewing,
  { run, signal, now = new Date(), tenantId: only }: Run,
): Promise<number> {
  const { userTags, directory, transactions, logger } = stores;
  const without = await directory.suspendedTenantIds();
  let dealt = 0;
  for (const { _id, tenantId } of await userTags.dueForRenewal(now, BATCH, { tenantId: only, without })) {
    if (signal.aborted) break;
    const scope = scopeOfJob(tenantId, 'vip', run);
    try {
      await transactions.run((unit) => renew(stores, scope, { id: _id, now }, unit));
    } catch (error) {
      logger.error({ err: error, tenantId, userTagId: _id, run }, 'a tag was not renewed; it is tried again');
      await transactions.run(async (unit) => {
        if (isRenewalDue(await userTags.get(scope, _id, unit), now))
          await userTags.keepRenewal(scope, _id, { at: later(now) }, unit);
      });
    }
    dealt++;
  }
  return dealt;
}

const later = (now: Date): Date => new Date(now.getTime() + WAIT_MS);

async function renew(
  stores: Renewing,
  scope: TenantScope,
  { id, now }: { readonly id: number; readonly now: Date },
  unit: UnitOfWork,
): Promise<void> {
  const { userTags } = stores;
  const held = await userTags.get(scope, id, unit);
  if (!isRenewalDue(held, now)) return;
  const waitsFor = await whyWaiting(stores, scope, held, unit);
  if (waitsFor !== null) return userTags.keepRenewal(scope, id, { at: later(now), waitsFor }, unit);
  // Written first: a tag that costs nothing is renewed by the purchase itself, which reckons the next time.
  await userTags.keepRenewal(scope, id, tried(held) ?? {}, unit);
  const { memberId, tagId, renewal } = held;
  const days = renewal?.days;
  try {
    const command = { memberId, tagId, days, autoRenew: null, renews: held, now };
    const { _id: purchaseId } = await requestPurchase(stores, scope, command, unit);
    await userTags.keepRenewal(scope, id, { purchaseId }, unit);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const untried = { ...renewal, at: later(now), waitsFor: nameOf(error) };
    await userTags.keepRenewal(scope, id, untried, unit);
  }
}

/** What must change first; null when nothing stands in the way. */
async function whyWaiting(
  { tags, directory, purchases }: Renewing,
  scope: TenantScope,
  held: UserTag,
  unit: UnitOfWork,
): Promise<string | null> {
  const tag = (await tags.byId(scope, [held.tagId], unit)).get(held.tagId);
  if (!tag) throw new Error(`tag ${held.tagId} of holding ${held._id} is gone`);
  try {
    requireGiveable(tag);
  } catch (error) {
    if (error instanceof Refusal) return nameOf(error);
    throw error;
  }
  const member = await directory.findMember(scope, held.memberId, { lookUp: false });
  if (!member?.isActive) return MEMBER_DEACTIVATED;
  return (await purchases.isRequested(scope, held, unit)) ? OTHER_PURCHASE : null;
}

/** The state that a refusal names, or its code. */
const nameOf = ({ code, options: { details } }: Refusal): string =>
  typeof details?.current_state === 'string' ? details.current_state : code;
