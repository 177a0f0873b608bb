/** Storage of batches that are done after their answer. */
import { notFound } from '@membership/contracts/errors';
import type { Failures } from '@membership/platform/failures';
import type { ClientSession, TenantCollection } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { AssignmentBatch } from '../domain/assignment-batch.ts';

export class BatchRepository {
  readonly #batches: TenantCollection<AssignmentBatch>;
  constructor(batches: TenantCollection<AssignmentBatch>) {
    this.#batches = batches;
  }

  /** Refuses (404) what is not there. */
  async get(scope: TenantScope, id: number, session?: ClientSession): Promise<AssignmentBatch> {
    const batch = await this.#batches.findOne(scope, { _id: id }, session ? { session } : {});
    if (!batch) throw notFound();
    return batch;
  }

  add(scope: TenantScope, batch: AssignmentBatch, session: ClientSession): Promise<void> {
    return this.#batches.insert(scope, [batch], { session });
  }

  async keepResults(
    scope: TenantScope,
    { _id, results, isRunning, completedAt }: AssignmentBatch,
    session: ClientSession,
  ): Promise<void> {
    await this.#batches.updateOne(scope, { _id }, { $set: { results, isRunning, completedAt } }, { session });
  }

  /** The batch that waits the longest, over all tenants. */
  findNext(failures?: Failures): Promise<AssignmentBatch | null> {
    return this.#batches
      .acrossTenants('batches that wait are looked for over all tenants')
      .find({ isRunning: true, ...failures?.others })
      .sort({ createdAt: 1, _id: 1 })
      .limit(1)
      .next() as Promise<AssignmentBatch | null>;
  }
}
