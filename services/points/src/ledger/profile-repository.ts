/** Reads profiles and what stands around them. */
import { given } from '@membership/platform/given';
import type { PageRequest } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import { literally } from '@membership/platform/search';
import type { ClientSession } from 'mongoose';
import type { Models } from '../models.ts';
import type { TagProjection } from '../permissions/member-tag.ts';
import type { DayCounts } from './day-totals.ts';
import { NEVER, type Lot } from './lots.ts';
import type { PointsRecord } from './record.ts';
import type { Profile } from './profile.ts';
import { recordQuery, type RecordFilter } from './record-filter.ts';
import type { RecordSumsRepository } from './record-sums-repository.ts';

export type ProfileFilter = {
  memberId?: number | undefined;
  levelId?: number | undefined;
  isEnabled?: boolean | undefined;
  search?: string | undefined;
};

/** Which lots a record took from may be long, and nobody is shown it. */
const SHOWN = { taken: 0 } as const;

export type MemberDay = DayCounts & { readonly memberId: number };

export class ProfileRepository {
  readonly #models: Models;
  readonly #sums: RecordSumsRepository;
  constructor(models: Models, sums: RecordSumsRepository) {
    this.#models = models;
    this.#sums = sums;
  }

  async find(scope: TenantScope, memberId: number, session?: ClientSession): Promise<Profile | null> {
    return this.#models.profiles.findOne(scope, { _id: memberId }, session ? { session } : {});
  }

  async byIds(scope: TenantScope, ids: readonly number[]): Promise<Map<number, Profile>> {
    const found = await this.#models.profiles.find(scope, { _id: { $in: [...new Set(ids)] } });
    return new Map(found.map((profile) => [profile._id, profile]));
  }

  async list(scope: TenantScope, filter: ProfileFilter, page: PageRequest) {
    const query = given({
      _id: filter.memberId,
      levelId: filter.levelId,
      isEnabled: filter.isEnabled,
      ...(filter.search
        ? { $or: [{ username: literally(filter.search) }, { email: literally(filter.search) }] }
        : {}),
    });
    return this.#models.profiles.page(scope, query, page);
  }

  async listRecords(
    scope: TenantScope,
    filter: RecordFilter,
    page: PageRequest,
  ): Promise<{ items: PointsRecord[]; count: number; isEstimate: boolean }> {
    const query = recordQuery(filter);
    const items = await this.#models.records.find(scope, query, {
      sort: page.sort,
      skip: (page.page - 1) * page.size,
      limit: page.size,
      projection: SHOWN,
    });
    return { items, ...(await this.#sums.count(scope, filter)) };
  }

  async findRecord(scope: TenantScope, id: number): Promise<PointsRecord | null> {
    return this.#models.records.findOne(scope, { _id: id }, { projection: SHOWN });
  }

  /** Days of members from `from` on: those that are filed, and each profile's newest. */
  async days(scope: TenantScope, profiles: readonly Profile[], from: string): Promise<MemberDay[]> {
    const memberId = { $in: profiles.map(({ _id }) => _id) };
    const filed = await this.#models.days.find(scope, { memberId, day: { $gte: from } });
    const ids = new Set(filed.map(({ _id }) => _id));
    const newest = profiles.flatMap(({ _id, today }) =>
      // Filed since the profile was read: then it is there in whole.
      today && today.day >= from && !ids.has(`${_id}:${today.day}`) ? [{ memberId: _id, ...today }] : [],
    );
    return [...filed, ...newest];
  }

  /** Lots of a member that have an end, soonest first: as many as a few days of them may be. */
  async soonestLots(scope: TenantScope, memberId: number, now: Date): Promise<Lot[]> {
    return this.#models.lots.find(
      scope,
      { memberId, remaining: { $gt: 0 }, endsAt: { $gt: now, $lt: NEVER } },
      { sort: { endsAt: 1, _id: 1 }, limit: 1_000 },
    );
  }

  async tags(scope: TenantScope, memberIds: readonly number[]): Promise<TagProjection[]> {
    return this.#models.tags.find(scope, { memberId: { $in: [...memberIds] } }, { sort: { _id: 1 } });
  }

  /** Sets switches of a profile; returns it, or null when there is none. */
  async change(
    scope: TenantScope,
    memberId: number,
    changes: Partial<Pick<Profile, 'isEnabled' | 'multiplier'>>,
    session: ClientSession,
  ): Promise<Profile | null> {
    return this.#models.profiles.change(
      scope,
      { _id: memberId },
      { $set: { ...changes, updatedAt: new Date() } },
      { session },
    );
  }
}
