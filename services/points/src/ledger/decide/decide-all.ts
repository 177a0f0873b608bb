/** Decides commands in order, each seeing those before it. What lacks something waits, and with it what is asked of its members and its order later. */
import { Refusal } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import type { Books } from '../books.ts';
import { counterpartOf, membersOf, type Command } from '../command.ts';
import { orderKey } from '../../domain/order.ts';
import { Needs, type Missing } from '../needs.ts';
import type { Outcome } from '../outcome.ts';
import { NoProfile } from '../refusals.ts';
import { decide } from './decide.ts';

/** A command with its place in the batch. */
export type Placed = { readonly index: number; readonly scope: TenantScope; readonly command: Command };
export type Undecided = { readonly waiting: readonly Placed[]; readonly missing: readonly Missing[] };

/** Keeps what is accepted in the books, and each outcome or refusal in its place; says what waits, and for what. */
export function decideAll(
  books: Books,
  items: readonly Placed[],
  outcomes: (Outcome | Refusal)[],
): Undecided {
  const waiting: Placed[] = [];
  const missing: Missing[] = [];
  const blocked = new Set<number | string>();
  for (const item of items) {
    const touched = touchedBy(item);
    const result = touched.some((one) => blocked.has(one)) ? undefined : decideOne(books, item);
    if (result && !(result instanceof Needs)) {
      outcomes[item.index] = result;
      continue;
    }
    if (result) missing.push(result.missing);
    waiting.push(item);
    for (const one of touched) blocked.add(one);
  }
  return { waiting, missing };
}

/** What later commands may not overtake one that waits in: its members, and an order that two of them may claim. */
const touchedBy = ({ scope, command }: Placed): (number | string)[] => [
  ...membersOf(command),
  ...('orderId' in command ? [orderKey(scope.tenantId, command.orderId)] : []),
];

function decideOne(books: Books, { scope, command }: Placed): Outcome | Refusal | Needs {
  const book = books.open(scope, command.memberId);
  if (!book) return new NoProfile();
  const other = counterpartOf(command);
  const counterpart =
    other === undefined || other === command.memberId ? undefined : books.open(scope, other);
  books.ids.mark();
  const result = decide(book, counterpart, command);
  if (result instanceof Needs || result instanceof Refusal) {
    books.ids.rewind();
    return result;
  }
  books.keep(book);
  if (counterpart) books.keep(counterpart);
  return result;
}
