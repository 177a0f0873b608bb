/**
 * What a name leads to, asked of the name servers directly. The system's own look-up (getaddrinfo) waits in one of the process's
 * few threads, which logging in needs as well: a tenant whose name servers do not answer could hold up everybody.
 */
import type { LookupAddress } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';

export type ResolveName = (hostname: string) => Promise<readonly LookupAddress[]>;

const TIMEOUT_MILLISECONDS = 2_000;

/**
 * Makes the resolver. Where the settings name networks of one's own, names that only this machine knows (`localhost`, its hosts
 * file) are found, too.
 */
export function nameResolver({ knowsOwnNames }: { readonly knowsOwnNames: boolean }): ResolveName {
  const resolver = new Resolver({ timeout: TIMEOUT_MILLISECONDS, tries: 2 });
  return async (hostname) => {
    const [four, six] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const found: LookupAddress[] = [
      ...(four.status === 'fulfilled' ? four.value : []).map((address) => ({ address, family: 4 })),
      ...(six.status === 'fulfilled' ? six.value : []).map((address) => ({ address, family: 6 })),
    ];
    if (found.length > 0) return found;
    if (knowsOwnNames) return lookup(hostname, { all: true });
    throw four.status === 'rejected' ? four.reason : new Error(`${hostname} has no address`);
  };
}
