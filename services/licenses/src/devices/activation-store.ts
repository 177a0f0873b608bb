/** Reads what a batch of activations decides on, and writes what it decided: a handful of operations, however many items. */
import type { Item } from '@membership/platform/group-commit';
import type { ClientSession } from '@membership/platform/mongo';
import type { Models } from '../models.ts';
import { ActivationBatch, type ActivationCommand } from './activation.ts';
import { deviceKey } from './device.ts';

const WHY = 'a batch holds items of several tenants; each decision checks its own';
const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

export class ActivationStore {
  readonly #models: Models;
  constructor(models: Models) {
    this.#models = models;
  }

  async read(items: readonly Item<ActivationCommand>[], session: ClientSession): Promise<ActivationBatch> {
    const { assignments, licenses, devices } = this.#models;
    const ids = unique(items.map(({ command }) => command.assignmentId));
    const keys = unique(
      items.map(({ scope, command }) =>
        deviceKey(scope.tenantId, command.assignmentId, command.device.deviceId),
      ),
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
    return new ActivationBatch(foundAssignments as never, foundLicenses as never, foundDevices as never);
  }

  async write(
    { changedLicenses, changedAssignments, boundDevices, seenDevices }: ActivationBatch,
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
          ({ _id, tenantId, status, activatedAt, lastUsedAt, boundDevices: count, sequence, updatedAt }) => ({
            updateOne: {
              filter: { _id, tenantId },
              update: { $set: { status, activatedAt, lastUsedAt, boundDevices: count, sequence, updatedAt } },
            },
          }),
        ),
        options,
      );
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
