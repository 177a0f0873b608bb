/** Spends points, those that end soonest first. */
import type { Refusal } from '@membership/contracts/errors';
import type { Book } from '../book.ts';
import type { SpendCommand } from '../command.ts';
import type { Outcome } from '../outcome.ts';
import { whyDisabled, whyInsufficient } from '../../domain/profile.ts';
import { whyNotCategory } from '../refusals.ts';
import { addRecord, outcome, take } from './book-steps.ts';
import { tellMovement } from './tell-facts.ts';

/** Refusals: POINTS_DISABLED, VALIDATION_ERROR for a category that does not spend, INSUFFICIENT_POINTS. */
export function spend(book: Book, command: SpendCommand): Outcome | Refusal {
  const { profile, definitions } = book;
  const isFree = command.batchId !== undefined || command.isOfPlatform;
  const refusal =
    whyDisabled(profile) ??
    (isFree ? undefined : whyNotCategory(command.category, definitions.settings.spendingCategories)) ??
    whyInsufficient(profile, command.points);
  if (refusal) return refusal;
  const taken = take(book, command.points);
  const record = addRecord(book, 'spend', -command.points, {
    ...command,
    originalPoints: command.points,
    taken,
  });
  tellMovement(book, record, command.points);
  return outcome(book, record);
}
