/** Answers batches: at once, or after the answer with their progress. */
import type { ItemOf } from '@membership/contracts/endpoint';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { implement, implementWrite, reply, type Implementation } from '@membership/platform/http/implement';
import { assignLicenses } from './assign-licenses.ts';
import { batchResult, commandOf, type BatchResult, type WireRow } from '../domain/batch.ts';
import type { AssignmentBatch } from '../domain/assignment-batch.ts';
import { startBatch, type BatchStores } from './run-batches.ts';

/** `wake`: there is a batch to be done. */
export function batchRoutes(stores: BatchStores, wake: () => void): Implementation[] {
  return [
    implementWrite(contracts.batchAssign, async ({ scope, body, http, unit }) => {
      const commands = body.assignments.map((row) => commandOf(row, body.common_settings));
      const outcomes = await assignLicenses(stores, scope, commands, http.now, unit);
      const results = outcomes.map((outcome, index) =>
        batchResult(outcome, body.assignments[index] as WireRow, index, http.language),
      );
      const counts = countsOf(results.length, results);
      return reply({ ...counts, results }, { params: { count: counts.successful_count } });
    }),
    implementWrite(contracts.startBatch, async ({ scope, body, http, unit }) => {
      const commands = body.assignments.map((row) => commandOf(row, body.common_settings));
      // The batch has no credential to look anybody up with: whose event is on its way is looked up now.
      await stores.directory.findMembers(
        scope,
        commands.map(({ memberId }) => memberId),
        unit,
      );
      const batch = await startBatch(stores, scope, commands, http.now, unit);
      unit.afterCommit(wake);
      return progressView(batch);
    }),
    implement(contracts.getBatch, async ({ scope, params }) => {
      const batch = await stores.batches.get(scope, params.id);
      return { ...progressView(batch), results: batch.results };
    }),
  ];
}

const countsOf = (total: number, results: readonly BatchResult[]) => {
  const successful = results.filter(({ status }) => status === 'success').length;
  return { total, successful_count: successful, failed_count: results.length - successful };
};

const progressView = (batch: AssignmentBatch): ItemOf<typeof contracts.startBatch> => ({
  batch_id: batch._id,
  status: batch.isRunning ? 'running' : 'completed',
  ...countsOf(batch.commands.length, batch.results),
  created_at: batch.createdAt.toISOString(),
  completed_at: batch.completedAt?.toISOString() ?? null,
});
