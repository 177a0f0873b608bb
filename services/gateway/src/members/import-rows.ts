/** Rows of an import, from CSV (RFC 4180) or NDJSON; each as it is, to be checked one by one. */
import { importedMember } from '@membership/contracts/endpoints/gateway/members';
import { fieldErrors } from '@membership/contracts/validation';
import { invalid, type FieldTexts } from '@membership/contracts/errors';
import type { z } from 'zod';

export type ImportedMember = z.output<typeof importedMember>;
/** What became of a row. */
export type ImportedRow = {
  readonly row: number;
  readonly username: string | null;
  readonly memberId: number | null;
  readonly errors: FieldTexts | null;
};
export type ImportRow = { readonly row: number; readonly username: string | null } & (
  | { readonly member: ImportedMember }
  | { readonly errors: FieldTexts }
);

const COLUMNS = ['username', 'email', 'password', 'role', 'display_name', 'external_id'];

/** A row where it stands in its file, blank ones counted: that is where people look for it. */
type PlacedRow = { readonly row: number } & (
  | { readonly value: unknown }
  | { readonly errors: FieldTexts; readonly value?: never }
);
const OTHER_LENGTH: FieldTexts = {
  row: [{ zh: '单元格数与表头不一致', en: 'Has another number of cells than the header' }],
};

/** Reads rows; blank ones are passed over. Refuses (400) a file that has no rows, too many, or cannot be read as a whole. */
export function readRows(text: string, { isCsv, maximum }: { isCsv: boolean; maximum: number }): ImportRow[] {
  const given = isCsv ? csvObjects(text) : jsonLines(text);
  if (given.length === 0)
    throw invalid({ body: { zh: '没有可导入的数据', en: 'There is nothing to import' } });
  if (given.length > maximum)
    throw invalid({ body: { zh: `最多 ${maximum} 行`, en: `At most ${maximum} rows` } });
  return given.map(checkRow);
}

function checkRow({ row, value, ...refused }: PlacedRow): ImportRow {
  if ('errors' in refused) return { row, username: null, errors: refused.errors };
  const named = (value as { username?: unknown } | null | undefined)?.username;
  const username = typeof named === 'string' ? named.slice(0, 64) : null;
  const parsed = importedMember.safeParse(value, { reportInput: true });
  return parsed.success
    ? { row, username, member: parsed.data }
    : { row, username, errors: fieldErrors(parsed.error.issues, 'row') };
}

function jsonLines(text: string): PlacedRow[] {
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ row: index + 1, value: line }))
    .filter(({ value }) => value.trim() !== '')
    .map(({ row, value }) => ({ row, value: jsonOr(value) }));
}

function jsonOr(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return line;
  }
}

const isBlank = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === '');

/**
 * An empty cell is a field left out. Blank cells behind the columns, as spreadsheets save them, are passed over; a row of another
 * length than the header is refused by itself.
 */
function csvObjects(text: string): PlacedRow[] {
  const rows = csvCells(text, separatorOf(text));
  const first = rows.findIndex((cells) => !isBlank(cells));
  const header = (rows[first] ?? []).map((name) => name.trim().toLowerCase());
  const names = header.slice(0, header.findLastIndex((name) => name !== '') + 1);
  const unknown = names.filter((name) => !COLUMNS.includes(name));
  if (unknown.length > 0 || new Set(names).size !== names.length)
    throw invalid({
      body: {
        zh: `表头不正确，可用的列：${COLUMNS.join('、')}`,
        en: `The header is wrong; columns are: ${COLUMNS.join(', ')}`,
      },
    });
  return rows
    .slice(first + 1)
    .map((cells, index) => ({ row: index + 1, cells }))
    .filter(({ cells }) => !isBlank(cells))
    .map(({ row, cells }) =>
      cells.length < names.length || !isBlank(cells.slice(names.length))
        ? { row, errors: OTHER_LENGTH }
        : {
            row,
            value: Object.fromEntries(
              names.map((name, index) => [name, cells[index]]).filter(([, cell]) => cell !== ''),
            ),
          },
    );
}

type Separator = ',' | ';' | '\t';
/** Spreadsheets separate cells as their language does; no name of a column holds any of these. */
function separatorOf(text: string): Separator {
  const header = /^\s*(.*)/.exec(text)?.[1] ?? '';
  return header.includes(',') ? ',' : header.includes('\t') ? '\t' : header.includes(';') ? ';' : ',';
}
const CELLS: Readonly<Record<Separator, RegExp>> = {
  ',': /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/gy,
  ';': /(?:"((?:[^"]|"")*)"|([^";\r\n]*))(;|\r\n|\n|\r|$)/gy,
  '\t': /(?:"((?:[^"]|"")*)"|([^"\t\r\n]*))(\t|\r\n|\n|\r|$)/gy,
};

/** Splits CSV into rows of cells; quoted cells may hold commas, line ends and doubled quotes. Refuses an open quote. */
function csvCells(text: string, separator: Separator): string[][] {
  const rows: string[][] = [];
  const pattern = CELLS[separator];
  pattern.lastIndex = 0;
  let cells: string[] = [];
  while (pattern.lastIndex <= text.length) {
    const start = pattern.lastIndex;
    const found = pattern.exec(text);
    if (!found)
      throw invalid({
        body: { zh: 'CSV 格式不正确（引号不匹配）', en: 'The CSV is broken (quotes do not match)' },
      });
    cells.push(found[1] === undefined ? (found[2] ?? '') : found[1].replaceAll('""', '"'));
    if (found[3] === separator) continue;
    rows.push(cells);
    cells = [];
    if (found[3] === '' || pattern.lastIndex === start) break;
    if (pattern.lastIndex === text.length) break;
  }
  if (cells.length > 0) rows.push(cells);
  return rows;
}
