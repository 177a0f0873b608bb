/** Adds a batch of events up to what it does to the boards. Pure. */
import type { Day } from '@membership/platform/calendar';
import { memberOf } from '../archive/member-of.ts';
import type { Read } from '../projecting/rules.ts';
import { BatchDays, type Zone } from '../projecting/zones.ts';
import { boardName, periodsOf, type Board, type SummedMetric } from './boards.ts';
import type { Scored } from './scores.ts';

/** What happens to a member's score on a board. */
export type ScoreChange = {
  readonly tenantId: number;
  readonly board: Board;
  readonly memberId: number;
  /** So much is added to it; or it is this from now on, as the event of this sequence told: the newest stays. */
  readonly points: number;
  readonly sequence?: number;
  readonly reachedAt: number;
};
export type ScoreTally = {
  readonly changes: readonly ScoreChange[];
  /** Zones that the batch told. */
  readonly zones: ReadonlyMap<number, Zone>;
};

/**
 * What a batch does to the boards, against the zones that are known. An event counts in the day of the zone that its tenant
 * had as the log told it; a score was reached when the last event came to it, a balance when it was told.
 */
export function tallyScores(batch: readonly Read<Scored>[], known: ReadonlyMap<number, Zone>): ScoreTally {
  const days = new BatchDays(known);
  const sums = new Map<string, Summed>();
  const balances = new Map<string, ScoreChange>();
  for (const { envelope, meaning } of batch) {
    const { tenantid: tenantId, sequence } = envelope;
    const zone = days.zoneAt(envelope, meaning.zone);
    const memberId = memberOf(envelope);
    if (memberId === null) continue;
    const at = Date.parse(envelope.time);
    if (meaning.scores) {
      const day = days.dayIn(zone, at);
      for (const [metric, points] of Object.entries(meaning.scores))
        if (points !== 0) add(sums, { tenantId, memberId, metric: metric as SummedMetric, day, points, at });
    }
    if (meaning.balance === undefined) continue;
    const key = `${tenantId}:${memberId}`;
    if (sequence > (balances.get(key)?.sequence ?? 0))
      balances.set(key, {
        ...{ tenantId, memberId, sequence, points: meaning.balance, reachedAt: at },
        board: { metric: 'balance', window: 'all', period: 'all' },
      });
  }
  return { changes: [...onBoards(sums.values()), ...balances.values()], zones: days.told };
}

type Summed = {
  readonly tenantId: number;
  readonly memberId: number;
  readonly metric: SummedMetric;
  readonly day: Day;
  points: number;
  at: number;
};
function add(sums: Map<string, Summed>, one: Summed): void {
  const key = `${one.tenantId}:${one.memberId}:${one.metric}:${one.day}`;
  const sum = sums.get(key);
  if (!sum) {
    sums.set(key, one);
    return;
  }
  sum.points += one.points;
  sum.at = Math.max(sum.at, one.at);
}

/** What was added up in a day, on each board that has the day. */
function onBoards(sums: Iterable<Summed>): ScoreChange[] {
  const periods = new Map<Day, ReturnType<typeof periodsOf>>();
  const changes = new Map<string, ScoreChange>();
  for (const { tenantId, memberId, metric, day, points, at } of sums) {
    const found = periods.get(day) ?? periodsOf(day);
    periods.set(day, found);
    for (const period of found) {
      const board: Board = { metric, ...period };
      const key = `${tenantId}:${memberId}:${boardName(board)}`;
      const before = changes.get(key);
      changes.set(key, {
        ...{ tenantId, board, memberId },
        points: points + (before?.points ?? 0),
        reachedAt: Math.max(at, before?.reachedAt ?? at),
      });
    }
  }
  return [...changes.values()];
}
