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
    const tag = await this.#definitionOf(scope, definitionOf(fact.tag), unit);
    const newest: TagProjection = {
      _id: fact.userTagId,
      tenantId: scope.tenantId,
      memberId: fact.memberId,
      sequence,
      status: fact.status,
      expiresAt: fact.expiresAt ? new Date(fact.expiresAt) : null,
      graceEndsAt: fact.graceEndsAt ? new Date(fact.graceEndsAt) : null,
      tag,
    };
    await projectNewest(this.#models.tags.native, newest, unit.session);
  }

  /** A definition changed: every tag of it shows the new one. */
  async redefine(
    scope: TenantScope,
    definition: DataOf<typeof vipTagDefined>,
    sequence: number,
    { session }: UnitOfWork,
  ): Promise<void> {
    const { tenantId } = scope;
    const tag = definitionOf(definition);
    const newest = { _id: definition.tagId, tenantId, sequence, tag };
    if (await projectNewest(this.#models.tagDefinitions.native, newest, session))
      await this.#models.tags.updateMany(
        scope,
        { 'tag.tagId': definition.tagId },
        { $set: { tag } },
        { session },
      );
  }

  /**
   * The newest definition of a tag: the fact of who holds it carries that of its own time, and may come late. Written to in
   * any case, so that a definition that changes in the same moment meets this and one of the two is done again.
   */
  async #definitionOf(
    scope: TenantScope,
    told: TagProjection['tag'],
    { session }: UnitOfWork,
  ): Promise<TagProjection['tag']> {
    const known = await this.#models.tagDefinitions.change(
      scope,
      { _id: told.tagId },
      { $inc: { facts: 1 }, $setOnInsert: { sequence: 0, tag: told } },
      { session, upsert: true },
    );
    return known && known.sequence > 0 ? known.tag : told;
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
