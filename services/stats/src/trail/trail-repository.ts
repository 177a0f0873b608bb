/** Reads the archive as a tenant's audit trail. */
import type { Envelope } from '@membership/contracts/event';
import type { TenantScope } from '@membership/platform/scope';
import type { ArchiveRepository } from '../archive/archive-repository.ts';
import type { ArchivedEvent } from '../archive/models.ts';

export type TrailFilter = {
  readonly types?: readonly string[] | undefined;
  readonly memberId?: number | undefined;
  readonly actor?: string | undefined;
  /** Both ends included. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
};
/** An event of the trail, and where it stands. */
export type TrailEntry = {
  readonly position: number;
  readonly memberId: number | null;
  readonly envelope: Envelope;
};

/** What is unsent for 30 days is not sent any more (ADR 7): so late, and a day of clocks that differ, an event may come. */
const LATE_MS = 31 * 86_400_000;
const FIELDS = { position: 1, memberId: 1, text: 1 } as const;
type Found = Pick<ArchivedEvent, 'position' | 'memberId' | 'text'>;

export class TrailRepository {
  readonly #archive: Pick<ArchiveRepository, 'end'>;
  readonly #events: ArchiveRepository['events'];

  constructor(archive: Pick<ArchiveRepository, 'events' | 'end'>) {
    this.#archive = archive;
    this.#events = archive.events;
  }

  /** The next entries behind a position, the newest first or the oldest. */
  async list(
    scope: TenantScope,
    { types, memberId, actor, from, to }: TrailFilter,
    page: {
      readonly after: number | undefined;
      readonly isNewestFirst: boolean;
      readonly size: number;
      /** The last position that is looked at. */
      readonly until?: number;
    },
  ): Promise<TrailEntry[]> {
    const { after, isNewestFirst, size, until = Number.MAX_SAFE_INTEGER - 1 } = page;
    const { $gt, $lt } = await this.#boundsOf(scope, { from, to });
    const position = {
      $gt: Math.max($gt, isNewestFirst ? 0 : (after ?? 0)),
      $lt: Math.min($lt, until + 1, (isNewestFirst ? after : undefined) ?? $lt),
    };
    const time = { ...(from ? { $gte: from } : {}), ...(to ? { $lte: to } : {}) };
    const found = await this.#events.find(
      scope,
      {
        position,
        ...(types ? { type: { $in: [...types] } } : {}),
        ...(memberId === undefined ? {} : { memberId }),
        ...(actor === undefined ? {} : { actor }),
        ...(from || to ? { time } : {}),
      },
      { sort: { position: isNewestFirst ? -1 : 1 }, limit: size, projection: FIELDS },
    );
    return found.map(entryOf);
  }

  /**
   * Between which positions events of these times stand at most: the trail has the order in which they came, and a day long
   * ago must not cost what came since.
   */
  async #boundsOf(
    scope: TenantScope,
    { from, to }: Pick<TrailFilter, 'from' | 'to'>,
  ): Promise<{ readonly $gt: number; readonly $lt: number }> {
    const nearest = async (time: Record<string, Date>, direction: 1 | -1): Promise<number | undefined> => {
      const sort = { time: direction, _id: direction } as const;
      return (await this.#events.findOne(scope, { time }, { sort, projection: { position: 1 } }))?.position;
    };
    const [before, after] = await Promise.all([
      from && nearest({ $lt: new Date(from.getTime() - LATE_MS) }, -1),
      to && nearest({ $gt: new Date(to.getTime() + LATE_MS) }, 1),
    ]);
    return { $gt: before ?? 0, $lt: after ?? Number.MAX_SAFE_INTEGER };
  }

  /** What was archived of these types in these tenants behind a position. */
  async listSince(
    position: number,
    tenantIds: readonly number[],
    types: readonly string[],
  ): Promise<TrailEntry[]> {
    const found = await this.#events
      .acrossTenants('one look for all who follow their figures; each is told of its own')
      .find(
        { tenantId: { $in: [...tenantIds] }, type: { $in: [...types] }, position: { $gt: position } },
        { projection: FIELDS },
      )
      .toArray();
    return found.map(entryOf);
  }

  /** Position of the last event of all tenants. */
  end(): Promise<number> {
    return this.#archive.end();
  }

  /** Time of the newest event of all tenants; null before the first. What is read afterwards is at least as new. */
  async asOf(): Promise<Date | null> {
    const newest = await this.#events
      .acrossTenants('how far the trail goes is one for all')
      .findOne({}, { sort: { position: -1 }, projection: { time: 1 } });
    return newest?.time ?? null;
  }

  /** One event of the tenant's. */
  async find(scope: TenantScope, id: string): Promise<TrailEntry | null> {
    const found = await this.#events.findOne(scope, { _id: id }, { projection: FIELDS });
    return found && entryOf(found);
  }

  /** What these events caused directly, in order. */
  async listCausedBy(scope: TenantScope, ids: readonly string[], limit: number): Promise<TrailEntry[]> {
    const found = await this.#events.find(
      scope,
      { causeId: { $in: [...ids] } },
      { sort: { position: 1 }, limit, projection: FIELDS },
    );
    return found.map(entryOf);
  }
}

/** One that has no position yet was archived a moment ago by a version that knows none; its job places it at the end. */
const entryOf = ({ position, memberId, text }: Found): TrailEntry => ({
  position: position ?? 0,
  memberId,
  envelope: JSON.parse(text) as Envelope,
});
