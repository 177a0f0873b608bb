/** Where members stand on the boards: exact, whatever their number. */
import { invalid } from '@membership/contracts/errors';
import { dayOf, startOfDay } from '@membership/platform/calendar';
import type { Paging } from '@membership/platform/mongo';
import { isPlainMember, requireMemberId, requireOwn, type TenantScope } from '@membership/platform/scope';
import {
  comparePlaces,
  before as membersBefore,
  segmentAt,
  segmentOf,
  sumOf,
  type Place,
} from '../boards/board-segments.ts';
import { daysOf, periodsOf, usualWindow, type Board, type Metric, type Window } from '../boards/boards.ts';
import type { Serving } from '../projecting/generations.ts';
import type { BoardReading } from '../boards/scores-repository.ts';
import type { Boards, Numbers } from './numbers.ts';

export type AskedBoard = {
  readonly metric: Metric;
  readonly window: Window | undefined;
  readonly period: string | undefined;
  readonly now: Date;
};
/** A window of a board, with its ends in the tenant's zone; null: it has none. */
export type BoardWindow = {
  readonly asOf: Serving['asOf'];
  readonly zone: string;
  readonly board: Board;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  readonly isOver: boolean;
};
/** Somebody on a board; `member` is null where the one who asks may not see who it is. */
export type Ranked = {
  readonly rank: number;
  readonly score: number;
  readonly memberId: number;
  readonly member: { readonly displayName: string } | null;
};

/** Boards, and what tells whose day it is and who stands on them. */
export type BoardNumbers = Numbers & { readonly boards: Boards };
type OpenedBoard = {
  /** Of the boards. */
  readonly generation: number;
  /** Of the figures that tell names. */
  readonly named: number;
  readonly window: BoardWindow;
};

export async function openBoard(
  { counters, generations, boards }: BoardNumbers,
  scope: TenantScope,
  asked: AskedBoard,
): Promise<OpenedBoard> {
  const [{ _id: generation, asOf }, { _id: named }] = await Promise.all([
    boards.generations.serving(scope),
    generations.serving(scope),
  ]);
  const zone = await counters.zoneOf(scope, named);
  const board = boardOf(asked, zone);
  return { generation, named, window: { asOf, zone, board, ...endsOf(board, zone, asked.now) } };
}

/** The window that is asked for: the present one unless another is named. Refusals: VALIDATION_ERROR. */
export function boardOf({ metric, window: asked, period, now }: AskedBoard, zone: string): Board {
  const window = asked ?? usualWindow(metric);
  if (metric === 'balance' && window !== 'all') {
    const text = { zh: '现有积分只有 all', en: 'A balance has the window all alone' };
    throw invalid({ window: text });
  }
  const present = periodsOf(dayOf(zone, now)).find((one) => one.window === window)?.period as string;
  if (period === undefined) return { metric, window, period: present };
  if (period !== present && !daysOf({ window, period })) {
    const example = { day: '2026-11-28', week: '2026-W48', month: '2026-11', all: 'all' }[window];
    throw invalid({
      period: { zh: `按 ${window} 应为 ${example} 的形式`, en: `By ${window} it looks like ${example}` },
    });
  }
  return { metric, window, period };
}

/** The ends of a window in a zone. */
export function endsOf(
  board: Board,
  zone: string,
  now: Date,
): Pick<BoardWindow, 'startsAt' | 'endsAt' | 'isOver'> {
  const days = daysOf(board);
  if (!days) return { startsAt: null, endsAt: null, isOver: false };
  const endsAt = startOfDay(zone, days.after);
  return { startsAt: startOfDay(zone, days.first), endsAt, isOver: endsAt <= now };
}

/** The first time that a date can tell. */
const BEFORE_ALL = -8.64e15;
/** The rank of a score: one more than stand above it. */
async function rankOf(reading: BoardReading, { score }: Place): Promise<number> {
  const first: Place = { score, reachedAt: BEFORE_ALL, memberId: 0 };
  return 1 + (await positionOf(reading, first));
}

/** How many stand before a place: those of the segments before, and those before it in its own. */
async function positionOf(reading: BoardReading, place: Place): Promise<number> {
  const { segments } = reading;
  const segment = segmentOf(segments, place);
  const edge = segments.edges[segment - 1] ?? null;
  return membersBefore(segments, segment) + (await reading.countBetween(edge, place));
}

/** Ranks of places that stand one after the other, `position` being that of the first. */
export async function ranked(
  reading: BoardReading,
  places: readonly Place[],
  position: number,
): Promise<{ place: Place; rank: number }[]> {
  const [first] = places;
  if (!first) return [];
  let rank = position === 0 ? 1 : await rankOf(reading, first);
  return places.map((place, index) => {
    if (index > 0 && place.score !== places[index - 1]?.score) rank = position + index + 1;
    return { place, rank };
  });
}

