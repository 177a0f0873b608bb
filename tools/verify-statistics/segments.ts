/**
 * Counts the places of each board in the stretches that its segments mark, and holds the segments against it: where everybody
 * stands is what they and a count within one of them come to.
 */
import type { Looked, Of } from './books.ts';

const FAULTS_AT_MOST = 1_000;
type Bytes = { readonly buffer: Uint8Array };
type Board = {
  readonly _id: string;
  readonly metric: string;
  readonly window: string;
  readonly period: string;
  readonly members: number;
  readonly edges: Bytes;
  readonly counts: Bytes;
};
type Place = { readonly score: number; readonly reachedAt: Date; readonly memberId: number };

/** A copy of its own: numbers may not begin at any byte. */
const copyOf = ({ buffer }: Bytes): ArrayBuffer => new Uint8Array(buffer).buffer;
/** Whether a place stands before the edge of this number. */
function isBefore({ score, reachedAt, memberId }: Place, edges: Float64Array, edge: number): boolean {
  const of = (index: 0 | 1 | 2): number => edges[edge * 3 + index] ?? 0;
  return (of(0) - score || reachedAt.getTime() - of(1) || memberId - of(2)) < 0;
}

export async function segmentsOf(of: Of, now: Date): Promise<Looked> {
  const { books, generation, tenantId } = of;
  const found = new Map<string, string>();
  let compared = 0;
  // What is to be forgotten goes document by document.
  const kept = { tenantId, generation, $nor: [{ expireAt: { $lte: now } }] };
  const known = new Set<string>();
  const boards = await books.stats
    .collection<Board>('boards')
    .find(kept, { projection: { _id: 1 } })
    .toArray();
  for (const { _id } of boards) {
    const looked = await asOfOneMoment(of, _id, kept);
    if (!looked) continue;
    const { board, counts, stand } = looked;
    const name = nameOf(board);
    known.add(name);
    compared += 1 + counts.length;
    const members = stand.reduce((sum, many) => sum + many, 0);
    if (found.size >= FAULTS_AT_MOST) continue;
    if (members !== board.members)
      found.set(`members on board ${name}`, `${members}, counted as ${board.members}`);
    const wrong = stand.findIndex((many, index) => many !== counts[index]);
    if (wrong !== -1)
      found.set(
        `ranks of board ${name}`,
        `${stand[wrong] ?? 0} members in segment ${wrong + 1}, counted as ${counts[wrong] ?? 0}`,
      );
  }
  const named = books.stats
    .collection('scores')
    .aggregate<{ _id: string; members: number }>(
      [{ $match: { ...kept, score: { $gt: 0 } } }, { $group: { _id: '$board', members: { $sum: 1 } } }],
      { allowDiskUse: true },
    );
  for await (const { _id, members } of named)
    if (!known.has(_id)) found.set(`members on board ${_id}`, `${members}, there is no board`);
  return { compared, found };
}

const nameOf = ({ metric, window, period }: Board): string => `${metric}:${window}:${period}`;

/**
 * A board, how many its segments say that they hold, and how many stand there. A moment for each board: MongoDB gives one up
 * after five minutes, and a tenant may have hundreds of boards. Null where it is gone.
 */
async function asOfOneMoment(
  { books }: Of,
  _id: string,
  kept: object,
): Promise<{ board: Board; counts: number[]; stand: number[] } | null> {
  const session = await books.stats.startSession({ snapshot: true });
  try {
    const board = await books.stats.collection<Board>('boards').findOne({ _id }, { session });
    if (!board) return null;
    const edges = new Float64Array(copyOf(board.edges));
    const counts = [...new Int32Array(copyOf(board.counts))];
    const stand = counts.map(() => 0);
    const places = books.stats
      .collection<Place>('scores')
      .find({ ...kept, board: nameOf(board), score: { $gt: 0 } }, { session, projection: { _id: 0 } })
      .sort({ score: -1, reachedAt: 1, memberId: 1 });
    let segment = 0;
    for await (const place of places) {
      while (segment < edges.length / 3 && !isBefore(place, edges, segment)) segment++;
      stand[segment] = (stand[segment] ?? 0) + 1;
    }
    return { board, counts, stand };
  } finally {
    await session.endSession();
  }
}
