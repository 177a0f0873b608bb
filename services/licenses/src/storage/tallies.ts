/** Writes what transactions change of the tallies, in these transactions. */
import { dayOf } from '@membership/platform/calendar';
import type { Directory } from '@membership/platform/directory';
import type { ClientSession } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { Models } from '../models.ts';
import { ALL_DAYS, TallySheet } from '../domain/tally.ts';

/**
 * Lines of a plan and day: a transaction writes any one of them, another when it runs again, so that transactions seldom meet in
 * one, whichever processes they are of.
 */
export const STRIPES = 8;
type TallyModels = Pick<Models, 'planDays' | 'memberDays' | 'memberActivity'>;

export class Tallies {
  readonly #models: TallyModels;
  readonly #directory: Pick<Directory, 'tenant'>;

  constructor(models: TallyModels, directory: Pick<Directory, 'tenant'>) {
    this.#models = models;
    this.#directory = directory;
  }

  /** The zone whose days count; UTC for a tenant whose event has not come yet. */
  async zoneOf(scope: TenantScope): Promise<string> {
    try {
      return (await this.#directory.tenant(scope)).timezone;
    } catch {
      return 'UTC';
    }
  }

  async dayOf(scope: TenantScope, at: Date): Promise<string> {
    return dayOf(await this.zoneOf(scope), at);
  }

  /** A sheet filled and written at once. */
  async record(
    scope: TenantScope,
    at: Date,
    session: ClientSession,
    fill: (sheet: TallySheet, when: { readonly day: string; readonly at: Date }) => void,
  ): Promise<void> {
    const sheet = new TallySheet();
    fill(sheet, { day: await this.dayOf(scope, at), at });
    await this.write(sheet, session);
  }

  async write({ plans, members, activity }: TallySheet, session: ClientSession): Promise<void> {
    const { planDays, memberDays, memberActivity } = this.#models;
    const options = { session, ordered: false };
    const stripe = Math.floor(Math.random() * STRIPES);
    if (plans.size > 0)
      await planDays.native.bulkWrite(
        [...plans].map(([id, { key, amounts }]) => ({
          updateOne: {
            filter: { _id: `${id}:${stripe}`, tenantId: key.tenantId },
            update: {
              $inc: key.day === ALL_DAYS ? { ...amounts, version: 1 } : amounts,
              $setOnInsert: { productId: key.productId, planId: key.planId, day: key.day },
            },
            upsert: true,
          },
        })),
        options,
      );
    if (members.size > 0)
      await memberDays.native.bulkWrite(
        [...members].map(
          ([
            id,
            {
              key: { tenantId, ...key },
              amounts,
            },
          ]) => ({
            updateOne: {
              filter: { _id: id, tenantId },
              update: { $inc: amounts, $setOnInsert: key },
              upsert: true,
            },
          }),
        ),
        options,
      );
    if (activity.size > 0)
      await memberActivity.native.bulkWrite(
        [...activity].map(([id, { tenantId, memberId, open, bound, usedAt, at }]) => ({
          updateOne: {
            filter: { _id: id, tenantId },
            update: {
              $inc: { openAssignments: open, boundDevices: bound },
              $max: { lastEventAt: at, ...(usedAt ? { lastUsedAt: usedAt } : {}) },
              $setOnInsert: { memberId, ...(usedAt ? {} : { lastUsedAt: null }) },
            },
            upsert: true,
          },
        })),
        options,
      );
  }
}
