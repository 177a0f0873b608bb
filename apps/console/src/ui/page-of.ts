/** The page of a list, whichever of the platform's shapes it came in. */

export type PageOf<Row> = {
  readonly rows: readonly Row[];
  readonly total: number;
  /** There are at least so many. */
  readonly isEstimate: boolean;
};
type Body = {
  readonly count?: number;
  readonly count_is_estimate?: boolean;
  readonly results?: readonly unknown[];
  readonly pagination?: {
    readonly count?: number;
    readonly total?: number;
    readonly count_is_estimate?: boolean;
  };
} & Readonly<Record<string, unknown>>;

export function pageOf<Row>(body: unknown): PageOf<Row> {
  const whole = body as Body & { readonly data?: Body | readonly unknown[] };
  if (Array.isArray(whole.data))
    return { rows: whole.data as Row[], total: whole.data.length, isEstimate: false };
  const page = (whole.results ? whole : (whole.data ?? {})) as Body;
  const rows =
    page.results ?? (Object.values(page).find(Array.isArray) as readonly unknown[] | undefined) ?? [];
  return {
    rows: rows as Row[],
    total: page.count ?? page.pagination?.count ?? page.pagination?.total ?? rows.length,
    isEstimate: page.count_is_estimate ?? page.pagination?.count_is_estimate ?? false,
  };
}
