import type { JobContext } from '@membership/platform/job';
import { scopeOfFound, type TenantScope } from '@membership/platform/scope';
import type { Transactions, UnitOfWork } from '@membership/platform/transaction';
import { assignLicenses, type AssignStores } from './assign-licenses.ts';
import type { AssignCommand } from '../domain/assigning.ts';
import { batchResult } from '../domain/batch.ts';
import type { AssignmentBatch } from '../domain/assignment-batch.ts';
import type { BatchRepository } from './batch-repository.ts';

export type BatchStores = AssignStores & {
  readonly batches: BatchRepository;
  readonly transactions: Transactions;
};
const ROWS_AT_A_TIME = 100;

/** Puts a batch aside, to be done after the answer on the caller's behalf. */
export async function startBatch(
  { batches, ids }: BatchStores,
  scope: TenantScope,
  commands: readonly AssignCommand[],
  now: Date,
  unit: UnitOfWork,
): Promise<AssignmentBatch> {
  const batch: AssignmentBatch = {
    _id: await ids.next('assignment_batches'),
    tenantId: scope.tenantId,
    actor: scope.actor,
    requestId: scope.requestId,
    language: scope.language,
    commands: [...commands],
    results: [],
    isRunning: true,
    createdAt: now,
    completedAt: null,
  };
  await batches.add(scope, batch, unit.session);
  return batch;
}

/**
 * Does the next rows of the batch that waits the longest: rows and their results in one transaction, so that a process that
 * dies in the middle loses none and does none twice. Returns how many rows it did, and one for a batch that failed: that one
 * waits for the next run.
 */
export async function runBatches(
  stores: BatchStores,
  { failures }: Pick<JobContext, 'failures'>,
  now: Date,
): Promise<number> {
  const failed = failures.count;
  const next = await stores.batches.findNext(failures);
  if (!next) return 0;
  let done = 0;
  await failures.attempt(next._id, { tenantId: next.tenantId, batchId: next._id }, async () => {
    done = await runRows(stores, next, now);
  });
  return done + failures.count - failed;
}

async function runRows(
  stores: BatchStores,
  { _id, tenantId, actor, language, requestId }: AssignmentBatch,
  now: Date,
): Promise<number> {
  const scope = scopeOfFound(tenantId, { id: requestId, actor, language });
  return stores.transactions.run(async (unit) => {
    const batch = await stores.batches.get(scope, _id, unit.session);
    if (!batch.isRunning) return 0;
    const done = batch.results.length;
    const commands = batch.commands.slice(done, done + ROWS_AT_A_TIME);
    const outcomes = await assignLicenses(stores, scope, commands, now, unit);
    const results = outcomes.map((outcome, offset) => {
      const { memberId, licenseId } = commands[offset] as AssignCommand;
      return batchResult(outcome, { member_id: memberId, license_id: licenseId }, done + offset, language);
    });
    const isRunning = done + commands.length < batch.commands.length;
    await stores.batches.keepResults(
      scope,
      {
        ...batch,
        results: [...batch.results, ...results],
        isRunning,
        completedAt: isRunning ? null : now,
      },
      unit.session,
    );
    return commands.length;
  });
}
