/** Sessions, each of one member (tenant 0: platform administrators). */
import { Schema, type ClientSession, type Connection } from 'mongoose';
import type { Page } from '@membership/contracts/dialects';
import { notFound } from '@membership/contracts/errors';
import { TenantCollection, type Paging, type Sort } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { Session } from './session.ts';

type SessionDocument = {
  _id: string;
  tenantId: number;
  memberId: number;
  generation: number;
  createdAt: Date;
  refreshedAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
};

const sessionSchema = new Schema(
  {
    _id: String,
    tenantId: { type: Number, required: true },
    memberId: Number,
    generation: Number,
    createdAt: Date,
    refreshedAt: Date,
    expiresAt: Date,
    endedAt: Date,
  },
  { versionKey: false, id: false },
)
  .index({ tenantId: 1, memberId: 1, refreshedAt: 1 })
  .index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

const toSession = ({
  _id,
  tenantId,
  memberId,
  generation,
  createdAt,
  refreshedAt,
  expiresAt,
  endedAt,
}: SessionDocument): Session => ({
  id: _id,
  tenantId,
  memberId,
  generation,
  createdAt,
  refreshedAt,
  expiresAt,
  endedAt,
});

type Unended = {
  readonly memberId: number;
  /** This one alone. */
  readonly sessionId?: string | undefined;
  readonly from?: Date | undefined;
  readonly atMost: number;
};

const openAt = (now: Date) => ({ endedAt: null, expiresAt: { $gt: now } });

export class SessionRepository {
  readonly #rows: TenantCollection<SessionDocument>;
  constructor(connection: Connection) {
    this.#rows = new TenantCollection<SessionDocument>(connection, 'sessions', sessionSchema);
  }

  async start(
    scope: TenantScope,
    { id, memberId, now, expiresAt }: { id: string; memberId: number; now: Date; expiresAt: Date },
    session: ClientSession,
  ): Promise<void> {
    await this.#rows.insert(
      scope,
      [
        {
          _id: id,
          tenantId: scope.tenantId,
          memberId,
          generation: 1,
          createdAt: now,
          refreshedAt: now,
          expiresAt,
          endedAt: null,
        },
      ],
      { session },
    );
  }

  /** The session that a refresh token names, whoever's it is: the token finds the tenant. */
  async findByToken(sessionId: string): Promise<Session | null> {
    const row = await this.#rows
      .acrossTenants('a refresh token finds its tenant')
      .findOne({ _id: sessionId });
    return row && toSession(row);
  }

  /** Sessions of a member that go on. */
  async listOpen(
    scope: TenantScope,
    { memberId, now }: { memberId: number; now: Date },
    sort: Sort,
    paging: Paging,
  ): Promise<Page<Session>> {
    const filter = { memberId, ...openAt(now) };
    const { items, ...total } = await this.#rows.page(scope, filter, { sort, ...paging });
    return { items: items.map(toSession), ...total };
  }

  /** Refuses (404) a session that is not the member's, or is over. */
  async requireOpen(
    scope: TenantScope,
    { memberId, sessionId, now }: { memberId: number; sessionId: string; now: Date },
    session: ClientSession,
  ): Promise<void> {
    const filter = { _id: sessionId, memberId, ...openAt(now) };
    if (!(await this.#rows.findOne(scope, filter, { projection: { _id: 1 }, session })))
      throw notFound({ zh: '会话不存在或已结束', en: 'There is no such session, or it has ended' });
  }

  /** Takes the next generation, if `generation` is the last one given out and the session goes on. One of two takers gets it. */
  async rotate(
    scope: TenantScope,
    sessionId: string,
    generation: number,
    { now, expiresAt }: { now: Date; expiresAt: Date },
  ): Promise<boolean> {
    const { matched } = await this.#rows.updateOne(
      scope,
      { _id: sessionId, generation, endedAt: null },
      { $inc: { generation: 1 }, $set: { refreshedAt: now, expiresAt } },
    );
    return matched === 1;
  }

  /** Sessions of a member that have not ended, the one that was used the longest ago first, from a time of use on; so many at most. */
  async listUnended(
    scope: TenantScope,
    { memberId, sessionId, from, atMost }: Unended,
    session?: ClientSession,
  ): Promise<Pick<Session, 'id' | 'refreshedAt'>[]> {
    const rows = await this.#rows.find(
      scope,
      {
        memberId,
        endedAt: null,
        ...(sessionId === undefined ? {} : { _id: sessionId }),
        ...(from === undefined ? {} : { refreshedAt: { $gte: from } }),
      },
      {
        projection: { _id: 1, refreshedAt: 1 },
        sort: { refreshedAt: 1 },
        limit: atMost,
        ...(session ? { session } : {}),
      },
    );
    return rows.map(({ _id, refreshedAt }) => ({ id: _id, refreshedAt }));
  }

  /** Ends those of them that go on; with `unusedSince` those alone that were not refreshed since then. */
  async end(
    scope: TenantScope,
    ids: readonly string[],
    { now, unusedSince }: { readonly now: Date; readonly unusedSince?: Date },
    session?: ClientSession,
  ): Promise<void> {
    if (ids.length === 0) return;
    await this.#rows.updateMany(
      scope,
      { _id: { $in: ids }, endedAt: null, ...(unusedSince ? { refreshedAt: { $lt: unusedSince } } : {}) },
      { $set: { endedAt: now } },
      session ? { session } : {},
    );
  }
}
