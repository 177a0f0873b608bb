/** Tables as CSV (RFC 4180), safe to open in a spreadsheet. */
export const CSV_TYPE = 'text/csv; charset=utf-8';
export type CsvCell = string | number | boolean | null | undefined;

/** What a spreadsheet would run as a formula, were it not marked as text. */
const FORMULA = /^[\s\uFEFF]*[=+\-@]|^[\t\r\n]/;
const QUOTED = /[",\r\n]|^\s|\s$/;

function cellOf(value: CsvCell): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A table with a line of names, and the mark by which spreadsheets know UTF-8. */
export const csvOf = (names: readonly string[], rows: Iterable<readonly CsvCell[]>): string =>
  `\uFEFF${[names, ...rows].map((row) => `${row.map(cellOf).join(',')}\r\n`).join('')}`;
