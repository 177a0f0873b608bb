/** The leaderboards of one generation: each member's score on each board, and the boards in segments. */
import mongoose, { type ClientSession, type Connection, type mongo } from 'mongoose';
import { TenantCollection } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import { boardName, forgottenAt, type Board } from './boards.ts';
import {
  comparePlaces,
  merged,
  moved,
  NO_SEGMENTS,
  sumOf,
  split,
  tooLarge,
  type Moves,
  type Place,
  type Segments,
} from './board-segments.ts';
import { boardSchema, scoreSchema, type StoredBoard, type StoredScore } from './models.ts';
import { ZonesRepository } from '../projecting/zones-repository.ts';
import type { ScoreChange, ScoreTally } from './tally-scores.ts';

const WHOLE_LOG = 'the log holds the facts of every tenant; every score carries its own';
const { MinKey } = mongoose.mongo;
/** The order of a board. */
const ORDER = { tenantId: 1, generation: 1, board: 1, score: -1, reachedAt: 1, memberId: 1 } as const;
const AT_ONCE = 1_000;

/** What is read of one board, all as of one moment. */
export type BoardReading = {
  /** Names the moment: who reads the board again by it finds the same. */
  readonly moment: string;
  readonly segments: Segments;
  findPlace(memberId: number): Promise<Place | null>;
  /** Places from one on, or from the top, in the order of the board. */
  listFrom(from: Place | null, page: { readonly skip: number; readonly limit: number }): Promise<Place[]>;
  /** Those that stand just before a place, the nearest first. */
  listBefore(place: Place, limit: number): Promise<Place[]>;
  /** How many stand from one place on, or from the top, up to another, which is not counted. */
  countBetween(from: Place | null, until: Place): Promise<number>;
};

/** The database keeps no moment for longer than some minutes (`minSnapshotHistoryWindowInSeconds`). */
export class MomentIsGone extends Error {}
const GONE = new Set<unknown>(['SnapshotTooOld', 'SnapshotUnavailable', 'InvalidOptions']);

/** The driver keeps it, and does not type it: of reads that go on where others have ended. */
type Pinned = ClientSession & { snapshotTime?: mongo.Timestamp };
const momentOf = ({ snapshotTime: at }: Pinned): string => (at ? `${at.high >>> 0}-${at.low >>> 0}` : '0-0');
function pin(session: Pinned, moment: string): void {
  const [seconds, increment] = moment.split('-').map(Number) as [number, number];
  session.snapshotTime = new mongoose.mongo.Timestamp({ t: seconds, i: increment });
}

export class ScoresRepository {
  readonly zones: ZonesRepository;
  readonly #connection: Connection;
  /** Members in a segment, at most. */
  readonly #capacity: number | undefined;
  readonly #scores: TenantCollection<StoredScore>;
  readonly #boards: TenantCollection<StoredBoard>;

  constructor(connection: Connection, capacity?: number) {
    this.#connection = connection;
    this.#capacity = capacity;
    this.#scores = new TenantCollection<StoredScore>(connection, 'scores', scoreSchema);
    this.#boards = new TenantCollection<StoredBoard>(connection, 'boards', boardSchema);
    this.zones = new ZonesRepository(connection, 'board_zones');
  }

  /** Writes what a batch does to the scores, and with them the segments of their boards: each document once. */
  async add(generation: number, { changes, zones }: ScoreTally, session: ClientSession): Promise<void> {
    await this.zones.put(generation, zones, session);
    const known = await this.#known(generation, changes, session);
    const moves = new Map<string, { change: ScoreChange; left: Place[]; taken: Place[] }>();
    const scores: StoredScore[] = [];
    const gone: string[] = [];
    for (const change of changes) {
      const old = known.get(scoreId(generation, change));
      const now = changed(old, change, generation);
      if (!now) continue;
      scores.push(now);
      if (old) gone.push(old._id);
      const id = boardId(generation, change);
      const of = moves.get(id) ?? { change, left: [], taken: [] };
      moves.set(id, of);
      if (old && old.score > 0) of.left.push(placeOf(old));
      if (now.score > 0) of.taken.push(placeOf(now));
    }
    if (scores.length === 0) return;
    await this.#replace(gone, scores, session);
    await this.#moveOn(generation, moves, session);
  }

