/** Who holds a tag at the ends of months, counted back from who holds it now. Pure. */
import { plusDays, startOfDay, type Day } from '@membership/platform/calendar';

export type Month = { readonly month: string; readonly from: Date };
export type ChurnRow = {
  readonly month: string;
  readonly heldAtStart: number;
  readonly gained: number;
  readonly lost: number;
  readonly heldAtEnd: number;
};

/** The month of a day and those before it, so many in all, the oldest first. */
export function monthsUpTo(day: Day, many: number, zone: string): Month[] {
  const months: Month[] = [];
  for (let first: Day = `${day.slice(0, 7)}-01`; months.length < many; ) {
    months.unshift({ month: first.slice(0, 7), from: startOfDay(zone, first) });
    first = `${plusDays(first, -1).slice(0, 7)}-01`;
  }
  return months;
}

/** `changes`: of each month, and last of all that followed. */
export function churnOf(
  months: readonly Month[],
  changes: readonly { readonly gained: number; readonly lost: number }[],
  heldNow: number,
): ChurnRow[] {
  const rows: ChurnRow[] = [];
  const after = changes[months.length] ?? { gained: 0, lost: 0 };
  let heldAtEnd = heldNow - after.gained + after.lost;
  for (let index = months.length - 1; index >= 0; index--) {
    const { gained, lost } = changes[index] ?? { gained: 0, lost: 0 };
    const heldAtStart = heldAtEnd - gained + lost;
    rows.unshift({ month: (months[index] as Month).month, heldAtStart, gained, lost, heldAtEnd });
    heldAtEnd = heldAtStart;
  }
  return rows;
}