export type LeaderboardPage = {
  readonly window: BoardWindow;
  readonly count: number;
  readonly items: readonly Ranked[];
};

/** Any page costs the same: the segment that it begins in is known. Refusals: VALIDATION_ERROR for a window there is not. */
export async function leaderboard(
  numbers: BoardNumbers,
  scope: TenantScope,
  { page, size, ...asked }: AskedBoard & Paging,
): Promise<LeaderboardPage> {
  const { generation, named, window } = await openBoard(numbers, scope, asked);
  const position = (page - 1) * size;
  const found = await numbers.boards.scores.reading(scope, generation, window.board, async (reading) => {
    const start = reading && segmentAt(reading.segments, position);
    if (!reading || !start) return { count: reading ? sumOf(reading.segments.counts) : 0, rows: [] };
    const from = reading.segments.edges[start.segment - 1] ?? null;
    const places = await reading.listFrom(from, { skip: start.skip, limit: size });
    return { count: sumOf(reading.segments.counts), rows: await ranked(reading, places, position) };
  });
  return { window, count: found.count, items: await withNames(numbers, scope, named, found.rows) };
}

export type OwnRank = {
  readonly window: BoardWindow;
  readonly count: number;
  readonly memberId: number;
  readonly rank: number | null;
  readonly score: number;
  readonly neighbours: readonly Ranked[];
};

/** Refusals: VALIDATION_ERROR for a window there is not; BIZ_001 for a member that names another one. */
export async function ownRank(
  numbers: BoardNumbers,
  scope: TenantScope,
  { memberId: whose, around, ...asked }: AskedBoard & { memberId: number | undefined; around: number },
): Promise<OwnRank> {
  const memberId = whose ?? requireMemberId(scope);
  requireOwn(scope, memberId);
  const { generation, named, window } = await openBoard(numbers, scope, asked);
  const found = await numbers.boards.scores.reading(scope, generation, window.board, async (reading) => {
    const count = reading ? sumOf(reading.segments.counts) : 0;
    const own = reading && (await reading.findPlace(memberId));
    if (!reading || !own) return { count, own: null, rows: [] };
    const above = around === 0 ? [] : await reading.listBefore(own, around);
    const fromOwn = await reading.listFrom(own, { skip: 0, limit: around + 1 });
    const position = (await positionOf(reading, own)) - above.length;
    return { count, own, rows: await ranked(reading, [...above.reverse(), ...fromOwn], position) };
  });
  const { own, count, rows } = found;
  return {
    ...{ window, count, memberId },
    rank: (own && rows.find(({ place }) => comparePlaces(place, own) === 0)?.rank) ?? null,
    score: own?.score ?? 0,
    neighbours: await withNames(numbers, scope, named, rows),
  };
}

/** Private members and those that are no more active are ranked, and shown to themselves and to administrators alone. */
export async function withNames(
  { counters }: Numbers,
  scope: TenantScope,
  generation: number,
  rows: readonly { readonly place: Place; readonly rank: number }[],
): Promise<Ranked[]> {
  const ids = rows.map(({ place }) => place.memberId);
  const names = await counters.listMemberNames(scope, generation, ids);
  return rows.map(({ place: { score, memberId }, rank }) => {
    const { displayName = '', isShown = true } = names.get(memberId) ?? {};
    const isSeen = isShown || !isPlainMember(scope) || scope.actor.id === memberId;
    return { rank, score, memberId, member: isSeen ? { displayName } : null };
  });
}

export type KeptPeriod = Pick<BoardWindow, 'board' | 'startsAt' | 'endsAt' | 'isOver'> & {
  readonly members: number;
};

/** The windows that are kept, the newest first. */
export async function keptPeriods(
  { counters, generations, boards }: BoardNumbers,
  scope: TenantScope,
  { page, size, ...asked }: Omit<AskedBoard, 'period'> & Paging,
): Promise<{ items: KeptPeriod[]; count: number; isEstimate: boolean; asOf: Serving['asOf'] }> {
  const [{ _id: generation, asOf }, { _id: named }] = await Promise.all([
    boards.generations.serving(scope),
    generations.serving(scope),
  ]);
  const zone = await counters.zoneOf(scope, named);
  const { metric, window } = boardOf({ ...asked, period: undefined }, zone);
  const kept = await boards.scores.pagePeriods(scope, generation, { metric, window }, { page, size });
  const items = kept.items.map(({ period, members }) => {
    const board = { metric, window, period };
    return { board, members, ...endsOf(board, zone, asked.now) };
  });
  return { ...kept, items, asOf };
}
