/**
 * Proves the audit trail: every entry up to the end of its tenant's chain is there, as it was, in its place, and the anchors say the
 * same. Changes nothing; events go on being archived meanwhile.
 */
import { memberErased } from '@membership/contracts/events/gateway';
import type { Envelope } from '@membership/contracts/event';
import type { Connection } from '@membership/platform/mongo';
import { openedKey } from '@membership/platform/sealed-key-pair';
import { isSigned, isSignedErasure, thumbprintOf, type Anchor, type SignedErasure } from './anchor.ts';
import { columnsBesideText, type Columns } from '../archive/columns.ts';
import type { AuditKey, StoredEnd } from './chain-repository.ts';
import { auditSealingKey } from './extend-chains.ts';
import type { Kept } from './kept-anchors.ts';
import { digestOf, hashOf, namesApart, namesDigest, type ChainEnd, type Entry, type Link } from './link.ts';

export type Fault = { readonly tenantId: number; readonly number: number | null; readonly found: string };
export type Verified = {
  readonly tenants: number;
  /** Those of them that were erased: nothing is left to verify, or soon. */
  readonly erased: number;
  readonly entries: number;
  readonly anchors: number;
  readonly faults: number;
  /** Archived, and not in a chain yet. */
  readonly waiting: number;
};
type Options = {
  readonly tenantId?: number | undefined;
  /** Only these public keys are believed. */
  readonly publicKeys?: readonly string[] | undefined;
  /** Or those whose private part lies under one of these secrets. */
  readonly secrets?: readonly string[] | undefined;
  /** What the operator kept elsewhere. */
  readonly kept?: readonly Kept[] | undefined;
  readonly onFault: (fault: Fault) => void;
  readonly onProgress?: (entries: number) => void;
};
type Walk = {
  readonly connection: Connection;
  readonly options: Options;
  readonly keys: ReadonlyMap<string, string>;
  readonly covered: number;
};

const AT_ONCE = 1_000;
const linksOf = (connection: Connection) => connection.collection<Link>('audit_links');
type Stored = Entry & Columns & { isErased?: true };
const archiveOf = (connection: Connection) => connection.collection<Stored>('archive');
const anchorsOf = (connection: Connection) =>
  connection.collection<Anchor & { _id: string }>('audit_anchors');

export async function verifyChains(connection: Connection, options: Options): Promise<Verified> {
  const progress = await connection
    .collection<{ _id: string; position: number }>('audit_progress')
    .findOne({});
  // What is covered from here on is another run's: ends are read later, so that no chain ends before this.
  const covered = progress?.position ?? 0;
  const keys = await believedKeys(connection, options);
  const walk: Walk = { connection, options, keys, covered };
  let sum = { tenants: 0, erased: 0, entries: 0, anchors: 0, faults: 0 };
  for (const tenantId of await tenantsOf(connection, options)) {
    const isErased = await wasErased(walk, tenantId);
    const { entries, anchors, faults } = await (isErased ? verifyErased : verifyTenant)(walk, tenantId);
    sum = {
      tenants: sum.tenants + 1,
      erased: sum.erased + (isErased ? 1 : 0),
      entries: sum.entries + entries,
      anchors: sum.anchors + anchors,
      faults: sum.faults + faults,
    };
    options.onProgress?.(sum.entries);
  }
  const behind = {
    position: { $gt: covered },
    ...(options.tenantId === undefined ? {} : { tenantId: options.tenantId }),
  };
  return { ...sum, waiting: await archiveOf(connection).countDocuments(behind) };
}

/** Those that have anything, or had: a chain whose every trace was taken out but one is found by that one. */
async function tenantsOf(connection: Connection, { tenantId, kept = [] }: Options): Promise<number[]> {
  if (tenantId !== undefined) return [tenantId];
  const ends = connection.collection<{ _id: number }>('audit_ends');
  const found = await Promise.all([
    archiveOf(connection).distinct('tenantId'),
    linksOf(connection).distinct('tenantId'),
    anchorsOf(connection).distinct('tenantId'),
    ends.distinct('_id'),
  ]);
  return [...new Set([...found.flat(), ...kept.map((one) => one.tenantId)])].sort(
    (left, right) => left - right,
  );
}

