/**
 * Holds the boards of single windows against each other: what a member has on those of its months is what it has on that of
 * all time, which the services know; what it has on those of the days of a week or month is what it has on that one.
 */
import { mondayBefore, weekOf, type Looked, type Of } from './books.ts';

const METRICS = ['earned', 'spent', 'activations'] as const;
/** Boards of days are kept so long: those of earlier weeks and months have nothing to be held against. */
const DAYS_KEPT = 98;
const DAY_MS = 86_400_000;
const FAULTS_AT_MOST = 1_000;
/** How far two sides of one thing are apart. */
type Apart = { readonly _id: { readonly memberId: number; readonly of: string }; readonly apart: number };

const dayAt = (at: number): string => new Date(at).toISOString().slice(0, 10);

export async function windowsOf({ books, generation, tenantId }: Of, now: Date): Promise<Looked> {
  const scores = books.stats.collection<{ _id: string }>('scores');
  const since = dayAt(now.getTime() - DAYS_KEPT * DAY_MS);
  // Whole ones alone: of the first some days may be forgotten.
  const firstMonth = nextMonth(since);
  const firstWeek = weekOf(dayAt(mondayBefore(since).getTime() + 7 * DAY_MS));
  const found = new Map<string, string>();
  let compared = 0;
  for (const metric of METRICS) {
    const prefix = `${generation}/${tenantId}:${metric}`;
    const those = { _id: { $gte: `${prefix}:`, $lt: `${prefix};` } };
    compared += await scores.countDocuments(those);
    const apart = scores.aggregate<Apart>(
      [
        { $match: those },
        { $set: { name: { $split: ['$board', ':'] } } },
        {
          $project: {
            ...{ memberId: 1, score: 1, window: { $arrayElemAt: ['$name', 1] } },
            period: { $arrayElemAt: ['$name', 2] },
          },
        },
        { $set: { sides: sidesOf(firstMonth, firstWeek) } },
        { $unwind: '$sides' },
        { $group: { _id: { memberId: '$memberId', of: '$sides.of' }, apart: { $sum: '$sides.score' } } },
        { $match: { apart: { $ne: 0 } } },
        { $limit: FAULTS_AT_MOST },
      ],
      { allowDiskUse: true },
    );
    for await (const { _id, apart: by } of apart) {
      const both = _id.of === 'all' ? 'of all time and of its months' : `of ${_id.of} and of its days`;
      found.set(`leaderboards of ${metric}, member ${_id.memberId}, ${both}`, `${Math.abs(by)} apart`);
    }
  }
  return { compared, found };
}

/** On which sides a score stands, those of the smaller windows below zero: both come to nothing together. */
function sidesOf(firstMonth: string, firstWeek: string) {
  const less = { $multiply: ['$score', -1] };
  const side = (of: unknown, score: unknown) => ({ of, score });
  const when = (is: unknown, sides: unknown) => ({ $cond: [is, [sides], []] });
  const day = { $dateFromString: { dateString: '$period' } };
  const [month, week] = [
    { $substrCP: ['$period', 0, 7] },
    { $dateToString: { date: day, format: '%G-W%V' } },
  ];
  const named = (kind: string, period: unknown) => ({ $concat: [`${kind} `, period] });
  const from = (period: unknown, first: string) => ({ $gte: [period, first] });
  const ofWindow = (window: string, sides: unknown, others: unknown) => ({
    $cond: [{ $eq: ['$window', window] }, sides, others],
  });
  const ofMonth = when(from('$period', firstMonth), side(named('month', '$period'), '$score'));
  const ofWeek = when(from('$period', firstWeek), side(named('week', '$period'), '$score'));
  const ofDay = {
    $concatArrays: [
      when(from(month, firstMonth), side(named('month', month), less)),
      when(from(week, firstWeek), side(named('week', week), less)),
    ],
  };
  return ofWindow(
    'all',
    [side('all', '$score')],
    ofWindow('month', { $concatArrays: [[side('all', less)], ofMonth] }, ofWindow('week', ofWeek, ofDay)),
  );
}

const nextMonth = (day: string): string => {
  const [year = 0, month = 0] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 7);
};
