/** Puts points right by hand, in either direction: no limit or multiplier applies, and a disabled profile can be adjusted. */
import type { Refusal } from '@membership/contracts/errors';
import { allCategories } from '../../domain/points-settings.ts';
import type { Book } from '../book.ts';
import type { AdjustCommand } from '../command.ts';
import type { Outcome } from '../outcome.ts';
import { whyInsufficient } from '../../domain/profile.ts';
import { whyNotCategory } from '../refusals.ts';
import { addLot, addRecord, outcome, take, usualEnd } from './book-steps.ts';
import { tellMovement } from './tell-facts.ts';

/** Refusals: VALIDATION_ERROR for a category that the tenant does not have, INSUFFICIENT_POINTS. */
export function adjust(book: Book, command: AdjustCommand): Outcome | Refusal {
  const { points } = command;
  const asked = Math.abs(points);
  const refusal =
    whyNotCategory(command.category, allCategories(book.definitions.settings)) ??
    (points < 0 ? whyInsufficient(book.profile, asked) : undefined);
  if (refusal) return refusal;
  if (points < 0) {
    const taken = take(book, asked);
    const record = addRecord(book, 'adjust', points, { ...command, originalPoints: asked, taken });
    tellMovement(book, record, asked);
    return outcome(book, record);
  }
  const details = { ...command, originalPoints: asked, expiresAt: usualEnd(book) };
  const record = addRecord(book, 'adjust', points, details);
  addLot(book, record);
  tellMovement(book, record, asked);
  return outcome(book, record);
}
