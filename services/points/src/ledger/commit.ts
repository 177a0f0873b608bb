/** The ledger's one way to move points: load, decide, write, inside a transaction. */
import { Refusal } from '@membership/contracts/errors';
import type { Item } from '@membership/platform/group-commit';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Command } from './command.ts';
import { decideAll, type Placed } from './decide/decide-all.ts';
import type { Ledger } from './ledger.ts';
import { loadBooks, loadMissing } from './load-books.ts';
import type { Outcome } from './outcome.ts';
import { writeChanges } from './write-changes.ts';

/**
 * Decides commands in order, each seeing those before it, and writes what they change. One outcome or refusal an item, in the
 * items' order; the refusals are those of `decide`. Whatever a decision counts on is a document that it writes.
 */
export async function commit(
  ledger: Ledger,
  items: readonly Item<Command>[],
  unit: UnitOfWork,
): Promise<(Outcome | Refusal)[]> {
  const books = await loadBooks(ledger, items, unit);
  const outcomes: (Outcome | Refusal)[] = [];
  let waiting: readonly Placed[] = items.map((item, index) => ({ ...item, index }));
  while (waiting.length > 0) {
    const undecided = decideAll(books, waiting, outcomes);
    if (undecided.missing.length > 0) await loadMissing(ledger, books, undecided.missing, unit);
    waiting = undecided.waiting;
  }
  const { changes } = books;
  await writeChanges(ledger, changes, books.now, unit);
  unit.afterCommit(() => {
    for (const { type, points } of changes.records.values()) ledger.moved?.inc({ type }, Math.abs(points));
    ledger.onCommit?.(changes, books.now);
  });
  return outcomes;
}

/** One command as a part of something larger, undone with it: its outcome, or why the ledger refuses it. */
export async function commitOrRefusal(
  ledger: Ledger,
  scope: TenantScope,
  command: Command,
  unit: UnitOfWork,
): Promise<Outcome | Refusal> {
  const [outcome] = await commit(ledger, [{ scope, command }], unit);
  if (!outcome) throw new Error('the ledger decided nothing');
  return outcome;
}

/** As `commitOrRefusal`. Throws what the ledger refuses. */
export async function commitOne(
  ledger: Ledger,
  scope: TenantScope,
  command: Command,
  unit: UnitOfWork,
): Promise<Outcome> {
  const outcome = await commitOrRefusal(ledger, scope, command, unit);
  if (outcome instanceof Refusal) throw outcome;
  return outcome;
}
