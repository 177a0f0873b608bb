/** Storage of batches that are done after their answer. */
import type { Page } from '@membership/contracts/dialects';
import { notFound } from '@membership/contracts/errors';
import type { Failures } from '@membership/platform/failures';
import type { ClientSession, Paging, Sort, TenantCollection } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { AssignmentBatch, BatchCounts } from '../domain/assignment-batch.ts';

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

  /** A page of them, each counted where it lies: its rows may be many. */
  async list(
    scope: TenantScope,
    filter: { readonly isRunning?: boolean },
    sort: Sort,
    { page, size }: Paging,
  ): Promise<Page<BatchCounts>> {
    const succeeded = { $filter: { input: '$results', cond: { $eq: ['$$this.status', 'success'] } } };
    const counts = {
      total: { $size: '$commands' },
      done: { $size: '$results' },
      successful: { $size: succeeded },
    };
    const items = await this.#batches.aggregate<BatchCounts>(scope, [
      { $match: filter },
      { $sort: sort },
      { $skip: (page - 1) * size },
      { $limit: size },
      { $project: { isRunning: 1, createdAt: 1, completedAt: 1, ...counts } },
    ]);
    return { items, ...(await this.#batches.count(scope, filter)) };
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
