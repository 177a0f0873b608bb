/** The activities of a tenant: announced, changed, listed, removed. */
import { invalid, notFound, refuse } from '@membership/contracts/errors';
import {
  activityCreated,
  activityDeleted,
  activityUpdated,
} from '@membership/contracts/events/member-system';
import { changesNothing } from '@membership/platform/given';
import type { Ids } from '@membership/platform/ids';
import type { PageRequest, Paging, Sort } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { checkRequiredLevel } from '../domain/member-level.ts';
import type { Models } from '../models.ts';
import type { TenantDefinitions } from '../tenants/tenant-definitions.ts';
import type { Activity } from '../domain/activity.ts';

type Stamps = '_id' | 'tenantId' | 'participants' | 'sequence' | 'createdAt' | 'updatedAt';
export type ActivityChanges = Partial<Omit<Activity, Stamps>>;
export type ActivityFilter = {
  readonly status: 'upcoming' | 'active' | 'ended' | 'all';
  readonly category: string | undefined;
};

const during = (status: ActivityFilter['status'], now: Date) =>
  ({
    upcoming: { startsAt: { $gt: now } },
    active: { startsAt: { $lte: now }, endsAt: { $gte: now } },
    ended: { endsAt: { $lt: now } },
    all: {},
  })[status];

export class Activities {
  readonly #models: Models;
  readonly #ids: Ids;
  readonly #definitions: TenantDefinitions;
  constructor(models: Models, ids: Ids, definitions: TenantDefinitions) {
    this.#models = models;
    this.#ids = ids;
    this.#definitions = definitions;
  }

  /** What members see. */
  async listOpen(scope: TenantScope, { status, category }: ActivityFilter, now: Date, paging: Paging) {
    const { activities } = this.#models;
    const filter = {
      isActive: true,
      ...during(status, now),
      ...(category === undefined ? {} : { category }),
    };
    const sort: Sort = { startsAt: -1, _id: -1 };
    return activities.page(scope, filter, { sort, ...paging });
  }

  /** Which of these a member takes part in. */
  async joinedBy(scope: TenantScope, memberId: number, ids: readonly number[]): Promise<Set<number>> {
    const keys = ids.map((id) => `${id}:${memberId}`);
    const found = await this.#models.participations.find(scope, { _id: { $in: keys } });
    return new Set(found.map(({ activityId }) => activityId));
  }

  async list(scope: TenantScope, page: PageRequest) {
    const { activities } = this.#models;
    return activities.page(scope, {}, page);
  }

  /** Refuses (BIZ_001) an unknown one. */
  async get(scope: TenantScope, id: number): Promise<Activity> {
    const activity = await this.#models.activities.findOne(scope, { _id: id });
    if (!activity) throw notFound();
    return activity;
  }

  /** Refuses (VALIDATION_ERROR) an unknown level. */
  async announce(scope: TenantScope, given: Omit<Activity, Stamps>, unit: UnitOfWork): Promise<Activity> {
    checkRequiredLevel(given, (await this.#definitions.of(scope)).memberLevels);
    const now = new Date();
    const _id = await this.#ids.next('activities');
    const counters = { participants: 0, sequence: 1 };
    const stamps = { _id, tenantId: scope.tenantId, createdAt: now, updatedAt: now };
    const activity: Activity = { ...given, ...counters, ...stamps };
    await this.#models.activities.insert(scope, [activity], { session: unit.session });
    tell(scope, activityCreated, activity, unit);
    return activity;
  }

  /** Refuses an unknown one (BIZ_001), an unknown level and an end before the beginning (VALIDATION_ERROR). */
  async change(
    scope: TenantScope,
    id: number,
    changes: ActivityChanges,
    unit: UnitOfWork,
  ): Promise<Activity> {
    checkRequiredLevel(changes, (await this.#definitions.of(scope)).memberLevels);
    const found = await this.#models.activities.findOne(scope, { _id: id }, { session: unit.session });
    if (!found) throw notFound();
    if (changesNothing<Activity>(found, changes)) return found;
    const activity = await this.#models.activities.change(
      scope,
      { _id: id },
      { $set: { ...changes, updatedAt: new Date() }, $inc: { sequence: 1 } },
      { session: unit.session },
    );
    if (!activity) throw notFound();
    if (activity.endsAt <= activity.startsAt)
      throw invalid({ end_time: { zh: '必须晚于 start_time', en: 'Must be after start_time' } });
    tell(scope, activityUpdated, activity, unit);
    return activity;
  }

  /** Refuses an unknown one (BIZ_001) and one that members take part in (CONFLICT). */
  async remove(scope: TenantScope, id: number, unit: UnitOfWork): Promise<void> {
    const { session } = unit;
    const { activities } = this.#models;
    // Whoever joins meanwhile writes what is removed here: one of the two runs again.
    const activity = await activities.findOne(scope, { _id: id }, { session });
    if (!activity) throw notFound();
    if (activity.participants > 0)
      throw refuse('CONFLICT', {
        text: { zh: '已有会员参与该活动，不能删除', en: 'Members take part in the activity' },
      });
    await activities.deleteMany(scope, { _id: id }, { session });
    tell(scope, activityDeleted, { ...activity, sequence: (activity.sequence ?? 0) + 1 }, unit);
  }
}

/** Tells an activity as it is, or was, under the number that its own document counts. */
function tell(
  scope: TenantScope,
  event: typeof activityCreated | typeof activityUpdated | typeof activityDeleted,
  activity: Activity,
  unit: UnitOfWork,
): void {
  const { _id, title, category, requiredLevelId, startsAt, endsAt, maxParticipants, benefits } = activity;
  unit.announce(scope, event, {
    subject: _id,
    sequence: activity.sequence ?? 1,
    data: {
      ...{ activityId: _id, activityTitle: title, category, requiredLevelId, maxParticipants, benefits },
      startsAt: startsAt.toISOString(),
      endsAt: endsAt.toISOString(),
      isActive: activity.isActive,
    },
  });
}
