/** What a member says about itself, and when it was last here. Kept apart from its points: it is personal, they are not. */
import { memberPreferencesChanged } from '@membership/contracts/events/member-system';
import { given } from '@membership/platform/given';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Models } from '../models.ts';
import { standardPreferences, type MemberDetails, type Preferences } from '../domain/preferences.ts';

export type DetailsChanges = {
  readonly nickname?: string | null | undefined;
  readonly birthday?: string | null | undefined;
  readonly preferences?: { readonly [Name in keyof Preferences]?: boolean | undefined } | undefined;
};

const isShown = (asked: DetailsChanges['preferences'], before: MemberDetails | null): boolean =>
  asked?.show_on_leaderboards ??
  before?.preferences?.show_on_leaderboards ??
  standardPreferences.show_on_leaderboards;

export class MemberDetailsKeeping {
  readonly #models: Models;
  constructor(models: Models) {
    this.#models = models;
  }

  async find(scope: TenantScope, memberId: number): Promise<MemberDetails | null> {
    return this.#models.memberDetails.findOne(scope, { _id: memberId });
  }

  /** Sets the fields that are named; the others stay. What others need of the preferences is told when it changes. */
  async change(
    scope: TenantScope,
    memberId: number,
    { preferences, ...same }: DetailsChanges,
    unit: UnitOfWork,
  ): Promise<Date> {
    const updatedAt = new Date();
    const named = Object.entries(preferences ?? {}).map(([name, value]) => [`preferences.${name}`, value]);
    const changes = given({ ...same, ...Object.fromEntries(named) });
    const before = await this.#models.memberDetails.findOne(
      scope,
      { _id: memberId },
      { session: unit.session },
    );
    const isToldAnew = isShown(preferences, before) !== isShown(undefined, before);
    const sequence = (before?.sequence ?? 0) + 1;
    await this.#models.memberDetails.updateOne(
      scope,
      { _id: memberId },
      { $set: { ...changes, updatedAt, ...(isToldAnew ? { sequence } : {}) } },
      { session: unit.session, upsert: true },
    );
    if (isToldAnew)
      unit.announce(scope, memberPreferencesChanged, {
        subject: memberId,
        sequence,
        data: { memberId, showOnLeaderboards: isShown(preferences, before) },
      });
    return updatedAt;
  }

  /** The member was here at that time; an older fact that comes late changes nothing. */
  async seen(scope: TenantScope, memberId: number, at: Date, unit: UnitOfWork): Promise<void> {
    await this.#models.memberDetails.updateOne(
      scope,
      { _id: memberId },
      { $max: { lastSeenAt: at } },
      { session: unit.session, upsert: true },
    );
  }
}
