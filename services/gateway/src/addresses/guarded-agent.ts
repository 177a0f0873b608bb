/** Connections to addresses that others chose: the guard looks at each, as the name resolves when it is made. No redirects. */
import { Agent, Pool } from 'undici';
import { destinationOf, type AddressGuard } from './addresses.ts';

type Options = { readonly guard: AddressGuard; readonly timeoutMilliseconds: number };

/** One for a purpose and process, since it keeps connections. */
export const guardedAgent = ({ guard, timeoutMilliseconds }: Options): Agent =>
  new Agent({
    // A pool is of one origin, so of one port.
    factory: (origin, options: Readonly<Record<string, unknown>>) =>
      new Pool(origin, {
        ...options,
        connect: {
          lookup: guard.lookupFor(destinationOf(String(origin)).port),
          timeout: timeoutMilliseconds,
        },
      }),
    pipelining: 1,
    keepAliveTimeout: 5_000,
    headersTimeout: timeoutMilliseconds,
    bodyTimeout: timeoutMilliseconds,
    maxHeaderSize: 16_384,
  });

/** Origin and path of a URL; without its fragment. */
export function pathOf(url: string): { origin: string; path: string } {
  const { origin, pathname, search } = new URL(url);
  return { origin, path: `${pathname}${search}` };
}
