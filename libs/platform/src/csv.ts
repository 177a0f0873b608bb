/** Tables as CSV (RFC 4180), safe to open in a spreadsheet. */
export const CSV_TYPE = 'text/csv; charset=utf-8';
export type CsvCell = string | number | boolean | null | undefined;

/** By these a spreadsheet knows a formula; East Asian ones take the wide signs as well. */
const SIGN = '[=+\\-@＝＋－＠﹦﹢﹣﹫−]';
/** What a spreadsheet would run, were it not marked as text. */
const FORMULA = new RegExp(`^[\\s\\p{Cf}]*${SIGN}|^[\\t\\r\\n]`, 'u');
/** The same behind what parts cells where a comma does not, as in much of Europe: there quotes in the middle of a cell hold nothing together. */
const INNER_FORMULA = new RegExp(`[;\\t\\r\\n][\\s\\p{Cf}"]*(?=${SIGN})`, 'gu');
const QUOTED = /[",\r\n]|^\s|\s$/;

function cellOf(value: CsvCell): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const text = (FORMULA.test(value) ? `'${value}` : value).replace(INNER_FORMULA, "$&'");
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The mark by which spreadsheets know UTF-8: the first thing in a file. */
export const CSV_MARK = '\uFEFF';

/** One line of a table, its end included: for tables that are streamed. */
export const csvLine = (cells: readonly CsvCell[]): string => `${cells.map(cellOf).join(',')}\r\n`;

/** The same table without its rows. */
export const withoutRows = (table: string): string => table.slice(0, table.indexOf('\r\n') + 2);

/** A whole table with a line of names. */
export const csvOf = (names: readonly string[], rows: Iterable<readonly CsvCell[]>): string =>
  CSV_MARK + [names, ...rows].map(csvLine).join('');
