/** Rows as the lines of a file. Pure. */
import { CSV_MARK, CSV_TYPE, csvLine, type CsvCell } from '@membership/platform/csv';

export type ExportFormat = 'csv' | 'ndjson';
export type ExportRow = Readonly<Record<string, unknown>>;
/** What a file holds: its columns, and its rows, some at a time. */
export type Table = {
  readonly columns: readonly string[];
  readonly pages: Iterable<readonly ExportRow[]> | AsyncIterable<readonly ExportRow[]>;
};

export const typeOf: Readonly<Record<ExportFormat, string>> = {
  csv: CSV_TYPE,
  ndjson: 'application/x-ndjson; charset=utf-8',
};

/** What is no word or number is written as JSON, in which nothing parts cells: it is to be read as it is. */
function cellOf(value: unknown): CsvCell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value).replaceAll(';', '\\u003b');
}

/** The lines of a table, a page at a time. */
export async function* linesOf({ columns, pages }: Table, format: ExportFormat): AsyncGenerator<string> {
  if (format === 'csv') yield CSV_MARK + csvLine(columns);
  for await (const page of pages)
    yield page
      .map((row) =>
        format === 'csv'
          ? csvLine(columns.map((column) => cellOf(row[column])))
          : `${JSON.stringify(Object.fromEntries(columns.map((column) => [column, row[column] ?? null])))}\n`,
      )
      .join('');
}
