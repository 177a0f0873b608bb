/** The ledger's one way to move points. Runs inside a transaction; whatever a decision counts on is a document it writes. */
import type { Refusal } from '@membership/contracts/errors';
import type { Item } from '@membership/platform/group-commit';
import type { UnitOfWork } from '@membership/platform/transaction';
import { Batch, type Ledger } from './batch.ts';
import { decideMovement } from './decide-movement.ts';
import type { Command, Outcome } from './movement.ts';

/**
 * Decides commands in order, each seeing those before it, and writes them with a handful of database calls. One outcome or
 * refusal an item, in the items' order; the refusals are those of `decideMovement`.
 */
export async function commitMovements(
  ledger: Ledger,
  items: readonly Item<Command>[],
  unit: UnitOfWork,
): Promise<(Outcome | Refusal)[]> {
  const batch = await Batch.load(ledger, items, unit);
  const outcomes: (Outcome | Refusal)[] = [];
  for (const item of items) outcomes.push(await decideMovement(batch, item));
  await batch.write();
  return outcomes;
}
