/** Every event, once: the audit trail, and what a new generation is counted from. */
import type { ClientSession, Connection } from 'mongoose';
import type { Envelope } from '@membership/contracts/event';
import { TenantCollection } from '@membership/platform/mongo';
import { memberOf } from './countable.ts';
import { archiveSchema, type ArchivedEvent } from './models.ts';

const WHOLE_LOG = 'the log holds the facts of every tenant, each with its own id';

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

  /** Archives events; `successor` is the generation being made, if any, which has them counted. Two processes with the same event: one of the two transactions fails, and finds it when it runs again. */
  async archive(
    envelopes: readonly Envelope[],
    successor: number | null,
    session: ClientSession,
  ): Promise<void> {
    const documents = envelopes.map((envelope) => ({
      _id: envelope.id,
      tenantId: envelope.tenantid,
      type: envelope.type,
      time: new Date(envelope.time),
      memberId: memberOf(envelope),
      text: JSON.stringify(envelope),
      ...(successor === null ? {} : { since: successor }),
    }));
    await this.#events.acrossTenants(WHOLE_LOG).insertMany(documents, { session, ordered: true });
  }

  /** The next events after an id, in the order of their ids, which were archived before this generation was begun. */
  async listBefore(
    generation: number,
    { after, limit }: { readonly after: string; readonly limit: number },
    session: ClientSession,
  ): Promise<Envelope[]> {
    const found = await this.#events
      .acrossTenants(WHOLE_LOG)
      .find({ _id: { $gt: after }, since: { $ne: generation } }, { session, projection: { text: 1 } })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return found.map(({ text }) => JSON.parse(text) as Envelope);
  }
}
