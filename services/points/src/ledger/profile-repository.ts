/** Reads profiles, what stands around them, and pages of profiles and records; switches a profile's points on and off. */
import { profileUpdated } from '@membership/contracts/events/points';
import { dayOf, endOfDay, type Day } from '@membership/platform/calendar';
import { behind, cursorBehind, positionOf, type Direction, type Position } from '@membership/platform/cursor';
import { changesNothing, given } from '@membership/platform/given';
import type { PageRequest } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import { inTime } from '@membership/platform/search';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Models } from '../models.ts';
import type { TagProjection } from '../domain/member-tag.ts';
import type { Changes } from './changes.ts';
import { balancesOf } from '../domain/balances.ts';
import type { DayCounts } from '../domain/day-totals.ts';
import { FiledDays } from './filed-days.ts';
import { ofLiveLots, type LiveLots } from './live-lots.ts';
import { NEVER, type CarriedLot } from '../domain/lots.ts';
import { KEPT_PAGE, NewestRecords } from './newest-records.ts';
import type { PointsRecord } from '../domain/record.ts';
import { multiplierText, type Profile } from '../domain/profile.ts';
import { ProfileReads, type ProfileRead } from './profile-reads.ts';
import { findIdsNamedLike, namedLike } from './profile-search.ts';
import { RecordCounts } from './record-counts.ts';
import { isOfList, recordQuery, type RecordFilter } from './record-filter.ts';
import type { RecordSumsRepository } from './record-sums-repository.ts';

export type ProfileFilter = {
  memberId?: number | undefined;
  levelId?: number | undefined;
  isEnabled?: boolean | undefined;
  search?: string | undefined;
};

export type RecordPage = PageRequest & { readonly cursor: string | undefined };

/** Nobody is shown which lots a record took from, which may be long, and what is left of its own. */
const SHOWN = { taken: 0, lot: 0 } as const;

export class ProfileRepository {
  readonly #models: Models;
  readonly #reads: ProfileReads;
  readonly #filed: FiledDays;
  readonly #counts: RecordCounts;
  readonly #newest = new NewestRecords();
  constructor(models: Models, sums: RecordSumsRepository) {
    this.#models = models;
    this.#reads = new ProfileReads(models);
    this.#filed = new FiledDays(models);
    this.#counts = new RecordCounts(models, sums);
  }

  /** A profile with its tags, or null. */
  async read(scope: TenantScope, memberId: number): Promise<ProfileRead | null> {
    return this.#reads.find(scope, memberId);
  }

  async find(scope: TenantScope, memberId: number): Promise<Profile | null> {
    return (await this.#reads.find(scope, memberId))?.profile ?? null;
  }

  /** Refuses (SYS_002) a search that takes too long. */
  async list(scope: TenantScope, { search, ...filter }: ProfileFilter, page: PageRequest) {
    const { profiles } = this.#models;
    const query = given({ _id: filter.memberId, levelId: filter.levelId, isEnabled: filter.isEnabled });
    if (!search) return profiles.page(scope, query, page);
    const ids = filter.memberId === undefined ? await findIdsNamedLike(this.#models, scope, search) : null;
    const named = ids ? { _id: { $in: ids } } : namedLike(search);
    return inTime(profiles.page(scope, { ...query, ...named }, page));
  }

  async listRecords(
    scope: TenantScope,
    filter: RecordFilter,
    page: RecordPage,
  ): Promise<{
    items: PointsRecord[];
    count: number;
    isEstimate: boolean;
    nextCursor: string | null;
    profiles: Map<number, Profile>;
  }> {
    const direction: Direction = page.sort.createdAt === 1 ? 1 : -1;
    const cursors = { scope, list: 'records', direction };
    const after = positionOf(cursors, page.cursor, page.page);
    // Whose records they are is known before them where a member's are asked for.
    const named = filter.memberId === undefined ? undefined : this.profilesOf(scope, [filter.memberId]);
    const [found, count] = await Promise.all([
      named
        ? this.#ofMember(scope, filter, page, { after, profiles: await named })
        : this.#readRecords(scope, filter, page, after),
      this.#counts.count(scope, filter, async (memberId) => (await named)?.get(memberId)),
      named,
    ]);
    const items = found.slice(0, page.size);
    const last = found.length > page.size ? items.at(-1) : undefined;
    const nextCursor = last ? cursorBehind(cursors, { at: last.createdAt, id: last._id }) : null;
    const memberIds = items.map(({ memberId }) => memberId);
    return {
      items,
      ...count,
      nextCursor,
      profiles: (await named) ?? (await this.profilesOf(scope, memberIds)),
    };
  }

  /** A member's records up to those that its profile counts; the newest out of memory where they are known. */
  async #ofMember(
    scope: TenantScope,
    filter: RecordFilter,
    page: RecordPage,
    { after, profiles }: { after: Position | undefined; profiles: ReadonlyMap<number, Profile> },
  ): Promise<readonly PointsRecord[]> {
    const [profile] = profiles.values();
    if (!profile) return [];
    const isKept =
      isOfList(filter) && !after && page.page === 1 && page.size <= KEPT_PAGE && page.sort.createdAt === -1;
    if (!isKept) return this.#readCounted(scope, filter, page, { after, profile });
    const known = this.#newest.of(profile, filter);
    if (known) return known;
    const found = await this.#readCounted(scope, filter, { ...page, size: KEPT_PAGE }, { after, profile });
    this.#newest.keep(profile, filter, found);
    return found;
  }

  /** What is committed between the read of the profile and this one is not shown yet: count and balance do not know it. */
  async #readCounted(
    scope: TenantScope,
    filter: RecordFilter,
    page: RecordPage,
    { after, profile }: { after: Position | undefined; profile: Profile },
  ): Promise<readonly PointsRecord[]> {
    for (let extra = 0; ; ) {
      const found = await this.#readRecords(scope, filter, page, after, extra);
      const counted = found.filter(({ ordinal }) => ordinal <= profile.recordCount);
      const newer = found.length - counted.length;
      if (newer <= extra) return counted;
      extra = newer + page.size;
    }
  }