  /**
   * A score moves in its index with every change. One that is removed and put in anew costs the server about 6/10 of one that
   * is updated, and a new one half: it takes many in one statement, and an update looks into its catalog for each index.
   */
  async #replace(
    gone: readonly string[],
    scores: readonly StoredScore[],
    session: ClientSession,
  ): Promise<void> {
    const collection = this.#scores.acrossTenants(WHOLE_LOG);
    for (const some of chunks(gone, AT_ONCE))
      await collection.deleteMany({ _id: { $in: some } }, { session });
    for (const some of chunks(scores, AT_ONCE)) await collection.insertMany(some, { session, ordered: true });
  }

  async #known(
    generation: number,
    changes: readonly ScoreChange[],
    session: ClientSession,
  ): Promise<Map<string, StoredScore>> {
    const ids = changes.map((change) => scoreId(generation, change));
    const known = new Map<string, StoredScore>();
    for (const some of chunks(ids, AT_ONCE)) {
      const found = await this.#scores
        .acrossTenants(WHOLE_LOG)
        .find({ _id: { $in: some } }, { session, batchSize: AT_ONCE + 1 })
        .toArray();
      for (const score of found) known.set(score._id, score as StoredScore);
    }
    return known;
  }

  async #moveOn(
    generation: number,
    moves: ReadonlyMap<string, Moves & { readonly change: ScoreChange }>,
    session: ClientSession,
  ): Promise<void> {
    const collection = this.#boards.acrossTenants(WHOLE_LOG);
    const found = await collection
      .find({ _id: { $in: [...moves.keys()] } }, { session, batchSize: moves.size + 1 })
      .toArray();
    const boards = new Map(found.map((board) => [board._id, segmentsOf(board as StoredBoard)]));
    const writes: mongo.AnyBulkWriteOperation<StoredBoard>[] = [];
    for (const [_id, { change, left, taken }] of moves) {
      const { tenantId, board } = change;
      let segments = merged(moved(boards.get(_id) ?? NO_SEGMENTS, { left, taken }), this.#capacity);
      for (;;) {
        const large = tooLarge(segments, this.#capacity);
        if (large === null) break;
        const head = Math.floor((segments.counts[large] as number) / 2);
        const [edge] = await this.#list(
          { tenantId, generation, board: boardName(board) },
          { from: segments.edges[large - 1] ?? null, skip: head, limit: 1 },
          session,
        );
        if (!edge) throw new Error(`board ${_id} has fewer members than its segments count`);
        segments = split(segments, large, edge, head);
      }
      const expireAt = forgottenAt(board);
      const replacement: StoredBoard = {
        ...{ _id, tenantId, generation, ...board },
        ...{ members: sumOf(segments.counts), ...packed(segments) },
        ...(expireAt ? { expireAt } : {}),
      };
      writes.push({ replaceOne: { filter: { _id }, replacement, upsert: true } });
    }
    await collection.bulkWrite(writes, { session, ordered: true });
  }

  /**
   * Reads a board, everything of it as of one moment: now, or the one that an earlier reading named. Null for one on which
   * nobody ever was. Throws MomentIsGone for a moment that is not kept any more.
   */
  async reading<T>(
    scope: TenantScope,
    generation: number,
    board: Board,
    read: (reading: BoardReading | null) => Promise<T>,
    moment?: string,
  ): Promise<T> {
    const session = await this.#connection.startSession({ snapshot: true });
    if (moment !== undefined) pin(session, moment);
    const { tenantId } = scope;
    const of: BoardKey = { tenantId, generation, board: boardName(board) };
    try {
      const found = await this.#boards.native.findOne(
        { _id: boardId(generation, { tenantId, board }), tenantId },
        { session },
      );
      if (!found) return await read(null);
      return await read({
        moment: momentOf(session),
        segments: segmentsOf(found as StoredBoard),
        findPlace: async (memberId) => {
          const score = await this.#scores.native.findOne(
            { _id: scoreId(generation, { tenantId, board, memberId }), tenantId },
            { session },
          );
          return score && score.score > 0 ? placeOf(score as StoredScore) : null;
        },
        listFrom: (from, page) => this.#list(of, { from, ...page }, session),
        listBefore: (place, limit) => this.#list(of, { until: place, limit, isReverse: true }, session),
        countBetween: async (from, until) => (await this.#list(of, { from, until }, session)).length,
      });
    } catch (error) {
      if (moment !== undefined && GONE.has((error as { codeName?: unknown }).codeName))
        throw new MomentIsGone(moment, { cause: error });
      throw error;
    } finally {
      await session.endSession();
    }
  }

  /** Places in the order of a board, or from the end: walked along its index, between two places of it. */
  async #list(
    of: BoardKey,
    { from = null, until = null, skip = 0, limit = 0, isReverse = false }: Walk,
    session: ClientSession,
  ): Promise<Place[]> {
    // The server refuses a stretch that has no length.
    if (from && until && comparePlaces(from, until) >= 0) return [];
    const top = { ...of, score: Number.POSITIVE_INFINITY, reachedAt: new MinKey(), memberId: new MinKey() };
    const end = { ...of, score: 0, reachedAt: new MinKey(), memberId: new MinKey() };
    const found = await this.#scores.native
      .find(
        { tenantId: of.tenantId },
        { session, projection: { _id: 0, score: 1, reachedAt: 1, memberId: 1 }, hint: ORDER },
      )
      .min(from ? { ...of, ...stored(from) } : top)
      .max(until ? { ...of, ...stored(until) } : end)
      .sort(isReverse ? reversedOrder : ORDER)
      .skip(skip)
      .limit(limit)
      .batchSize(limit === 0 ? 10_000 : limit + 1)
      .toArray();
    return found.map((score) => placeOf(score as Pick<StoredScore, 'score' | 'reachedAt' | 'memberId'>));
  }

  /** Periods of a window on which somebody stands, the newest first. */
  async pagePeriods(
    scope: TenantScope,
    generation: number,
    { metric, window }: Pick<Board, 'metric' | 'window'>,
    page: { readonly page: number; readonly size: number },
  ): Promise<{ items: StoredBoard[]; count: number; isEstimate: boolean }> {
    const filter = { generation, metric, window, members: { $gt: 0 } };
    return this.#boards.page(scope, filter, {
      ...page,
      sort: { period: -1 },
      projection: { edges: 0, counts: 0 },
    });
  }
}

