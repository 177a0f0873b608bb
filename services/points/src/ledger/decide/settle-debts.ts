/** Takes what a reversal could not take back from what becomes available next, by records of its own. */
import type { Book } from '../book.ts';
import { owedBy } from '../../domain/debt.ts';
import { counterOf } from '../../domain/record.ts';
import { addRecord, take } from './book-steps.ts';
import { tellReversal } from './tell-facts.ts';

/**
 * Takes what the profile owes from what is available, oldest debt first: whoever owes has nothing to spend, whether points came
 * in, came back, or were released. Not while something is over that has not been ended yet.
 */
export function settleDebts(book: Book): void {
  const { profile } = book;
  while (profile.debts && profile.debts.length > 0 && profile.available > 0 && !book.isDue) {
    const [debt, ...others] = profile.debts;
    if (!debt) return;
    const points = Math.min(debt.points, profile.available);
    profile.debts = points === debt.points ? others : [{ ...debt, points: debt.points - points }, ...others];
    const taken = take(book, points);
    const record = addRecord(book, debt.type, -points, {
      category: debt.category,
      subcategory: debt.subcategory,
      reason: null,
      sourceType: 'reversal',
      sourceId: debt.recordId,
      originalPoints: points,
      taken,
      reversalOf: debt.recordId,
      counter: counterOf(debt.type, debt.points),
      countedAt: debt.recordedAt,
      isOfPlatform: true,
      isReceived: debt.isReceived === true,
    });
    tellReversal(book, record, {
      reversedRecordId: debt.recordId,
      counter: counterOf(debt.type, debt.points),
      owed: owedBy({ debts: profile.debts.filter(({ recordId }) => recordId === debt.recordId) }),
      isRemainder: true,
      reason: null,
    });
  }
}
