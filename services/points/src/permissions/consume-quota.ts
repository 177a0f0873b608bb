/** Uses up some of a quota that a member's level and tags give. */
import { notFound } from '@membership/contracts/errors';
import { quotaConsumed } from '@membership/contracts/events/points';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Models } from '../models.ts';
import type { TenantDefinitions } from '../tenants/tenant-definitions.ts';
import { effectivePermissions } from '../domain/effective-permissions.ts';
import { withNewest } from '../domain/member-tag.ts';
import { periodOf, whyExceeded, type Quota } from './quota.ts';

/** Uses are kept a day longer than they count, for whoever asks what happened. */
const KEPT_MS = 86_400_000;

export class QuotaConsumption {
  readonly #models: Models;
  readonly #definitions: TenantDefinitions;
  readonly #zoneOf: (scope: TenantScope) => Promise<string>;
  constructor(
    models: Models,
    definitions: TenantDefinitions,
    zoneOf: (scope: TenantScope) => Promise<string>,
  ) {
    this.#models = models;
    this.#definitions = definitions;
    this.#zoneOf = zoneOf;
  }

  /** Refusals: unknown profile or quota (BIZ_001), BIZ_002 beyond the limit. */
  async consume(
    scope: TenantScope,
    { memberId, quota, amount, now }: { memberId: number; quota: string; amount: number; now: Date },
    unit: UnitOfWork,
  ): Promise<Quota> {
    const { session } = unit;
    // Written first: two uses of one member meet here, and the second sees what the first has used.
    const profile = await this.#models.profiles.change(
      scope,
      { _id: memberId },
      { $inc: { sequence: 1 } },
      { session },
    );
    if (!profile) throw notFound();
    const { levels, tags } = await this.#definitions.of(scope);
    const { quotas } = effectivePermissions({
      level: levels.find(({ _id }) => _id === profile.levelId),
      tags: withNewest(await this.#models.tags.find(scope, { memberId }, { session }), tags),
      isEnabled: profile.isEnabled,
      isAdmin: false,
      now,
    });
    const limit = Object.hasOwn(quotas, quota) ? quotas[quota] : undefined;
    if (limit === undefined) throw notFound();
    const { key, resetsAt } = periodOf(quota, await this.#zoneOf(scope), now);
    const _id = `${memberId}:${quota}:${key}`;
    const known = await this.#models.quotaUses.findOne(scope, { _id }, { session });
    const refusal = whyExceeded({ limit, used: known?.used ?? 0, resetsAt }, amount);
    if (refusal) throw refusal;
    const used = (known?.used ?? 0) + amount;
    await this.#models.quotaUses.updateOne(
      scope,
      { _id },
      {
        $set: { used },
        $setOnInsert: {
          memberId,
          quota,
          ...(resetsAt ? { forgetAt: new Date(resetsAt.getTime() + KEPT_MS) } : {}),
        },
      },
      { session, upsert: true },
    );
    unit.announce(scope, quotaConsumed, {
      subject: memberId,
      sequence: profile.sequence,
      data: { profileId: memberId, quota, amount, used, limit, resetsAt: resetsAt?.toISOString() ?? null },
    });
    return { limit, used, resetsAt };
  }
}