type BoardKey = { readonly tenantId: number; readonly generation: number; readonly board: string };
type Walk = {
  readonly from?: Place | null;
  readonly until?: Place | null;
  readonly skip?: number;
  readonly limit?: number;
  readonly isReverse?: boolean;
};
const reversedOrder = Object.fromEntries(
  Object.entries(ORDER).map(([field, direction]) => [field, direction === 1 ? -1 : 1]),
) as Record<string, 1 | -1>;

function* chunks<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size);
}

const boardId = (generation: number, { tenantId, board }: { tenantId: number; board: Board }): string =>
  `${generation}/${tenantId}:${boardName(board)}`;
const scoreId = (
  generation: number,
  { memberId, ...of }: { tenantId: number; board: Board; memberId: number },
): string => `${boardId(generation, of)}:${memberId}`;

const placeOf = ({
  score,
  reachedAt,
  memberId,
}: Pick<StoredScore, 'score' | 'reachedAt' | 'memberId'>): Place => ({
  score,
  reachedAt: reachedAt.getTime(),
  memberId,
});
const stored = ({ score, reachedAt, memberId }: Place) => ({
  score,
  reachedAt: new Date(reachedAt),
  memberId,
});

/**
 * A score once a batch is counted: what was added up, or what was told last; null where something newer was told. It was
 * reached when it changed last.
 */
function changed(
  before: StoredScore | undefined,
  change: ScoreChange,
  generation: number,
): StoredScore | null {
  const { tenantId, board, memberId, points, sequence } = change;
  const isTold = sequence !== undefined;
  if (isTold && (before?.sequence ?? 0) >= sequence) return null;
  const expireAt = forgottenAt(board);
  const score = isTold ? points : (before?.score ?? 0) + points;
  const reachedAt =
    !isTold && before ? Math.max(before.reachedAt.getTime(), change.reachedAt) : change.reachedAt;
  return {
    ...{ _id: scoreId(generation, change), tenantId, generation, board: boardName(board), memberId },
    ...{ score, reachedAt: new Date(reachedAt) },
    ...(isTold ? { sequence } : {}),
    ...(expireAt ? { expireAt } : {}),
  };
}

/** Packed: a board of a million members has a thousand edges, read with every question. */
const packed = ({ edges, counts }: Segments): Pick<StoredBoard, 'edges' | 'counts'> => ({
  edges: Buffer.from(
    Float64Array.from(edges.flatMap(({ score, reachedAt, memberId }) => [score, reachedAt, memberId])).buffer,
  ),
  counts: Buffer.from(Int32Array.from(counts).buffer),
});
/** A copy of its own: numbers may not begin at any byte. */
const bytesOf = (bytes: StoredBoard['edges']): ArrayBuffer =>
  new Uint8Array(Buffer.isBuffer(bytes) ? bytes : bytes.buffer).buffer;
function segmentsOf({ edges, counts }: Pick<StoredBoard, 'edges' | 'counts'>): Segments {
  const numbers = new Float64Array(bytesOf(edges));
  const places = Array.from({ length: numbers.length / 3 }, (_, index) => ({
    score: numbers[index * 3] as number,
    reachedAt: numbers[index * 3 + 1] as number,
    memberId: numbers[index * 3 + 2] as number,
  }));
  return { edges: places, counts: [...new Int32Array(bytesOf(counts))] };
}
