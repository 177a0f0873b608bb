import type { paths } from './api.generated.ts';
import type { MembershipClient } from './client.ts';
import { must } from './errors.ts';

type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;
type Named<T> = { [Key in keyof T as string extends Key ? never : Key]: T[Key] };
type ListIn<T> = {
  [Key in keyof Named<T>]-?: Named<T>[Key] extends (infer Item)[] ? Item : never;
}[keyof Named<T>];
type ItemIn<Body> = Body extends { results: (infer Item)[] }
  ? Item
  : Body extends { data: infer Data }
    ? Data extends { results: (infer Item)[] } | (infer Item)[]
      ? Item
      : ListIn<Data>
    : ListIn<Body>;
/** One thing of the list that a path answers. */
export type ItemOf<Path extends keyof paths> = ItemIn<Answer<Path>>;

type QueryOf<Path extends keyof paths> = paths[Path] extends { get: { parameters: { query?: infer Query } } }
  ? NonNullable<Query>
  : object;
/** Paths whose answer is a page of a list: they are asked for one by its number or by a cursor. */
export type ListPath = {
  [Path in keyof paths]: [Extract<keyof QueryOf<Path>, 'page' | 'cursor'>, ItemOf<Path>] extends
    | [never, unknown]
    | [unknown, never]
    ? never
    : Path;
}[keyof paths];
type PathOf<Path extends ListPath> = paths[Path] extends { get: { parameters: { path: infer Params } } }
  ? { readonly path: Params }
  : { readonly path?: never };

type Counted = { readonly page?: number; readonly current_page?: number; readonly total_pages?: number };
type Page = {
  readonly results?: readonly unknown[];
  readonly next?: string | null;
  readonly next_cursor?: string | null;
  readonly pagination?: Counted & { readonly next?: string | null };
  readonly page_info?: Counted | null;
} & Readonly<Record<string, unknown>>;

/** Where a page stands in its list: the first needs no word, deep ones a cursor where the list gives one. */
type Place = { readonly page?: number; readonly cursor?: string };

/** Where the next page stands; undefined behind the last. What was asked for by cursor goes on by cursor alone. */
function placeAfter(page: Page, { page: number = 1, cursor }: Place): Place | undefined {
  if (page.next_cursor) return { cursor: page.next_cursor };
  return cursor === undefined && hasNext(page) ? { page: number + 1 } : undefined;
}

/** Each family says in its own way whether there is another page; where none does, an empty one is the end. */
function hasNext(page: Page): boolean {
  const { next, pagination, page_info: info } = page;
  const { page: number, current_page: place = number, total_pages: last } = pagination ?? info ?? {};
  if (last !== undefined && place !== undefined) return place < last;
  if ((pagination?.next ?? next ?? null) !== null) return true;
  return !['next', 'pagination', 'page_info', 'next_cursor'].some((name) => name in page);
}

/**
 * Everything in a list, page after page: `for await (const record of items(api, '/api/v1/points/points-records/'))`.
 * `query` narrows and sorts it. Rejects with a `MembershipError` when a page is refused.
 */
export async function* items<Path extends ListPath>(
  api: MembershipClient,
  path: Path,
  params: PathOf<Path> & {
    readonly query?: Omit<QueryOf<Path>, 'page' | 'cursor'>;
  } = {} as never,
): AsyncGenerator<ItemOf<Path>, void, undefined> {
  for (let place: Place | undefined = {}; place !== undefined; ) {
    const init = { params: { ...params, query: { ...params.query, ...place } } };
    const body = (await must(api.GET(path as never, init as never))) as Page & { data?: Page | unknown[] };
    const page = body.results || !body.data || Array.isArray(body.data) ? body : body.data;
    const list = page.results ?? Object.values(page).find((value) => Array.isArray(value)) ?? [];
    yield* list as ItemOf<Path>[];
    place = list.length === 0 ? undefined : placeAfter(page, place);
  }
}
