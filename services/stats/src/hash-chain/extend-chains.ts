/** What the job of the chains does: covers what was archived, then signs the ends of the day. Beside the reader, never in its way. */
import type { ClientSession, Connection } from 'mongoose';
import type { HeldSecret } from '@membership/platform/held-secret';
import type { Logger } from '@membership/platform/log';
import { runTransaction } from '@membership/platform/run-transaction';
import { newKeyPair, openedKey, sealedKey, sealingKeyOf } from '@membership/platform/sealed-key-pair';
import { dayOf, signAnchor, signErasure, thumbprintOf } from './anchor.ts';
import { endAfter, type AuditKey, type ChainRepository } from './chain-repository.ts';
import { loggedAnchor } from './kept-anchors.ts';
import { linkAfter, type ChainEnd } from './link.ts';

export type ChainParts = {
  readonly connection: Connection;
  readonly chains: ChainRepository;
  /** The service's own: the private parts of the keys of anchors lie under it. */
  readonly secret: HeldSecret;
  /** Is told each anchor: what is logged is kept elsewhere, and shows a chain that was cut off with its anchors. */
  readonly logger: Pick<Logger, 'info'>;
};
const AT_ONCE = 500;
/** The key under which private parts of these keys are sealed. */
export const auditSealingKey = (secret: string): Buffer => sealingKeyOf(secret, 'audit-anchor-keys');

/** What is to be covered, signed or sealed anew, or some of it. */
export async function listWaiting(parts: ChainParts, now: Date): Promise<readonly unknown[]> {
  const { entries } = await parts.chains.next(1);
  if (entries.length > 0) return entries;
  const due = await parts.chains.listUnanchored(dayOf(now), 1);
  return due.length > 0 ? due : listSealedBefore(parts);
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
  const { connection, chains, logger } = parts;
  const day = dayOf(now);
  const due = await chains.listUnanchored(day, AT_ONCE);
  if (due.length === 0) return 0;
  const key = await anchorKey(parts, now);
  for (const end of due) {
    const { tenantId, number, hash, anchor: previous, anchoredNumber } = end;
    const anchor =
      number > anchoredNumber ? signAnchor({ tenantId, day, number, hash, previous }, key, now) : null;
    await runTransaction(connection, (session) => chains.anchored(end, day, anchor, session));
    if (anchor) logger.info(loggedAnchor(anchor), 'the audit trail was signed');
  }
  return due.length;
}

/**
 * Signs that a tenant was erased, when the log tells of it and never because the database says so: what was kept of its chain fits
 * nothing any more, and who cuts off another one's cannot pretend that it was erased.
 */
export async function keepErasure(
  parts: Pick<ChainParts, 'chains' | 'secret'>,
  { tenantId, eventId }: { readonly tenantId: number; readonly eventId: string },
  session: ClientSession,
): Promise<void> {
  const key = await anchorKey(parts, new Date());
  await parts.chains.keepErasure(signErasure({ _id: tenantId, eventId }, key), session);
}

/** The newest key that can be opened, else a new one. */
async function anchorKey({ chains, secret }: Pick<ChainParts, 'chains' | 'secret'>, now: Date) {
  const sealingKeys = secret.of(auditSealingKey)();
  for (const { _id: kid, sealed } of await chains.listKeys())
    for (const sealingKey of sealingKeys) {
      const key = openedKey(kid, sealed, sealingKey);
      if (key) return { kid, key };
    }
  const { x, privateKey } = newKeyPair();
  const kid = thumbprintOf(x);
  await chains.addKey({ _id: kid, x, sealed: sealedKey(kid, privateKey, sealingKeys[0]), createdAt: now });
  return { kid, key: privateKey };
}

/**
 * Seals under the present secret the keys that lie under one of before, which may then be left out: a key that nothing opens
 * signs no more, and what it signed is believed by nobody who knows the secret alone. Returns how many there were.
 */
export async function sealKeysAnew(parts: ChainParts): Promise<number> {
  const { chains, secret } = parts;
  const [present, ...older] = secret.of(auditSealingKey)();
  const keys = await listSealedBefore(parts);
  for (const key of keys)
    for (const sealingKey of older) {
      const opened = openedKey(key._id, key.sealed, sealingKey);
      if (opened) await chains.sealAnew(key, sealedKey(key._id, opened, present));
    }
  return keys.length;
}

/** With one value nothing is asked for: what does not lie under that cannot be opened. */
async function listSealedBefore({ chains, secret }: ChainParts): Promise<AuditKey[]> {
  const [, ...older] = secret.of(auditSealingKey)();
  if (older.length === 0) return [];
  return (await chains.listKeys()).filter(({ _id, sealed }) =>
    older.some((sealingKey) => openedKey(_id, sealed, sealingKey)),
  );
}
