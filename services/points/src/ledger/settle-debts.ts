/** What a reversal could not take back is taken from what comes in next, by records of its own. */
import { announceReversal } from './announce-movement.ts';
import { counterOf, owedBy } from './profile.ts';
import { addRecord, take, type Turn } from './turn.ts';

/** Takes what the profile owes from so many points that have just come in, oldest debt first. */
export async function settleDebts(turn: Turn, incoming: number): Promise<void> {
  const { profile } = turn;
  let budget = incoming;
  while (profile.debts && profile.debts.length > 0 && budget > 0) {
    const [debt, ...others] = profile.debts;
    if (!debt) return;
    const points = Math.min(debt.points, budget);
    budget -= points;
    profile.debts = points === debt.points ? others : [{ ...debt, points: debt.points - points }, ...others];
    const taken = await take(turn, points);
    const record = await addRecord(turn, debt.type, -points, {
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
    announceReversal(turn, record, {
      reversedRecordId: debt.recordId,
      counter: counterOf(debt.type, debt.points),
      owed: owedBy({ debts: profile.debts.filter(({ recordId }) => recordId === debt.recordId) }),
      isRemainder: true,
      reason: null,
    });
  }
}
