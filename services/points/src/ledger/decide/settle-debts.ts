/** What a reversal could not take back is taken from what comes in next, by records of its own. */
import type { Book } from '../book.ts';
import { owedBy } from '../debt.ts';
import { counterOf } from '../record.ts';
import { addRecord, take } from './move.ts';
import { tellReversal } from './tell.ts';

/** Takes what the profile owes from so many points that have just come in, oldest debt first. */
export function settleDebts(book: Book, incoming: number): void {
  const { profile } = book;
  let budget = incoming;
  while (profile.debts && profile.debts.length > 0 && budget > 0) {
    const [debt, ...others] = profile.debts;
    if (!debt) return;
    const points = Math.min(debt.points, budget);
    budget -= points;
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
