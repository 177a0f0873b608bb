/** The ladder of a tenant: define, change, remove. Ranges of active levels never overlap, one level is the default, codes are unique. */
import type { ClientSession } from 'mongoose';
import { invalid, notFound, refuse } from '@membership/contracts/errors';
import { userLevelCreated, userLevelDeleted, userLevelUpdated } from '@membership/contracts/events/points';
import { changesNothing } from '@membership/platform/given';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { isSameCode } from '@membership/platform/spelling';
import type { Models } from '../models.ts';
import type { TenantDefinitions } from '../tenants/tenant-definitions.ts';
import { askToFollowLevels } from './follow-levels.ts';
import { levelFact, overlapping, type Level } from '../domain/level.ts';

export type LevelChanges = Partial<Omit<Level, '_id' | 'tenantId' | 'sequence' | 'createdAt' | 'updatedAt'>>;

export class UserLevels {
  readonly #models: Models;
  readonly #ids: Ids;
  readonly #definitions: TenantDefinitions;
  constructor(models: Models, ids: Ids, definitions: TenantDefinitions) {
    this.#models = models;
    this.#ids = ids;
    this.#definitions = definitions;
  }

  /** As it is stored. Refuses (BIZ_001) an unknown level. */
  async get(scope: TenantScope, id: number, session?: ClientSession): Promise<Level> {
    const level = await this.#models.levels.findOne(scope, { _id: id }, session ? { session } : {});
    if (!level) throw notFound();
    return level;
  }

  /** Refuses (VALIDATION_ERROR) an overlap, a code that is taken, a maximum below the minimum. */
  async create(scope: TenantScope, changes: Required<LevelChanges>, unit: UnitOfWork): Promise<Level> {
    await this.#definitions.of(scope);
    const now = new Date();
    const level: Level = {
      ...changes,
      _id: await this.#ids.next('user_levels'),
      tenantId: scope.tenantId,
      sequence: 1,
      createdAt: now,
      updatedAt: now,
    };
    await this.#check(scope, level, unit);
    await this.#models.levels.insert(scope, [level], { session: unit.session });
    await askToFollowLevels(this.#models, scope, unit);
    unit.announce(scope, userLevelCreated, { subject: level._id, sequence: 1, data: levelFact(level) });
    await this.#definitions.changed(scope, unit);
    return level;
  }

  /** Refuses as `create`, and taking the default away from the level that is it. */
  async change(scope: TenantScope, id: number, changes: LevelChanges, unit: UnitOfWork): Promise<Level> {
    const current = await this.get(scope, id, unit.session);
    if (changesNothing<Level>(current, changes)) return current;
    const level: Level = { ...current, ...changes, sequence: current.sequence + 1, updatedAt: new Date() };
    if (current.isDefault && !level.isDefault)
      throw invalid({
        is_default: {
          zh: '必须有一个默认等级；请将另一个等级设为默认',
          en: 'One level is the default: make another one the default instead',
        },
      });
    await this.#check(scope, level, unit);
    const { _id, tenantId: _tenant, ...state } = level;
    await this.#models.levels.updateOne(scope, { _id }, { $set: state }, { session: unit.session });
    await askToFollowLevels(this.#models, scope, unit);
    unit.announce(scope, userLevelUpdated, {
      subject: level._id,
      sequence: level.sequence,
      data: levelFact(level),
    });
    await this.#definitions.changed(scope, unit);
    return level;
  }

  /** Refuses (CONFLICT) the default level and one that profiles have. */
  async remove(scope: TenantScope, id: number, unit: UnitOfWork): Promise<void> {
    const { session } = unit;
    const level = await this.get(scope, id, session);
    if (level.isDefault)
      throw refuse('CONFLICT', {
        text: { zh: '默认等级不能删除', en: 'The default level cannot be removed' },
      });
    if (await this.#models.profiles.findOne(scope, { levelId: id }, { session, projection: { _id: 1 } }))
      throw refuse('CONFLICT', {
        text: { zh: '仍有用户处于该等级，不能删除', en: 'Profiles still have this level' },
      });
    await this.#touchLadder(scope, unit);
    await this.#models.levels.deleteMany(scope, { _id: id }, { session });
    // A process whose definitions are a second old may still give it: those who get it are looked at then.
    await askToFollowLevels(this.#models, scope, unit);
    unit.announce(scope, userLevelDeleted, {
      subject: id,
      sequence: level.sequence + 1,
      data: levelFact(level),
    });
    await this.#definitions.changed(scope, unit);
  }

  /** Writing the settings makes two changes of one ladder meet, wherever they run. */
  async #touchLadder(scope: TenantScope, { session }: UnitOfWork): Promise<void> {
    const change = { $inc: { ladderChanges: 1 } };
    await this.#models.settings.updateOne(scope, { _id: scope.tenantId }, change, { session });
  }

  /** Checks a level against the others, and takes the default from the one that was it. */
  async #check(scope: TenantScope, level: Level, unit: UnitOfWork): Promise<void> {
    const { session } = unit;
    if (level.maxPoints !== null && level.maxPoints < level.minPoints)
      throw invalid({ max_points: { zh: '不能小于 min_points', en: 'Must not be below min_points' } });
    await this.#touchLadder(scope, unit);
    const others = (await this.#models.levels.find(scope, {}, { session })).filter(
      (other) => other._id !== level._id,
    );
    if (others.some((other) => isSameCode(other.code, level.code)))
      throw invalid({ level_code: { zh: '等级代码已存在', en: 'This code is taken' } });
    if (overlapping([...others, level]))
      throw invalid({
        min_points: { zh: '积分范围与其他等级重叠', en: 'The range overlaps with another level' },
      });
    if (!level.isDefault) return;
    if (!level.isActive)
      throw invalid({ is_active: { zh: '默认等级必须启用', en: 'The default level must be active' } });
    for (const other of others.filter(({ isDefault }) => isDefault)) {
      await this.#models.levels.updateOne(
        scope,
        { _id: other._id },
        { $set: { isDefault: false, updatedAt: level.updatedAt }, $inc: { sequence: 1 } },
        { session },
      );
      unit.announce(scope, userLevelUpdated, {
        subject: other._id,
        sequence: other.sequence + 1,
        data: levelFact({ ...other, isDefault: false }),
      });
    }
  }
}
