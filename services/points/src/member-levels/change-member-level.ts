/** The ladder by spending of a tenant: define, change, remove. Codes and amounts are unique, one level requires nothing. */
import { invalid, notFound, refuse } from '@membership/contracts/errors';
import {
  memberLevelCreated,
  memberLevelDeleted,
  memberLevelUpdated,
} from '@membership/contracts/events/member-system';
import { changesNothing } from '@membership/platform/given';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { isSameCode } from '@membership/platform/spelling';
import type { Models } from '../models.ts';
import type { TenantDefinitions } from '../tenants/tenant-definitions.ts';
import { memberLevelFact, type MemberLevel } from '../domain/member-level.ts';

type Stamps = '_id' | 'tenantId' | 'sequence' | 'createdAt' | 'updatedAt';
export type MemberLevelChanges = Partial<Omit<MemberLevel, Stamps | 'benefits'>> & {
  readonly benefits?: Partial<MemberLevel['benefits']>;
};

/** Profiles with a level, and those that were given it; whoever was given one has one. */
export const whoHave = (levelId: number) => [
  // The index is of those that have a number; being equal to one does not say so.
  { memberLevelId: { $eq: levelId, $type: 'number' as const } },
  { memberLevelId: { $type: 'number' as const }, memberLevelFloorId: levelId },
];

export class MemberLevels {
  readonly #models: Models;
  readonly #ids: Ids;
  readonly #definitions: TenantDefinitions;
  constructor(models: Models, ids: Ids, definitions: TenantDefinitions) {
    this.#models = models;
    this.#ids = ids;
    this.#definitions = definitions;
  }

  /** As it is stored. Refuses (BIZ_001) an unknown level. */
  async get(scope: TenantScope, id: number, unit?: UnitOfWork): Promise<MemberLevel> {
    const options = unit ? { session: unit.session } : {};
    const level = await this.#models.memberLevels.findOne(scope, { _id: id }, options);
    if (!level) throw notFound();
    return level;
  }

  /** Refuses (VALIDATION_ERROR) a code or an amount that is taken. */
  async create(
    scope: TenantScope,
    changes: Omit<MemberLevel, Stamps>,
    unit: UnitOfWork,
  ): Promise<MemberLevel> {
    await this.#definitions.of(scope);
    const now = new Date();
    const level: MemberLevel = {
      ...changes,
      _id: await this.#ids.next('member_levels'),
      tenantId: scope.tenantId,
      sequence: 1,
      createdAt: now,
      updatedAt: now,
    };
    await this.#check(scope, level, unit);
    await this.#models.memberLevels.insert(scope, [level], { session: unit.session });
    announceDefinition(unit, scope, memberLevelCreated, level);
    await this.#definitions.changed(scope, unit);
    return level;
  }

  /** Refuses as `create`, and taking away the level that requires nothing. */
  async change(
    scope: TenantScope,
    id: number,
    { benefits, ...changes }: MemberLevelChanges,
    unit: UnitOfWork,
  ): Promise<MemberLevel> {
    const current = await this.get(scope, id, unit);
    const changed = { ...changes, benefits: { ...current.benefits, ...benefits } };
    if (changesNothing<MemberLevel>(current, changed)) return current;
    const level: MemberLevel = {
      ...current,
      ...changed,
      sequence: (current.sequence ?? 0) + 1,
      updatedAt: new Date(),
    };
    await this.#check(scope, level, unit);
    const { _id, tenantId: _tenant, ...state } = level;
    await this.#models.memberLevels.updateOne(scope, { _id }, { $set: state }, { session: unit.session });
    announceDefinition(unit, scope, memberLevelUpdated, level);
    await this.#definitions.changed(scope, unit);
    return level;
  }

  /** Refuses (CONFLICT) the level that requires nothing, and one that members have or were given. */
  async remove(scope: TenantScope, id: number, unit: UnitOfWork): Promise<void> {
    const { session } = unit;
    const level = await this.get(scope, id, unit);
    if (level.requiredSpent === 0)
      throw refuse('CONFLICT', {
        text: { zh: '起始会员等级不能删除', en: 'The level where members begin cannot be removed' },
      });
    for (const filter of whoHave(id))
      if (await this.#models.profiles.findOne(scope, filter, { session, projection: { _id: 1 } }))
        throw refuse('CONFLICT', {
          text: { zh: '仍有会员处于该等级，不能删除', en: 'Members still have this level' },
        });
    await this.#models.memberLevels.deleteMany(scope, { _id: id }, { session });
    announceDefinition(unit, scope, memberLevelDeleted, {
      ...level,
      sequence: (level.sequence ?? 0) + 1,
    });
    await this.#definitions.changed(scope, unit);
  }

  async #check(scope: TenantScope, level: MemberLevel, { session }: UnitOfWork): Promise<void> {
    // Writing the settings makes two changes of one ladder meet, wherever they run.
    await this.#models.settings.updateOne(
      scope,
      { _id: scope.tenantId },
      { $inc: { ladderChanges: 1 } },
      { session },
    );
    const others = (await this.#models.memberLevels.find(scope, {}, { session })).filter(
      ({ _id }) => _id !== level._id,
    );
    if (others.some(({ code }) => isSameCode(code, level.code)))
      throw invalid({ level_code: { zh: '等级代码已存在', en: 'This code is taken' } });
    if (others.some(({ requiredSpent }) => requiredSpent === level.requiredSpent))
      throw invalid({
        required_spent: { zh: '已有等级要求相同的消费金额', en: 'Another level requires this amount' },
      });
    if (level.requiredSpent > 0 && !others.some(({ requiredSpent }) => requiredSpent === 0))
      throw invalid({
        required_spent: { zh: '必须有一个消费金额为 0 的等级', en: 'One level must require nothing' },
      });
  }
}

/** Tells a definition as it is now, under the number that the level's own document counts. */
function announceDefinition(
  unit: UnitOfWork,
  scope: TenantScope,
  event: typeof memberLevelCreated | typeof memberLevelUpdated | typeof memberLevelDeleted,
  level: MemberLevel,
): void {
  const data = memberLevelFact(level);
  unit.announce(scope, event, { subject: level._id, sequence: level.sequence ?? 1, data });
}
