/** Holds every purchase that vip knows against what points has done for it. Reads both databases while the services run. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from '@membership/platform/mongo';
import { faultsOf, outcomeOf, type Outcome, type Purchase, type Traces } from './purchase-audit.ts';

export type Books = { readonly vip: Connection; readonly points: Connection };
export type Fault = { readonly tenantId: number; readonly purchaseId: number; readonly found: string };
export type Verified = Readonly<Record<Outcome, number>> & {
  readonly purchases: number;
  readonly faults: number;
};
type Row = { _id: number; tenantId: number; state: string; holdId: number | null };
type Hold = {
  _id: number;
  tenantId: number;
  status: string;
  points: number;
  captured: number;
  sourceId: number;
};

type PaidBy = {
  _id: number;
  points: number;
  status: string;
  undone?: { points: number };
  reversalOf?: number;
};

const BATCH = 500;
/** The two databases are not read at one moment: what moved in between is looked at again. */
const LOOKS = 3;
const BETWEEN_LOOKS_MS = 300;
const SOURCE = 'vip_purchase';

const sumOf = (records: readonly PaidBy[]): number => records.reduce((sum, { points }) => sum + points, 0);
/** Whatever undid it has left its mark, whether or not the record that gave the points back is found. */
const markedAsUndone = ({ status, undone, points }: PaidBy): number =>
  status === 'cancelled' ? -points : (undone?.points ?? 0);

async function tracesOf(
  { vip, points }: Books,
  { _id, tenantId, memberId, tagId }: Purchase,
): Promise<Traces> {
  const decision = await points.collection<Row>('purchase_holds').findOne({ _id, tenantId });
  const hold = decision?.holdId
    ? await points.collection<Hold>('holds').findOne({ _id: decision.holdId, tenantId })
    : null;
  const all = points.collection<PaidBy>('records');
  const records = await all.find({ tenantId, memberId, sourceType: SOURCE, sourceId: _id }).toArray();
  const reversals = await all
    .find({ tenantId, memberId, reversalOf: { $in: records.map((record) => record._id) } })
    .toArray();
  const held = await vip.collection<{ _id: number }>('user_tags').findOne({ tenantId, memberId, tagId });
  const grants = held
    ? await vip
        .collection('user_tag_history')
        .countDocuments({ tenantId, userTagId: held._id, reason: `purchase:${_id}` })
    : 0;
  return {
    ...{ grants, decision, hold, records: records.map((record) => record.points) },
    undone: Math.max(sumOf(reversals), ...records.map(markedAsUndone)),
  };
}

/**
 * Looks at every purchase; tells each fault, and what became of how many. `lateMs`: how long after its settlement (or the end
 * of its time) what is on its way becomes a fault.
 */
export async function verifyPurchases(
  books: Books,
  {
    tenantId,
    lateMs,
    onFault,
  }: { tenantId?: number | undefined; lateMs: number; onFault: (fault: Fault) => void },
): Promise<Verified> {
  const only = tenantId === undefined ? {} : { tenantId };
  const verified = { purchases: 0, requested: 0, completed: 0, compensated: 0, failed: 0, faults: 0 };
  const tell = (fault: Fault) => {
    verified.faults++;
    onFault(fault);
  };
  const purchases = books.vip.collection<Purchase>('purchases');
  for (let after = 0; ; ) {
    const page = await purchases
      .find({ ...only, _id: { $gt: after } })
      .sort({ _id: 1 })
      .limit(BATCH)
      .toArray();
    for (const one of page) {
      const { outcome, faults } = await look(books, one, lateMs);
      verified.purchases++;
      verified[outcome]++;
      for (const found of faults) tell({ tenantId: one.tenantId, purchaseId: one._id, found });
    }
    const last = page.at(-1);
    if (!last) break;
    after = last._id;
  }
  for await (const { _id, ...row } of books.points.collection<Row>('purchase_holds').find(only))
    if (!(await purchases.findOne({ _id, tenantId: row.tenantId }, { projection: { _id: 1 } })))
      tell({
        tenantId: row.tenantId,
        purchaseId: _id,
        found: `points have ${row.state}, and vip knows no such purchase`,
      });
  const open = books.points.collection<Hold>('holds').find({ ...only, sourceType: SOURCE, status: 'held' });
  for await (const { _id, tenantId: tenant, sourceId } of open)
    if (!(await books.points.collection<Row>('purchase_holds').findOne({ _id: sourceId, holdId: _id })))
      tell({ tenantId: tenant, purchaseId: sourceId, found: `hold ${_id} outlives its purchase` });
  return verified;
}

async function look(
  books: Books,
  found: Purchase,
  lateMs: number,
): Promise<{ outcome: Outcome; faults: string[] }> {
  for (let purchase = found, looks = 1; ; looks++) {
    const traces = await tracesOf(books, purchase);
    const faults = faultsOf(purchase, traces, new Date(Date.now() - lateMs));
    if (faults.length === 0 || looks >= LOOKS) return { outcome: outcomeOf(purchase, traces), faults };
    await pause(BETWEEN_LOOKS_MS);
    const { _id, tenantId } = found;
    purchase = (await books.vip.collection<Purchase>('purchases').findOne({ _id, tenantId })) ?? purchase;
  }
}
