/** One movement as a part of something larger: in its transaction, and undone with it. */
import { Refusal } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Ledger } from './batch.ts';
import { commitMovements } from './commit-movements.ts';
import type { Command, Outcome } from './movement.ts';

/** Moves points inside a transaction, or says why the ledger does not. */
export async function moveOrRefusal(
  ledger: Ledger,
  scope: TenantScope,
  command: Command,
  unit: UnitOfWork,
): Promise<Outcome | Refusal> {
  const [outcome] = await commitMovements(ledger, [{ scope, command }], unit);
  if (!outcome) throw new Error('the ledger decided nothing');
  return outcome;
}

/** Moves points inside a transaction. Throws what the ledger refuses. */
export async function moveWithin(
  ledger: Ledger,
  scope: TenantScope,
  command: Command,
  unit: UnitOfWork,
): Promise<Outcome> {
  const outcome = await moveOrRefusal(ledger, scope, command, unit);
  if (outcome instanceof Refusal) throw outcome;
  return outcome;
}
