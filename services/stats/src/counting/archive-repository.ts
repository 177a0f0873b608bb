/** Every event, once: the audit trail, and what a new generation is counted from. */
import type { ClientSession, Connection } from 'mongoose';
import type { Envelope } from '@membership/contracts/event';
import { TenantCollection } from '@membership/platform/mongo';
import { archiveSchema, type ArchivedEvent } from './models.ts';

const WHOLE_LOG = 'the log holds the facts of every tenant, each with its own id';

/** Whom an event is about, where it is about a member; a profile has its member's id. */
export function memberOf({ data }: Pick<Envelope, 'data'>): number | null {
  const id = data.memberId ?? data.profileId;
  return Number.isSafeInteger(id) ? (id as number) : null;
}

export class ArchiveRepository {
  readonly #events: TenantCollection<ArchivedEvent>;

  constructor(connection: Connection) {
    this.#events = new TenantCollection<ArchivedEvent>(connection, 'archive', archiveSchema);
  }

  /** Which of these events are archived already. */
  async findArchived(ids: readonly string[], session: ClientSession): Promise<Set<string>> {
    const found = await this.#events
      .acrossTenants(WHOLE_LOG)
      .find({ _id: { $in: [...ids] } }, { session, projection: { _id: 1 }, batchSize: ids.length + 1 })
      .toArray();
    return new Set(found.map(({ _id }) => _id));
  }

  /** Archives events. Two processes with the same event: one of the two transactions fails, and finds it when it runs again. */
  async archive(envelopes: readonly Envelope[], session: ClientSession): Promise<void> {
    const documents = envelopes.map((envelope) => ({
      _id: envelope.id,
      tenantId: envelope.tenantid,
      type: envelope.type,
      time: new Date(envelope.time),
      memberId: memberOf(envelope),
      text: JSON.stringify(envelope),
    }));
    await this.#events.acrossTenants(WHOLE_LOG).insertMany(documents, { session, ordered: true });
  }
}