/** Public keys by their names: all that are stored, or of these only those that are given, or that the service’s secret vouches for. */
async function believedKeys(
  connection: Connection,
  { publicKeys, secrets }: Options,
): Promise<ReadonlyMap<string, string>> {
  const stored = await connection.collection<AuditKey>('audit_keys').find().toArray();
  const believed = publicKeys
    ? publicKeys.map((x) => ({ _id: thumbprintOf(x), x }))
    : stored.filter(({ _id, x, sealed }) => {
        if (_id !== thumbprintOf(x)) return false;
        return !secrets || secrets.some((secret) => openedKey(_id, sealed, auditSealingKey(secret)));
      });
  return new Map(believed.map(({ _id, x }) => [_id, x]));
}

type Faulty = (number: number | null, found: string) => void;

/** Whether the service signed, when the log told it, that a tenant was erased. */
async function wasErased({ connection, keys }: Walk, tenantId: number): Promise<boolean> {
  const erasure = await connection.collection<SignedErasure>('audit_erasures').findOne({ _id: tenantId });
  const x = erasure && keys.get(erasure.kid);
  return erasure !== null && x !== null && x !== undefined && isSignedErasure(erasure, x);
}

/** Counts the faults of a tenant and tells each. */
function faultsOf({ options }: Walk, tenantId: number): { readonly faulty: Faulty; count: number } {
  const faults = {
    count: 0,
    faulty: (number: number | null, found: string): void => {
      faults.count++;
      options.onFault({ tenantId, number, found });
    },
  };
  return faults;
}

const keptOf = ({ options }: Walk, tenantId: number): Kept[] =>
  (options.kept ?? []).filter((one) => one.tenantId === tenantId);

/** Its chain is gone, or goes: what was kept of it fits nothing, and says that the platform gave it all the same. */
async function verifyErased(walk: Walk, tenantId: number) {
  const faults = faultsOf(walk, tenantId);
  for (const one of keptOf(walk, tenantId)) verifySignature(walk, one, faults.faulty);
  return { entries: 0, anchors: 0, faults: faults.count };
}

async function verifyTenant(walk: Walk, tenantId: number) {
  const { connection } = walk;
  const faults = faultsOf(walk, tenantId);
  const { faulty } = faults;
  const end = await connection.collection<StoredEnd>('audit_ends').findOne({ _id: tenantId });
  const anchors = await anchorsOf(connection).find({ tenantId }).sort({ day: 1 }).toArray();
  const kept = keptOf(walk, tenantId);
  const wanted = new Map([...anchors, ...kept].map(({ number }) => [number, null as string | null]));
  const last = await walkLinks(
    walk,
    tenantId,
    { until: end?.number ?? Number.MAX_SAFE_INTEGER, wanted },
    faulty,
  );
  if (!end && last.number > 0) faulty(null, 'the end of the chain is gone');
  else if (end && (end.number > last.number || end.hash !== last.hash))
    faulty(null, `the chain ends at ${last.number}; it had ${end.number} entries`);
  if (
    end &&
    (await linksOf(connection).findOne({
      tenantId,
      number: end.number + 1,
      position: { $lte: walk.covered },
    }))
  )
    faulty(null, `the end of the chain was set back to ${end.number}`);
  verifyAnchors(walk, anchors, wanted, faulty);
  if (end?.anchor && !anchors.some(({ number }) => number === end.anchoredNumber))
    faulty(end.anchoredNumber, 'the last anchor is missing');
  for (const one of kept) {
    if (wanted.get(one.number) !== one.hash)
      faulty(one.number, 'the chain is another than the one that was kept');
    verifySignature(walk, one, faulty);
  }
  return { entries: last.number, anchors: anchors.length, faults: faults.count };
}

/** Who shows what nobody signed proves nothing by it. */
function verifySignature({ keys }: Walk, { signed, ...kept }: Kept, faulty: Faulty): void {
  const x = signed && keys.get(signed.kid);
  if (signed && !(x && isSigned({ ...kept, ...signed }, x)))
    faulty(
      kept.number,
      `the anchor of ${signed.day} that was kept is not signed with a key that is believed`,
    );
}

