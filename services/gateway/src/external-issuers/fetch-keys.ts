/** Fetches a key set: one GET without redirects, to allowed addresses alone, bounded in time and size. */
import { destinationOf, AddressRefused, type AddressGuard } from '../addresses/addresses.ts';
import { guardedAgent, pathOf } from '../addresses/guarded-agent.ts';
import { publicKeysOf, type PublicJwk } from './key-set.ts';

const TIMEOUT_MILLISECONDS = 5_000;
const MOST_BYTES = 256 * 1_024;

export type FetchKeys = {
  fetch(uri: string): Promise<PublicJwk[]>;
  close(): Promise<void>;
};
type Options = {
  readonly guard: AddressGuard;
  /** Plain http is refused. */
  readonly httpsOnly: boolean;
  readonly userAgent: string;
};

export function keyFetcher({ guard, httpsOnly, userAgent }: Options): FetchKeys {
  const agent = guardedAgent({ guard, timeoutMilliseconds: TIMEOUT_MILLISECONDS });
  return {
    async fetch(uri) {
      const { protocol, hostname } = new URL(uri);
      // Addresses are not looked up, so they are looked at here.
      if (guard.refuses(destinationOf(uri)) || (httpsOnly && protocol !== 'https:'))
        throw new AddressRefused(hostname);
      const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
      const headers = {
        accept: 'application/jwk-set+json, application/json',
        'accept-encoding': 'identity',
        'user-agent': userAgent,
      };
      const answer = await agent.request({ ...pathOf(uri), method: 'GET', headers, signal });
      try {
        if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`);
        return publicKeysOf(await textOf(answer.body as AsyncIterable<Buffer>));
      } finally {
        answer.body.on('error', () => undefined).destroy();
      }
    },
    close: () => agent.destroy(),
  };
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error(`more than ${MOST_BYTES / 1_024} KB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
