/** An administrator sets a member's level: a floor until it is set again. Who did it and why is kept. */
import { invalid } from '@membership/contracts/errors';
import { memberLevelChanged } from '@membership/contracts/events/member-system';
import type { Ids } from '@membership/platform/ids';
import { actorName, type TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { ProfileOpening } from '../ledger/profile-opening.ts';
import type { Models } from '../models.ts';
import type { TenantDefinitions } from '../tenants/tenant-definitions.ts';
import { balancesOf } from '../domain/balances.ts';
import type { LevelOperation } from '../domain/level-operation.ts';
import {
  memberLevelChange,
  memberLevelOf,
  memberLevelWithFloor,
  type MemberLevel,
} from '../domain/member-level.ts';

type Command = {
  readonly memberId: number;
  readonly levelId: number;
  readonly reason: string | null;
  readonly operator: string | null;
};

export class SettingMemberLevels {
  readonly #models: Models;
  readonly #ids: Ids;
  readonly #definitions: TenantDefinitions;
  readonly #opening: ProfileOpening;
  constructor(models: Models, ids: Ids, definitions: TenantDefinitions, opening: ProfileOpening) {
    this.#models = models;
    this.#ids = ids;
    this.#definitions = definitions;
    this.#opening = opening;
  }

  /**
   * The member has the level at least; what its money reaches above it stays. Refuses an unknown member (BIZ_001) and an unknown
   * level (VALIDATION_ERROR). The level that one has is no refusal.
   */
  async set(
    scope: TenantScope,
    { memberId, levelId, reason, operator }: Command,
    unit: UnitOfWork,
  ): Promise<{ previous: MemberLevel; current: MemberLevel; operation: LevelOperation }> {
    const profile = await this.#opening.existingWithin(scope, memberId, unit);
    const { memberLevels } = await this.#definitions.within(scope, unit);
    const floor = memberLevels.find(({ _id }) => _id === levelId);
    if (!floor) throw invalid({ target_level_id: { zh: '无效的会员等级ID', en: 'Unknown member level' } });
    const current = memberLevelWithFloor(memberLevels, profile, floor);
    const previous = memberLevelOf(memberLevels, profile) ?? current;
    const isChange = previous._id !== current._id;
    const operation: LevelOperation = {
      _id: await this.#ids.next('level_operations'),
      tenantId: scope.tenantId,
      memberId,
      previousLevelId: previous._id,
      levelId,
      reason,
      operator,
      actor: actorName(scope.actor),
      createdAt: new Date(),
    };
    await this.#models.profiles.updateOne(
      scope,
      { _id: memberId },
      {
        $set: {
          memberLevelId: current._id,
          memberLevelFloorId: levelId,
          memberLevelReviewAt: null,
          updatedAt: operation.createdAt,
        },
        $inc: { sequence: isChange ? 1 : 0 },
      },
      { session: unit.session },
    );
    unit.changes(balancesOf(scope.tenantId, memberId));
    await this.#models.levelOperations.insert(scope, [operation], { session: unit.session });
    if (isChange)
      unit.announce(scope, memberLevelChanged, {
        subject: memberId,
        sequence: profile.sequence + 1,
        data: memberLevelChange({ memberId, previous, current, reason: 'manual' }),
      });
    return { previous, current, operation };
  }

  /** The newest time that a level was set for the member. */
  async last(scope: TenantScope, memberId: number): Promise<LevelOperation | null> {
    const [newest = null] = await this.#models.levelOperations.find(
      scope,
      { memberId },
      { sort: { createdAt: -1 }, limit: 1 },
    );
    return newest;
  }
}
