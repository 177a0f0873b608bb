/** Reads and acts as hooks. What is read is kept under tenant, path and parameters; an act makes all of its tenant's be read anew. */
import { createContext, use, useMemo } from 'react';
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query';
import type { FetchResponse, MaybeOptionalInit } from 'openapi-fetch';
import { MembershipError, type paths } from '@membership/client';
import { SessionOver } from '../session/session.ts';
import { apiFor, type Api, type Call, type Method, type PathParams, type QueryParams } from './client.ts';

/** Whose data the pages are about, and in which zone its days are counted. */
export type Place = {
  /** Its code; null on the platform's own pages. */
  readonly tenant: string | null;
  /** A platform administrator names the tenant in each request. */
  readonly isNamed: boolean;
  readonly timezone: string;
};
export const PlaceContext = createContext<Place>({ tenant: null, isNamed: false, timezone: 'UTC' });
export const usePlace = (): Place => use(PlaceContext);
export function useApi(): Api {
  const { tenant, isNamed } = usePlace();
  return useMemo(() => apiFor(isNamed ? tenant : null), [tenant, isNamed]);
}

type PathsWith<M extends string> = { [P in keyof paths]: M extends keyof paths[P] ? P : never }[keyof paths];
export type GetPath = PathsWith<'get'>;
type ReadInit<P extends GetPath> = Call & MaybeOptionalInit<paths[P], 'get'>;
export type Answer<P extends GetPath> = NonNullable<
  FetchResponse<paths[P]['get'], object, 'application/json'>['data']
>;
type ReadOptions<Data> = {
  /** Asked again so often while the page is seen; as what it answered last says, until it is refused. */
  readonly everyMs?: number | false | ((last: Data | undefined) => number | false);
  readonly isWanted?: boolean;
  /** What was shown stays until the next answer is there. */
  readonly keepsLast?: boolean;
};

/** What may help by itself: no answer, or one that says to come again. */
const mayHelp = (error: unknown): boolean =>
  !(error instanceof SessionOver) && (!(error instanceof MembershipError) || error.status >= 502);
/** Asking again changes nothing, unless it was only asked too often. */
const isRefusal = (error: unknown): boolean =>
  error instanceof MembershipError && error.status >= 400 && error.status < 500 && error.status !== 429;
export const retries = (failures: number, error: unknown): boolean => failures < 2 && mayHelp(error);

/** A read, with the parameters that its path has. */
export const useAsk = <P extends GetPath>(path: P, init: ReadInit<P>, options?: ReadOptions<Answer<P>>) =>
  useAskAny(path, init, options);
/** A read whose parameters are put together from what an address says. */
export function useAskAny<P extends GetPath>(
  path: P,
  init: Call,
  { everyMs = false, isWanted = true, keepsLast = false }: ReadOptions<Answer<P>> = {},
): UseQueryResult<Answer<P>> {
  const api = useApi();
  const { tenant } = usePlace();
  return useQuery({
    queryKey: [tenant, path, init],
    queryFn: ({ signal }) => api<Answer<P>>('get', path, { ...init, signal }),
    refetchInterval:
      typeof everyMs === 'function' ? ({ state }) => !isRefusal(state.error) && everyMs(state.data) : everyMs,
    enabled: isWanted,
    ...(keepsLast ? { placeholderData: keepPreviousData } : {}),
  });
}

/** A list of which a page more is shown at a time. */
export function useAskPages<P extends GetPath>(
  path: P,
  query: QueryParams,
  { hasMore, everyMs }: { hasMore: (last: Answer<P>, pages: number) => boolean; everyMs: number },
) {
  const api = useApi();
  const { tenant } = usePlace();
  return useInfiniteQuery({
    queryKey: [tenant, path, 'pages', query],
    queryFn: ({ signal, pageParam }) =>
      api<Answer<P>>('get', path, { params: { query: { ...query, page: pageParam } }, signal }),
    initialPageParam: 1,
    getNextPageParam: (last, all) => (hasMore(last, all.length) ? all.length + 1 : undefined),
    refetchInterval: everyMs,
  });
}

export type WriteMethod = Exclude<Method, 'get'>;
export type WritePath<M extends WriteMethod> = PathsWith<M>;
type Operation<P extends keyof paths, M> = M extends keyof paths[P] ? paths[P][M] : never;
/** What a write takes; nothing where it takes no body. */
export type BodyOf<P extends keyof paths, M> =
  Operation<P, M> extends {
    requestBody?: { content: { 'application/json': infer Body } };
  }
    ? Body & object
    : Record<never, never>;
/** What its path names; anything goes where it names nothing. */
export type ParamsOf<P extends keyof paths, M> = PathParams &
  (Operation<P, M> extends { parameters: { path: infer Params } } ? Params : unknown);
export type WriteAnswer<P extends keyof paths, M> =
  Operation<P, M> extends { responses: infer R }
    ? {
        [S in keyof R]: S extends 200 | 201 | 202
          ? R[S] extends { content: { 'application/json': infer B } }
            ? B
            : never
          : never;
      }[keyof R]
    : never;

/** A key that names one intent: what is sent again under it is done once. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A write. It is sent once for each call; `key` makes a repeat of the same intent harmless. */
export function useWrite<const M extends WriteMethod, const P extends WritePath<M>>(method: M, path: P) {
  const api = useApi();
  const { tenant } = usePlace();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ params, body, key }: { params?: ParamsOf<P, M>; body: BodyOf<P, M>; key: string }) => {
      const hasBody = method !== 'delete' && Object.keys(body).length > 0;
      return api<WriteAnswer<P, M>>(method, path, {
        ...(params ? { params: { path: params } } : {}),
        headers: { 'Idempotency-Key': key },
        ...(hasBody ? { body } : {}),
      });
    },
    retry: false,
    onSuccess: () => queries.invalidateQueries({ queryKey: [tenant] }),
  });
}

/** Sends a file's text. `key` makes a repeat harmless. */
export function useUpload<const P extends WritePath<'post'>>(path: P, type: string) {
  const api = useApi();
  const { tenant } = usePlace();
  const queries = useQueryClient();
  return async (text: string, key: string): Promise<WriteAnswer<P, 'post'>> => {
    const headers = { 'Idempotency-Key': key, 'Content-Type': type };
    const answer = await api<WriteAnswer<P, 'post'>>('post', path, { headers, body: text });
    await queries.invalidateQueries({ queryKey: [tenant] });
    return answer;
  };
}
