/** Tables as CSV (RFC 4180), safe to open in a spreadsheet. */
export const CSV_TYPE = 'text/csv; charset=utf-8';
export type CsvCell = string | number | boolean | null | undefined;

/** What a spreadsheet would run as a formula, were it not marked as text; East Asian ones take the wide signs as well. */
const FORMULA = /^[\s\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫−]|^[\t\r\n]/u;
const QUOTED = /[",\r\n]|^\s|\s$/;

function cellOf(value: CsvCell): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The mark by which spreadsheets know UTF-8: the first thing in a file. */
export const CSV_MARK = '\uFEFF';

/** One line of a table, its end included: for tables that are streamed. */
export const csvLine = (cells: readonly CsvCell[]): string => `${cells.map(cellOf).join(',')}\r\n`;

/** A whole table with a line of names. */
export const csvOf = (names: readonly string[], rows: Iterable<readonly CsvCell[]>): string =>
  CSV_MARK + [names, ...rows].map(csvLine).join('');