  async #readRecords(
    scope: TenantScope,
    filter: RecordFilter,
    { page, size, sort }: RecordPage,
    after: Position | undefined,
    extra = 0,
  ): Promise<readonly PointsRecord[]> {
    return this.#models.records.find(
      scope,
      { ...recordQuery(filter), ...behind('createdAt', after, sort.createdAt === 1 ? 1 : -1) },
      // One more says whether there is another page.
      { sort, skip: (page - 1) * size, limit: size + 1 + extra, projection: SHOWN },
    );
  }

  /** Takes in what this process has committed of records that are kept in memory. */
  commit(changes: Changes, now: Date): void {
    this.#newest.commit(changes, now);
    this.#counts.commit(changes);
  }

  /** Profiles by id, those that there are. */
  async profilesOf(scope: TenantScope, memberIds: readonly number[]): Promise<Map<number, Profile>> {
    const reads = await this.#reads.byIds(scope, memberIds);
    return new Map([...reads].map(([id, { profile }]) => [id, profile]));
  }

  async findRecord(scope: TenantScope, id: number): Promise<PointsRecord | null> {
    return this.#models.records.findOne(scope, { _id: id }, { projection: SHOWN });
  }

  /** Days of profiles from `from` on, by member: those that are filed, and each profile's newest. */
  async days(
    scope: TenantScope,
    profiles: readonly Profile[],
    from: string,
  ): Promise<Map<number, readonly DayCounts[]>> {
    return this.#filed.of(scope, profiles, from);
  }

  /** The points that the soonest ending day takes, and that day. What is held lasts as long as its hold. */
  async soonestEnding(
    scope: TenantScope,
    memberId: number,
    now: Date,
    zone: string,
  ): Promise<{ readonly points: number; readonly day: Day | null }> {
    const free = (asked: LiveLots, stages?: Parameters<typeof ofLiveLots>[4]) =>
      ofLiveLots<CarriedLot & { points: number }>(
        this.#models,
        scope,
        memberId,
        { isFree: true, ...asked },
        stages,
      );
    const [first] = await free({ endsAt: { $gt: now, $lt: NEVER }, limit: 1 });
    if (!first) return { points: 0, day: null };
    const day = dayOf(zone, first.endsAt);
    const [sum] = await free({ endsAt: { $gte: first.endsAt, $lte: endOfDay(zone, day) } }, [
      { $group: { _id: null, points: { $sum: { $subtract: ['$remaining', '$held'] } } } },
    ]);
    return { points: sum?.points ?? 0, day };
  }

  /** Tags of a page of members. */
  async tags(scope: TenantScope, memberIds: readonly number[]): Promise<TagProjection[]> {
    return this.#models.tags.find(scope, { memberId: { $in: [...memberIds] } }, { sort: { _id: 1 } });
  }

  /** Sets switches of a profile and tells it, where one changes; returns it, or null when there is none. */
  async change(
    scope: TenantScope,
    memberId: number,
    changes: Partial<Pick<Profile, 'isEnabled' | 'multiplier'>>,
    unit: UnitOfWork,
  ): Promise<Profile | null> {
    const { profiles } = this.#models;
    const { session } = unit;
    const current = await profiles.findOne(scope, { _id: memberId }, { session });
    if (!current || changesNothing<Profile>(current, changes)) return current;
    const profile = await profiles.change(
      scope,
      { _id: memberId },
      { $set: { ...changes, updatedAt: new Date() }, $inc: { sequence: 1 } },
      { session },
    );
    if (!profile) return null;
    unit.changes(balancesOf(scope.tenantId, memberId));
    unit.announce(scope, profileUpdated, {
      subject: memberId,
      sequence: profile.sequence,
      data: {
        profileId: memberId,
        isPointsEnabled: profile.isEnabled,
        pointsMultiplier: multiplierText(profile.multiplier),
      },
    });
    return profile;
  }
}
