/** Tables that people paste, or that a spreadsheet saved: pure, so that it can be tested without a browser. */
import type { Text } from '../../preferences.ts';
import { unmarked } from '../format.ts';

export type TableColumn = {
  /** As the API, and the first line of a file, calls it. */
  readonly name: string;
  readonly label: Text;
  readonly isRequired?: boolean;
  /** A whole number from 1. */
  readonly isAmount?: boolean;
  /** How a cell is written, in the words of its refusal. The platform looks closer. */
  readonly written?: { readonly as: RegExp; readonly says: Text };
};
export type TableRow = {
  /** Where people find it in their file. */
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
  /** Cells behind the last column. */
  readonly surplus?: readonly string[];
  readonly problem?: Text;
};
export type Table = { readonly rows: readonly TableRow[]; readonly problem?: Text };
/** The column in which a file of failed rows says why. Where it is there, the file's marks of text are taken away. */
export const WHY = 'error';
/** Reasons that nothing in a row itself shows: with one of them it stays out of what is done until its reason is emptied. */
export const TWICE: Text = {
  zh: '该成员在前面的行中已经出现；仍要执行此行，请清空其 error 单元格后重新读取失败行文件',
  en: 'This member stands in a row before it; to do this row too, empty its error in the file of failed rows and read that again',
};
export const MAYBE_DONE: Text = {
  zh: '可能已经执行；请先核对，仍要执行再清空此 error 单元格',
  en: 'It may have been done: look first, and empty this error only to do it again',
};
const STAYING = [TWICE, MAYBE_DONE];
const TOO_MANY: Text = { zh: '单元格多于列', en: 'It has more cells than there are columns' };

type Separator = ',' | ';' | '\t';
const separatorOf = (text: string): Separator => {
  const first = /^\s*(.*)/.exec(text)?.[1] ?? '';
  return first.includes('\t') ? '\t' : first.includes(',') || !first.includes(';') ? ',' : ';';
};

/** Lines of cells; a quoted cell may hold separators, line ends and doubled quotes (RFC 4180). Null: a quote is left open. */
function linesOf(text: string): { line: number; cells: string[] }[] | null {
  const separator = separatorOf(text);
  const plain = separator === '\t' ? '[^"\\t\\r\\n]*' : `[^"${separator}\\r\\n]*`;
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|(${plain}))(${separator}|\\r\\n|\\n|\\r|$)`, 'y');
  const lines: { line: number; cells: string[] }[] = [];
  let cells: string[] = [];
  let line = 1;
  let began = 1;
  while (cell.lastIndex < text.length || cells.length > 0) {
    const found = cell.exec(text);
    if (!found) return null;
    const [, quoted, bare = '', end = ''] = found;
    cells.push((quoted === undefined ? bare : quoted.replaceAll('""', '"')).trim());
    line += (quoted?.match(/\r\n|\n|\r/g) ?? []).length;
    if (end === separator) continue;
    // Spreadsheets save blank cells behind the columns.
    cells.splice(cells.findLastIndex(Boolean) + 1);
    if (cells.length > 0) lines.push({ line: began, cells });
    cells = [];
    began = ++line;
    if (end === '') break;
  }
  return lines;
}

/** Reads a table. Its columns stand in the order that is asked for, unless its first line names them. */
export function tableOf(text: string, columns: readonly TableColumn[]): Table {
  const lines = linesOf(text.replace(/^\uFEFF/, ''));
  if (!lines) return { rows: [], problem: { zh: '引号没有成对', en: 'A quote is left open' } };
  const known = new Set(columns.map(({ name }) => name));
  const head = lines[0]?.cells.map((cell) => cell.toLowerCase());
  const isNamed = head?.some((cell) => known.has(cell)) ?? false;
  const stranger = isNamed && head?.find((cell) => cell !== WHY && !known.has(cell));
  if (head && isNamed && stranger !== undefined && stranger !== false)
    return {
      rows: [],
      problem: {
        zh: `未知的列“${stranger}”，可用：${[...known].join('、')}`,
        en: `There is no column “${stranger}”; there are ${[...known].join(', ')}`,
      },
    };
  const names = isNamed && head ? head : [...known];
  const why = names.indexOf(WHY);
  const read = why < 0 ? (cell: string) => cell : unmarked;
  const rows = lines.slice(isNamed ? 1 : 0).map(({ line, cells }): TableRow => {
    const named = Object.fromEntries(
      names.flatMap((name, index) => (cells[index] && name !== WHY ? [[name, read(cells[index])]] : [])),
    );
    const surplus = cells.slice(names.length).map(read);
    if (surplus.length > 0) return { line, cells: named, surplus, problem: TOO_MANY };
    const problem =
      STAYING.find(({ zh, en }) => [zh, en].includes(read(cells[why] ?? ''))) ?? problemOf(named, columns);
    return problem ? { line, cells: named, problem } : { line, cells: named };
  });
  return { rows };
}

/** Rows that were not done, as they were written, each with why: mended, they are read again. */
export const failedRows = (
  columns: readonly TableColumn[],
  rows: readonly { readonly row: TableRow; readonly why: string | undefined }[],
): (readonly (string | undefined)[])[] => [
  [...columns.map(({ name }) => name), WHY],
  ...[...rows]
    .sort((one, other) => one.row.line - other.row.line)
    .map(({ row: { cells, surplus = [] }, why }) => [
      ...columns.map(({ name }) => cells[name]),
      why,
      ...surplus,
    ]),
];

function problemOf(cells: TableRow['cells'], columns: readonly TableColumn[]): Text | undefined {
  for (const { name, label, isRequired = false, isAmount = false, written } of columns) {
    const cell = cells[name];
    if (isRequired && !cell) return { zh: `缺少${label.zh}`, en: `${label.en} is missing` };
    if (isAmount && cell && !(Number.isSafeInteger(Number(cell)) && Number(cell) > 0))
      return { zh: `${label.zh}应为正整数`, en: `${label.en} must be a whole number from 1` };
    if (written && cell && !written.as.test(cell))
      return { zh: `${label.zh}${written.says.zh}`, en: `${label.en} ${written.says.en}` };
  }
  return undefined;
}

/** A file's text, as its mark says or as UTF-8, or as the encoding that was chosen; null where it is none of these. */
export function textOf(bytes: Uint8Array, encoding?: string): string | null {
  const mark =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  try {
    return new TextDecoder(encoding ?? mark, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Parts of so many. */
export const partsOf = <T>(rows: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(rows.length / size) }, (_, part) =>
    rows.slice(part * size, (part + 1) * size),
  );
