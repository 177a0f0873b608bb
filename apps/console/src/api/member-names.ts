/** Names of members that a page knows by their ids alone: those of one page are asked for together. */
import { useQuery } from '@tanstack/react-query';
import type { Api } from './client.ts';
import { useApi, usePlace, type Answer } from './use-api.ts';

/** As many as the platform answers at once. */
const AT_ONCE = 100;
const GATHERED_MS = 10;
const FRESH_MS = 300_000;
type Names = ReadonlyMap<number, string>;
type Round = { readonly ids: Set<number>; readonly names: Promise<Names> };
const gathering = new Map<Api, Round>();

async function ask(api: Api, ids: ReadonlySet<number>): Promise<Names> {
  const { data } = await api<Answer<'/api/v1/members/'>>('get', '/api/v1/members/', {
    params: { query: { ids: [...ids].join(','), page_size: AT_ONCE } },
  });
  return new Map(data.results.map(({ id, display_name, username }) => [id, display_name || username]));
}

/** Joins those that are being gathered, or begins anew. */
function roundFor(api: Api): Round {
  const known = gathering.get(api);
  if (known && known.ids.size < AT_ONCE) return known;
  const ids = new Set<number>();
  const names = new Promise<void>((resolve) => setTimeout(resolve, GATHERED_MS)).then(() => {
    if (gathering.get(api)?.ids === ids) gathering.delete(api);
    return ask(api, ids);
  });
  const round = { ids, names };
  gathering.set(api, round);
  return round;
}

/** What a member is called; undefined while nobody knows. */
export function useMemberName(id: number | undefined): string | undefined {
  // An address may say anything; one that is no id has the names of its whole round refused.
  const isId = Number.isSafeInteger(id) && Number(id) > 0;
  const api = useApi();
  const { tenant } = usePlace();
  const { data } = useQuery({
    queryKey: [tenant, 'member-name', id],
    queryFn: async () => {
      if (id === undefined) return null;
      const { ids, names } = roundFor(api);
      ids.add(id);
      return (await names).get(id) ?? null;
    },
    enabled: isId,
    staleTime: FRESH_MS,
  });
  return data ?? undefined;
}
