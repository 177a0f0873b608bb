/** What the job of the chains does: covers what was archived, then signs the ends of the day. Beside the reader, never in its way. */
import type { Connection } from 'mongoose';
import type { HeldSecret } from '@membership/platform/held-secret';
import { runTransaction } from '@membership/platform/run-transaction';
import { newKeyPair, openedKey, sealedKey, sealingKeyOf } from '@membership/platform/sealed-key-pair';
import { dayOf, signAnchor, thumbprintOf } from './anchor.ts';
import { endAfter, type ChainRepository } from './chain-repository.ts';
import { linkAfter, type ChainEnd } from './link.ts';

export type ChainParts = {
  readonly connection: Connection;
  readonly chains: ChainRepository;
  /** The service's own: the private parts of the keys of anchors lie under it. */
  readonly secret: HeldSecret;
};
const AT_ONCE = 500;
/** The key under which private parts of these keys are sealed. */
export const auditSealingKey = (secret: string): Buffer => sealingKeyOf(secret, 'audit-anchor-keys');

/** What is to be covered or signed, or some of it. */
export async function listUncovered(chains: ChainRepository, now: Date): Promise<readonly unknown[]> {
  const { entries } = await chains.next(1);
  return entries.length > 0 ? entries : chains.listUnanchored(dayOf(now), 1);
}

/** Covers the next entries of the archive; returns how many. Broken off, it goes on where it stopped. */
export function extendChains({
  connection,
  chains,
}: Pick<ChainParts, 'connection' | 'chains'>): Promise<number> {
  return runTransaction(connection, async (session) => {
    const { entries } = await chains.next(AT_ONCE, session);
    const last = entries.at(-1);
    if (!last) return 0;
    const ends = new Map<number, ChainEnd>(
      await chains.endsOf([...new Set(entries.map(({ tenantId }) => tenantId))], session),
    );
    const links = entries.map((entry) => {
      const link = linkAfter(endAfter(ends, entry.tenantId), entry);
      ends.set(entry.tenantId, link);
      return link;
    });
    await chains.extend(links, ends, last.position, session);
    return entries.length;
  });
}

/** Signs the ends of chains that went on since their last anchor and have none of this day; returns how many were looked at. */
export async function anchorChains(parts: ChainParts, now: Date): Promise<number> {
  const { connection, chains } = parts;
  const day = dayOf(now);
  const due = await chains.listUnanchored(day, AT_ONCE);
  if (due.length === 0) return 0;
  const key = await anchorKey(parts, now);
  for (const end of due) {
    const { tenantId, number, hash, anchor: previous, anchoredNumber } = end;
    const anchor =
      number > anchoredNumber ? signAnchor({ tenantId, day, number, hash, previous }, key, now) : null;
    await runTransaction(connection, (session) => chains.anchored(end, day, anchor, session));
  }
  return due.length;
}

/** The newest key that can be opened, sealed anew where it lies under a secret of before; else a new one. */
async function anchorKey({ chains, secret }: ChainParts, now: Date) {
  const [present, ...older] = secret.of(auditSealingKey)();
  for (const key of await chains.listKeys())
    for (const sealingKey of [present, ...older]) {
      const opened = openedKey(key._id, key.sealed, sealingKey);
      if (!opened) continue;
      if (sealingKey !== present) await chains.sealAnew(key, sealedKey(key._id, opened, present));
      return { kid: key._id, key: opened };
    }
  const { x, privateKey } = newKeyPair();
  const kid = thumbprintOf(x);
  await chains.addKey({ _id: kid, x, sealed: sealedKey(kid, privateKey, present), createdAt: now });
  return { kid, key: privateKey };
}
