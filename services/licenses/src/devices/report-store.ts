/** Reads what a batch of reports decides on, and writes what it decided: a handful of operations, however many items. */
import type { Item } from '@membership/platform/group-commit';
import type { Ids } from '@membership/platform/ids';
import type { ClientSession } from '@membership/platform/mongo';
import type { PlanPolicies } from '../catalogue/plan-policies.ts';
import type { Models } from '../models.ts';
import { reachOf } from '../usage/usage.ts';
import { deviceKey } from '../domain/device.ts';
import { ReportBatch, type ReportCommand } from './device-report.ts';

const WHY = 'a batch holds items of several tenants; each decision checks its own';
const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

export class ReportStore {
  readonly #models: Models;
  readonly #ids: Ids;
  readonly #policies: PlanPolicies;
  constructor(models: Models, ids: Ids, policies: PlanPolicies) {
    this.#policies = policies;
    this.#models = models;
    this.#ids = ids;
  }

  async read(items: readonly Item<ReportCommand>[], session: ClientSession): Promise<ReportBatch> {
    const { assignments, licenses, devices, intervals } = this.#models;
    const found = async (
      collection: Models[keyof Models],
      filter: Record<string, unknown>,
    ): Promise<never[]> =>
      (await collection
        .acrossTenants(WHY)
        .find(filter as never, { session })
        .toArray()) as never[];
    const foundAssignments: { licenseId: number }[] = await found(assignments, {
      _id: { $in: unique(items.map(({ command }) => command.assignmentId)) },
    });
    const foundLicenses = await found(licenses, {
      _id: { $in: unique(foundAssignments.map(({ licenseId }) => licenseId)) },
    });
    const foundDevices = await found(devices, {
      _id: {
        $in: unique(
          items.map(({ scope, command }) =>
            deviceKey(scope.tenantId, command.assignmentId, command.deviceId),
          ),
        ),
      },
    });
    const touched = items.flatMap(({ scope: { tenantId }, command: { assignmentId, deviceId, used } }) => {
      if (!used) return [];
      const { startedAt, endedAt } = reachOf(used);
      return [
        { tenantId, assignmentId, deviceId, endedAt: { $gte: startedAt }, startedAt: { $lte: endedAt } },
      ];
    });
    const foundIntervals = touched.length > 0 ? await found(intervals, { $or: touched }) : [];
    const ids = touched.length > 0 ? await this.#ids.take('usage_intervals', touched.length) : [];
    const policies = await this.#policies.ofAll(
      items.map(({ scope }) => scope),
      foundAssignments as never,
    );
    return new ReportBatch(
      foundAssignments as never,
      foundLicenses,
      foundDevices,
      foundIntervals,
      ids,
      policies,
    );
  }

  /** Every report writes its assignment, so that two processes that join the same intervals conflict. */
  async write(
    { changedAssignments, seenDevices, newIntervals, goneIntervals }: ReportBatch,
    session: ClientSession,
  ): Promise<void> {
    const { assignments, devices, intervals } = this.#models;
    const options = { session, ordered: false };
    if (changedAssignments.size > 0)
      await assignments.native.bulkWrite(
        [...changedAssignments.values()].map(
          ({ _id, tenantId, lastUsedAt, usedSeconds, sequence, updatedAt }) => ({
            updateOne: {
              filter: { _id, tenantId },
              update: { $set: { lastUsedAt, usedSeconds, sequence, updatedAt } },
            },
          }),
        ),
        options,
      );
    if (seenDevices.size > 0)
      await devices.native.bulkWrite(
        [...seenDevices.values()].map(({ _id, tenantId, lastSeenAt, leaseUntil = null }) => ({
          updateOne: { filter: { _id, tenantId }, update: { $set: { lastSeenAt, leaseUntil } } },
        })),
        options,
      );
    if (goneIntervals.size > 0)
      await intervals.acrossTenants(WHY).deleteMany({ _id: { $in: [...goneIntervals.keys()] } }, { session });
    if (newIntervals.size > 0) await intervals.native.insertMany([...newIntervals.values()], { session });
  }
}
