/** Where an export was broken off, and of which moment it is. Pure. */
import { invalid } from '@membership/contracts/errors';
import { boardFrom, boardName, type Board } from '../boards/boards.ts';

/** The trail up to a position, behind another one. */
export type TrailCursor = { readonly until: number; readonly after: number };
/** A board of one generation as of a moment, behind so many rows. */
export type BoardCursor = {
  readonly generation: number;
  readonly moment: string;
  readonly behind: number;
  readonly board: Board;
};

export const trailCursor = ({ until, after }: TrailCursor): string => `${until}.${after}`;
export const boardCursor = ({ generation, moment, behind, board }: BoardCursor): string =>
  `${generation}.${moment}.${behind}.${boardName(board)}`;

/** VALIDATION_ERROR: what was sent is no cursor. */
export const noCursor = () =>
  invalid({ cursor: { zh: '不是该导出给出的 cursor', en: 'Is no cursor that this export gave' } });

/** Refuses (VALIDATION_ERROR) what is no cursor of the trail. */
export function trailCursorFrom(text: string): TrailCursor {
  const [, until, after] = /^(\d{1,16})\.(\d{1,16})$/.exec(text) ?? [];
  const cursor = { until: Number(until), after: Number(after) };
  if (!Number.isSafeInteger(cursor.until) || !(cursor.after <= cursor.until)) throw noCursor();
  return cursor;
}

/** Refuses (VALIDATION_ERROR) what is no cursor of a board. */
export function boardCursorFrom(text: string): BoardCursor {
  const [, generation, moment, behind, name = ''] =
    /^(\d{1,9})\.(\d{1,10}-\d{1,10})\.(\d{1,12})\.(.{1,60})$/.exec(text) ?? [];
  const isTime = moment?.split('-').every((part) => Number(part) <= 0xffffffff);
  const board = boardFrom(name);
  if (generation === undefined || moment === undefined || !isTime || !board) throw noCursor();
  return { generation: Number(generation), moment, behind: Number(behind), board };
}
