/** Reads what a batch of activations decides on, and writes what it decided: a handful of operations, however many items. */
import { given } from '@membership/platform/given';
import type { Item } from '@membership/platform/group-commit';
import type { ClientSession } from '@membership/platform/mongo';
import type { PlanPolicies } from '../catalogue/plan-policies.ts';
import type { Models } from '../models.ts';
import { ActivationBatch, type ActivationCommand } from '../domain/activation.ts';
import { deviceKey, leftKey, type Device } from '../domain/device.ts';

const WHY = 'a batch holds items of several tenants; each decision checks its own';
const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

export class ActivationStore {
  readonly #models: Models;
  readonly #policies: PlanPolicies;
  constructor(models: Models, policies: PlanPolicies) {
    this.#models = models;
    this.#policies = policies;
  }

  async read(items: readonly Item<ActivationCommand>[], session: ClientSession): Promise<ActivationBatch> {
    const { assignments, licenses, devices } = this.#models;
    const ids = unique(items.map(({ command }) => command.assignmentId));
    const keys = unique(
      items.flatMap(({ scope: { tenantId }, command: { assignmentId, device } }) => [
        deviceKey(tenantId, assignmentId, device.deviceId),
        leftKey(tenantId, assignmentId, device),
      ]),
    );
    const foundAssignments = await assignments
      .acrossTenants(WHY)
      .find({ _id: { $in: ids } }, { session })
      .toArray();
    const licenseIds = unique(foundAssignments.map(({ licenseId }) => licenseId));
    const foundLicenses = await licenses
      .acrossTenants(WHY)
      .find({ _id: { $in: licenseIds } }, { session })
      .toArray();
    const foundDevices = await devices
      .acrossTenants(WHY)
      .find({ _id: { $in: keys } }, { session })
      .toArray();
    for (const { _id: assignmentId, tenantId } of foundAssignments) {
      const own = items.filter(({ command }) => command.assignmentId === assignmentId);
      if (own.some(({ command }) => command.evictOldest))
        foundDevices.push(...(await this.#evictable({ tenantId, assignmentId }, own, session)));
    }
    const policies = await this.#policies.ofAll(
      items.map(({ scope }) => scope),
      foundAssignments as never,
    );
    return new ActivationBatch(
      foundAssignments as never,
      foundLicenses as never,
      foundDevices as never,
      policies,
    );
  }

  /**
   * What some items may let go of an assignment's devices, and whose file ends first. Each item takes one of the oldest, or makes
   * it the newest by naming it: twice as many are enough, however many are bound.
   */
  async #evictable(
    ofAssignment: Pick<Device, 'tenantId' | 'assignmentId'>,
    items: readonly Item<ActivationCommand>[],
    session: ClientSession,
  ): Promise<Device[]> {
    const { devices } = this.#models;
    const now = new Date(Math.min(...items.map(({ command }) => command.now.getTime())));
    const oldest = await devices.native
      .find({ ...ofAssignment, $nor: [{ awayUntil: { $gt: now } }] }, { session })
      .sort({ lastSeenAt: 1, boundAt: 1 })
      .limit(2 * items.length)
      .toArray();
    const away = await devices.native
      .find({ ...ofAssignment, awayUntil: { $gt: now } }, { session })
      .sort({ awayUntil: 1 })
      .limit(items.length)
      .toArray();
    return [...oldest, ...away] as Device[];
  }

  async write(
    { changedLicenses, changedAssignments, goneDevices, boundDevices, seenDevices }: ActivationBatch,
    session: ClientSession,
  ): Promise<void> {
    const { assignments, licenses, devices } = this.#models;
    const options = { session, ordered: false };
    if (changedLicenses.size > 0)
      await licenses.native.bulkWrite(
        [...changedLicenses.values()].map(({ _id, tenantId, boundDevices: count }) => ({
          updateOne: { filter: { _id, tenantId }, update: { $set: { boundDevices: count } } },
        })),
        options,
      );
    if (changedAssignments.size > 0)
      await assignments.native.bulkWrite(
        [...changedAssignments.values()].map(
          ({ _id, tenantId, status, activatedAt, lastUsedAt, sequence, updatedAt, ...counted }) => {
            const { boundDevices: count, recentBindings, recentDevices } = counted;
            const $set = { status, activatedAt, lastUsedAt, boundDevices: count, sequence, updatedAt };
            return {
              updateOne: {
                filter: { _id, tenantId },
                update: { $set: { ...$set, ...given({ recentBindings, recentDevices }) } },
              },
            };
          },
        ),
        options,
      );
    if (goneDevices.size > 0)
      await devices.acrossTenants(WHY).deleteMany({ _id: { $in: [...goneDevices.keys()] } }, { session });
    if (boundDevices.size > 0) await devices.native.insertMany([...boundDevices.values()], { session });
    if (seenDevices.size > 0)
      await devices.native.bulkWrite(
        [...seenDevices.values()].map(({ _id, tenantId, ...fields }) => ({
          updateOne: { filter: { _id, tenantId }, update: { $set: fields } },
        })),
        options,
      );
  }
}
