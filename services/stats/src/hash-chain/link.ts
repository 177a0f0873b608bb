/**
 * The links of a tenant's audit trail: each hash covers an entry, its place and the hash before, so that one that is changed, left out
 * or put in between shows. Names of persons are covered apart, with a salt that goes when the person is erased: what is left neither
 * changes the chain nor lets anybody guess the names. Pure.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Envelope } from '@membership/contracts/event';
import { namingEvents } from '@membership/contracts/events/gateway';

/** An event as it lies in the archive. */
export type Entry = {
  readonly _id: string;
  readonly tenantId: number;
  readonly type: string;
  readonly memberId: number | null;
  readonly position: number;
  readonly text: string;
};
export type Link = {
  /** The event's id. */
  readonly _id: string;
  readonly tenantId: number;
  /** From 1, without gaps. */
  readonly number: number;
  readonly position: number;
  /** Of the event; of one that tells a person's names, without them. */
  readonly digest: string;
  /** Of the names, with the salt. */
  readonly names?: string;
  /** Gone once the person was erased. */
  readonly salt?: string;
  /** Whose names they are. */
  readonly memberId?: number | null;
  /** Over all this and the hash of the link before. */
  readonly hash: string;
};
/** The end of a tenant's chain. */
export type ChainEnd = Pick<Link, 'number' | 'hash' | 'position'>;
export const BEFORE_ALL: ChainEnd = { number: 0, hash: '', position: 0 };

const NAMING: ReadonlySet<string> = new Set(namingEvents.map(({ type }) => type));
export const sha256 = (...parts: readonly (string | number)[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('base64url');

/** The names that an event tells, as text, and the rest of it; null where it tells none. */
export function namesApart({
  type,
  text,
}: Pick<Entry, 'type' | 'text'>): { names: string; rest: string } | null {
  if (!NAMING.has(type)) return null;
  const envelope = JSON.parse(text) as Envelope;
  const { username, email, displayName, externalId, ...data } = envelope.data;
  return {
    names: JSON.stringify({ username, email, displayName, externalId }),
    rest: JSON.stringify({ ...envelope, data }),
  };
}

export const digestOf = (entry: Pick<Entry, 'type' | 'text'>): string =>
  sha256(namesApart(entry)?.rest ?? entry.text);
export const namesDigest = (names: string, salt: string): string => sha256(salt, names);
export const hashOf = (
  { _id, tenantId, number, position, digest, names = '' }: Omit<Link, 'hash'>,
  before: string,
): string => sha256(before, tenantId, number, position, _id, digest, names);

/** The link of an entry that follows an end. */
export function linkAfter({ number, hash }: Pick<ChainEnd, 'number' | 'hash'>, entry: Entry): Link {
  const { _id, tenantId, position, memberId } = entry;
  const apart = namesApart(entry);
  const salt = apart ? randomBytes(16).toString('base64url') : undefined;
  const link = {
    ...{ _id, tenantId, number: number + 1, position, digest: digestOf(entry) },
    ...(apart && salt ? { names: namesDigest(apart.names, salt), salt, memberId } : {}),
  };
  return { ...link, hash: hashOf(link, hash) };
}
