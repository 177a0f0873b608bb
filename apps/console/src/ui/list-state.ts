/** What a list shows is said by the address: filters, order and page. Nothing else remembers it. */
import { useNavigate, useSearch } from '@tanstack/react-router';

export type Search = Readonly<Record<string, string>>;
export const useListState = () => {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  /** Another filter begins at the first page; an empty one goes. */
  const change = (changes: Readonly<Record<string, string | undefined>>) => {
    const { page: _page, cursor: _cursor, ...rest } = search;
    const next = Object.entries({ ...rest, ...changes }).filter(
      ([, value]) => value !== undefined && value !== '',
    );
    return navigate({ to: '.', search: Object.fromEntries(next), replace: true });
  };
  /** Another view of the same page: nothing of what the last one was narrowed by goes with it. */
  const start = (view: Search) => navigate({ to: '.', search: view, replace: true });
  return { search, change, start };
};
