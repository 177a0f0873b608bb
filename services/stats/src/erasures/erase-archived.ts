/** Names of erased members leave the archive: the events stay, and tell the made-up names that the erasure gave. So do base figures. */
import type { Connection } from 'mongoose';
import type { Envelope } from '@membership/contracts/event';
import { memberErased, namingEvents } from '@membership/contracts/events/gateway';
import type { ArchivedEvent } from '../archive/models.ts';
import type { StoredRow } from '../counting/models.ts';
import type { Link } from '../hash-chain/link.ts';
import { namesOf } from '../projecting/bases.ts';
import type { Generation } from '../projecting/models.ts';

const NAMING = namingEvents.map(({ type }) => type);
/** An event that was late is archived after the erasure: so long it is looked for. */
const LATE_MS = 24 * 3_600_000;
const AT_ONCE = 500;
const archiveOf = (connection: Connection) => connection.collection<ArchivedEvent>('archive');
type Archive = ReturnType<typeof archiveOf>;
/** Absent, as in most events. */
const NOT_YET = { isErased: { $exists: false } } as const;

/** Erasures that are not over. */
export const listErasures = (connection: Connection) =>
  archiveOf(connection).find({ type: memberErased.type, ...NOT_YET });

/** Does what is asked for by now, and again for a day; doing it twice, or in two processes, does it once. */
export async function eraseArchived(connection: Connection, signal: AbortSignal, now: Date): Promise<void> {
  const archive = archiveOf(connection);
  for await (const erasure of listErasures(connection)) {
    if (signal.aborted) return;
    await eraseNames(archive, erasure);
    await forgetSalts(connection, erasure);
    await eraseFromBases(connection, erasure);
    if (now.getTime() - erasure.time.getTime() > LATE_MS)
      await archive.updateOne({ _id: erasure._id }, { $set: { isErased: true } });
  }
}

/** What the hash chain keeps of the names is a digest: without its salt nobody can try out names against it. */
async function forgetSalts(connection: Connection, { tenantId, memberId }: ArchivedEvent): Promise<void> {
  const links = connection.collection<Link>('audit_links');
  await links.updateMany({ tenantId, memberId, salt: { $exists: true } }, { $unset: { salt: '' } });
}

/** Base figures, and what is copied from them, may not count the erasure before their month is closed. */
async function eraseFromBases(
  connection: Connection,
  { tenantId, memberId, text }: ArchivedEvent,
): Promise<void> {
  const { displayName } = (JSON.parse(text) as Envelope).data;
  const bases = await connection
    .collection<Generation>('generations')
    .find({ projector: { $in: Object.values(namesOf('figures')) } })
    .toArray();
  const ids = bases.map(({ _id }) => `${_id}/${tenantId}:member:${memberId}`);
  if (ids.length > 0)
    await connection
      .collection<StoredRow>('rows')
      .updateMany({ _id: { $in: ids } }, { $set: { 'state.displayName': displayName } });
}

async function eraseNames(archive: Archive, { tenantId, memberId, text }: ArchivedEvent): Promise<void> {
  const { username, email, displayName, externalId } = (JSON.parse(text) as Envelope).data;
  const names = { username, email, displayName, externalId };
  // What bears the made-up name already has none of the member's.
  const named = { tenantId, memberId, type: { $in: NAMING }, ...NOT_YET };
  for (;;) {
    const found = await archive
      .find(named, { projection: { text: 1 } })
      .limit(AT_ONCE)
      .toArray();
    if (found.length === 0) return;
    await archive.bulkWrite(
      found.map((event) => {
        const envelope = JSON.parse(event.text) as Envelope;
        const erased = { ...envelope, data: { ...envelope.data, ...names } };
        const $set = { text: JSON.stringify(erased), isErased: true } as const;
        return { updateOne: { filter: { _id: event._id }, update: { $set } } };
      }),
      { ordered: false },
    );
  }
}
