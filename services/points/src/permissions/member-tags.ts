/** Which tags members have, and what each gives: kept from vip's facts, the newest state of either wins, however they come. */
import type { DataOf } from '@membership/contracts/event';
import type { vipGranted, vipTagDefined } from '@membership/contracts/events/vip';
import { projectNewest } from '@membership/platform/projection';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Models } from '../models.ts';
import type { TenantDefinitions } from '../tenants/tenant-definitions.ts';
import { balancesOf } from '../domain/balances.ts';
import type { TagProjection } from '../domain/member-tag.ts';

export class MemberTags {
  readonly #models: Models;
  readonly #definitions: TenantDefinitions;
  constructor(models: Models, definitions: TenantDefinitions) {
    this.#models = models;
    this.#definitions = definitions;
  }

  async project(
    scope: TenantScope,
    fact: DataOf<typeof vipGranted>,
    sequence: number,
    unit: UnitOfWork,
  ): Promise<void> {
    const newest: TagProjection = {
      _id: fact.userTagId,
      tenantId: scope.tenantId,
      memberId: fact.memberId,
      sequence,
      status: fact.status,
      expiresAt: fact.expiresAt ? new Date(fact.expiresAt) : null,
      graceEndsAt: fact.graceEndsAt ? new Date(fact.graceEndsAt) : null,
      tag: definitionOf(fact.tag),
    };
    await projectNewest(this.#models.tags.native, newest, unit.session);
    unit.changes(balancesOf(scope.tenantId, fact.memberId));
  }

  /** A definition changed: whoever has the tag is shown the new one, however many they are; see `withNewest`. */
  async redefine(
    scope: TenantScope,
    definition: DataOf<typeof vipTagDefined>,
    sequence: number,
    unit: UnitOfWork,
  ): Promise<void> {
    const { tenantId } = scope;
    const newest = { _id: definition.tagId, tenantId, sequence, tag: definitionOf(definition) };
    if (await projectNewest(this.#models.tagDefinitions.native, newest, unit.session))
      await this.#definitions.changed(scope, unit);
  }
}

const definitionOf = (tag: DataOf<typeof vipTagDefined>): TagProjection['tag'] => ({
  tagId: tag.tagId,
  tagName: tag.tagName,
  tagCode: tag.tagCode,
  tagType: tag.tagType,
  tagColor: tag.tagColor,
  permissionModifiers: tag.permissionModifiers,
  quotaModifiers: tag.quotaModifiers,
});
