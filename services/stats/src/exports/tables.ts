/** Rows of reports as tables, with those of the period before beside them where they are compared. Pure. */
import type { ExportRow, Table } from './lines.ts';

type Rows = readonly ExportRow[];
export type Compared = {
  readonly columns: readonly string[];
  readonly rows: Rows;
  /** Those of the period before. */
  readonly before?: Rows | undefined;
  /** The columns that say what a row is about, and which row of the period before stands beside it. */
  readonly keys?: readonly string[];
  /** Where these do not: what two rows that belong together have in common. Without keys it is their place. */
  readonly by?: (row: ExportRow, place: number) => string;
};
const PREVIOUS = 'previous.';
const values = (row: ExportRow, names: readonly string[]): ExportRow =>
  Object.fromEntries(names.map((name) => [name, row[name]]));

/** Each figure of the period before in the column `previous.<its name>`. Rows that it alone has stand last. */
export function compared({ columns, rows, before, keys = [], by }: Compared): {
  columns: readonly string[];
  rows: Rows;
} {
  if (!before) return { columns, rows };
  const keyOf =
    by ??
    ((row: ExportRow, place: number) =>
      keys.length === 0 ? String(place) : JSON.stringify(keys.map((key) => row[key])));
  const figures = columns.filter((column) => !keys.includes(column));
  const asPrevious = (row: ExportRow = {}): ExportRow =>
    Object.fromEntries(figures.map((name) => [PREVIOUS + name, row[name]]));
  const others = new Map(before.map((row, place) => [keyOf(row, place), row]));
  const both = rows.map((row, place) => {
    const key = keyOf(row, place);
    const other = others.get(key);
    others.delete(key);
    return { ...row, ...asPrevious(other) };
  });
  const alone = [...others.values()].map((row) => ({ ...values(row, keys), ...asPrevious(row) }));
  return { columns: [...columns, ...figures.map((name) => PREVIOUS + name)], rows: [...both, ...alone] };
}

export const table = ({ columns, rows }: Pick<Compared, 'columns' | 'rows'>): Table => ({
  columns,
  pages: [rows],
});

/** With `as_of` in each row. */
export function shortTable(asOf: string | null, asked: Compared): Table {
  const { columns, rows } = compared(asked);
  return table({ columns: [...columns, 'as_of'], rows: rows.map((row) => ({ ...row, as_of: asOf })) });
}

/** A row for each figure, by the names that lead to it: `points.issued`. */
export const figureRows = (of: object, prefix = ''): ExportRow[] =>
  Object.entries(of).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? figureRows(value, `${prefix}${name}.`)
      : [{ figure: prefix + name, value }],
  );

/** A row with what nests in it by its names: `by_status.active`. */
export const flat = (row: object): ExportRow =>
  Object.fromEntries(figureRows(row).map(({ figure, value }) => [figure, value]));
export const under = (prefix: string, names: readonly string[]): string[] =>
  names.map((name) => `${prefix}.${name}`);