/** Goes along the links and the archive side by side; fills in the hashes that are wanted. */
async function walkLinks(
  { connection, covered }: Walk,
  tenantId: number,
  { until, wanted }: { readonly until: number; readonly wanted: Map<number, string | null> },
  faulty: Faulty,
): Promise<ChainEnd> {
  const erasures = new Map<number, string>();
  let [before, from] = [{ number: 0, hash: '', position: 0 } as ChainEnd, 0];
  for (;;) {
    const links = await linksOf(connection)
      .find({ tenantId, number: { $gt: before.number, $lte: until } })
      .sort({ number: 1 })
      .limit(AT_ONCE)
      .toArray();
    const isLast = links.length < AT_ONCE;
    const reached = links.at(-1)?.position ?? before.position;
    const to = isLast ? Math.max(covered, reached) : reached;
    const entries = await archiveOf(connection)
      .find({ tenantId, position: { $gt: from, $lte: to } })
      .sort({ position: 1 })
      .toArray();
    const byId = new Map(entries.map((entry) => [entry._id, entry]));
    for (const link of links) {
      const { number, position, _id } = link;
      if (number !== before.number + 1)
        faulty(
          before.number + 1,
          number === before.number + 2 ? 'the link is missing' : `links up to ${number - 1} are missing`,
        );
      else if (link.hash !== hashOf(link, before.hash))
        faulty(number, `the link of event ${_id} was changed`);
      const entry = byId.get(_id);
      byId.delete(_id);
      if (!entry) faulty(number, `event ${_id} is missing`);
      else if (entry.position !== position) faulty(number, `event ${_id} stands elsewhere`);
      else {
        const found = (await changeOf(connection, link, entry, erasures)) ?? foundOtherwise(entry);
        if (found) faulty(number, found);
      }
      if (wanted.has(number)) wanted.set(number, link.hash);
      before = link;
    }
    for (const { _id, position } of byId.values())
      faulty(null, `event ${_id} was put in at position ${position}`);
    if (isLast) return before;
    from = to;
  }
}

/** What is wrong with an entry: its text, or the names in it where nobody erased them. */
async function changeOf(
  connection: Connection,
  link: Link,
  entry: Stored,
  erasures: Map<number, string>,
): Promise<string | null> {
  const changed = `event ${entry._id} was changed`;
  if (digestOf(entry) !== link.digest || entry.tenantId !== link.tenantId) return changed;
  if (link.names === undefined) return null;
  const apart = namesApart(entry);
  if (!apart) return changed;
  if (link.salt !== undefined && namesDigest(apart.names, link.salt) === link.names) return null;
  // Without its salt a person was erased: then the names are those that the erasure gave.
  return (await erasedNames(connection, entry, erasures)) === apart.names ? null : changed;
}

/** Whether an entry is found by something else than its text says, so that who asks for it misses it. */
function foundOtherwise(entry: Stored): string | null {
  const columns = columnsBesideText(entry);
  return columns.length === 0
    ? null
    : `event ${entry._id} was changed beside its text: ${columns.join(', ')}`;
}

async function erasedNames(
  connection: Connection,
  { tenantId, memberId }: Entry,
  erasures: Map<number, string>,
): Promise<string | null> {
  if (memberId === null) return null;
  const known = erasures.get(memberId);
  if (known !== undefined) return known;
  const erasure = await archiveOf(connection).findOne({ tenantId, memberId, type: memberErased.type });
  if (!erasure) return null;
  const { username, email, displayName, externalId } = (JSON.parse(erasure.text) as Envelope).data;
  const names = JSON.stringify({ username, email, displayName, externalId });
  erasures.set(memberId, names);
  return names;
}

function verifyAnchors(
  { keys }: Walk,
  anchors: readonly Anchor[],
  hashes: ReadonlyMap<number, string | null>,
  faulty: Faulty,
): void {
  let previous: string | null = null;
  for (const anchor of anchors) {
    const { day, number, kid, signedAt } = anchor;
    const x = keys.get(kid);
    if (!x) faulty(number, `the anchor of ${day} is signed with a key that is not believed: ${kid}`);
    else if (!isSigned(anchor, x)) faulty(number, `the signature of the anchor of ${day} is wrong`);
    // The day is signed, the time of it stands beside, and may be none.
    if (String(new Date(signedAt).toJSON()).slice(0, 10) !== day)
      faulty(number, `the anchor of ${day} says another time`);
    if (anchor.previous !== previous) faulty(number, `an anchor before that of ${day} is missing`);
    if (hashes.get(number) !== anchor.hash)
      faulty(number, `the chain is another than the one that was signed on ${day}`);
    previous = anchor.signature;
  }
}
