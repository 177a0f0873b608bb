/** A whole leaderboard as rows, all as of one moment. */
import { invalid } from '@membership/contracts/errors';
import type { TenantScope } from '@membership/platform/scope';
import { segmentAt } from '../boards/board-segments.ts';
import { boardName, usualWindow, type Board } from '../boards/boards.ts';
import { MomentIsGone, type BoardReading } from '../boards/scores-repository.ts';
import {
  openBoard,
  ranked,
  withNames,
  type AskedBoard,
  type BoardNumbers,
  type Ranked,
} from '../reports/leaderboards.ts';
import { boardCursor, boardCursorFrom, noCursor } from './cursors.ts';

export type ExportedPlace = { readonly place: Ranked; readonly cursor: string };
const PAGE = 1_000;

/** Whether it is one that is asked for. */
const isOf = (
  board: Board,
  { metric, window = usualWindow(metric), period = board.period }: AskedBoard,
): boolean => boardName(board) === boardName({ metric, window, period });

/**
 * Hands out pages of a board from the top, or behind a cursor. Names are those of when a page is read. Refusals:
 * VALIDATION_ERROR for a window there is not, for what is no cursor of such a board, and for one whose moment is not kept any
 * more. Who names no period goes on with the one that was the present when the export began.
 */
export async function exportBoard(
  numbers: BoardNumbers,
  scope: TenantScope,
  { cursor: text, ...asked }: AskedBoard & { readonly cursor: string | undefined },
  write: (pages: AsyncIterable<readonly ExportedPlace[]>) => Promise<void>,
): Promise<void> {
  const cursor = text === undefined ? null : boardCursorFrom(text);
  if (cursor && !isOf(cursor.board, asked)) throw noCursor();
  const opened = await openBoard(numbers, scope, { ...asked, ...cursor?.board });
  const generation = cursor?.generation ?? opened.generation;
  async function* pages(reading: BoardReading | null): AsyncGenerator<readonly ExportedPlace[]> {
    for (let behind = cursor?.behind ?? 0; ; ) {
      const start = reading && segmentAt(reading.segments, behind);
      if (!reading || !start) return;
      const from = reading.segments.edges[start.segment - 1] ?? null;
      const places = await reading.listFrom(from, { skip: start.skip, limit: PAGE });
      const rows = await ranked(reading, places, behind);
      const shown = await withNames(numbers, scope, opened.named, rows);
      const first = behind;
      yield shown.map((place, index) => ({
        place,
        cursor: boardCursor({
          ...{ generation, moment: reading.moment, behind: first + index + 1 },
          board: opened.window.board,
        }),
      }));
      behind += places.length;
      if (places.length < PAGE) return;
    }
  }
  const read = (reading: BoardReading | null) => {
    if (cursor && !reading) throw noCursor();
    return write(pages(reading));
  };
  await numbers.boards.scores
    .reading(scope, generation, opened.window.board, read, cursor?.moment)
    .catch((error: unknown) => {
      if (!(error instanceof MomentIsGone)) throw error;
      throw invalid({
        cursor: {
          zh: '该时刻的排行榜已不再保留，请重新导出',
          en: 'The board as of that moment is not kept any more: export it anew',
        },
      });
    });
}
