/** All anchors of the audit trail, as its endpoint answers them, the oldest first. */
import type { TenantScope } from '@membership/platform/scope';
import { anchorViewBy } from '../hash-chain/audit-anchors.views.ts';
import type { ChainRepository } from '../hash-chain/chain-repository.ts';

const PAGE = 500;

/** What was signed stays as it is: a file that is read over a midnight has one more. */
export async function* exportAnchors(
  chains: Pick<ChainRepository, 'listAnchorsAfter' | 'listKeys'>,
  scope: TenantScope,
) {
  for (let day: string | null = null, isAll = false; !isAll; ) {
    const page = await chains.listAnchorsAfter(scope, day, PAGE);
    // Read after them: among these is the key of each.
    yield page.map(anchorViewBy(await chains.listKeys()));
    day = page.at(-1)?.day ?? day;
    isAll = page.length < PAGE;
  }
}
