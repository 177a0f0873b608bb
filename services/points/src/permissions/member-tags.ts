/** Which tags members have: kept from vip's events, newest state wins; the definition's newest state is used for all who have it. */
import type { DataOf } from '@membership/contracts/event';
import type { vipGranted, vipTagDefined } from '@membership/contracts/events/vip';
import { projectNewest } from '@membership/platform/projection';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Models } from '../models.ts';
import type { TagProjection } from './member-tag.ts';

export class MemberTags {
  readonly #models: Models;
  constructor(models: Models) {
    this.#models = models;
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
  }

  /** A definition changed: every tag of it shows the new one. A tag event that comes later carries the definition of its own time, which is as new. */
  async redefine(
    scope: TenantScope,
    definition: DataOf<typeof vipTagDefined>,
    sequence: number,
    unit: UnitOfWork,
  ): Promise<void> {
    await this.#models.tags.updateMany(
      scope,
      {
        'tag.tagId': definition.tagId,
        $or: [{ definitionSequence: { $lt: sequence } }, { definitionSequence: { $exists: false } }],
      },
      { $set: { tag: definitionOf(definition), definitionSequence: sequence } },
      { session: unit.session },
    );
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
