/** Answers batches: at once, or after the answer with their progress. */
import type { ItemOf } from '@membership/contracts/endpoint';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { implement, implementWrite, reply, type Implementation } from '@membership/platform/http/implement';
import { sortOf } from '@membership/platform/sorting';
import { assignLicenses } from './assign-licenses.ts';
import { batchResult, commandOf, type WireRow } from '../domain/batch.ts';
import { countsOf, type BatchCounts } from '../domain/assignment-batch.ts';
import { startBatch, type BatchStores } from './run-batches.ts';

const ORDERINGS = { created_at: 'createdAt' };

/** `wake`: there is a batch to be done. */
export function batchRoutes(stores: BatchStores, wake: () => void): Implementation[] {
  return [
    implementWrite(contracts.batchAssign, async ({ scope, body, http, unit }) => {
      const commands = body.assignments.map((row) => commandOf(row, body.common_settings));
      const outcomes = await assignLicenses(stores, scope, commands, http.now, unit);
      const results = outcomes.map((outcome, index) =>
        batchResult(outcome, body.assignments[index] as WireRow, index, http.language),
      );
      const successful_count = results.filter(({ status }) => status === 'success').length;
      const counts = {
        total: results.length,
        successful_count,
        failed_count: results.length - successful_count,
      };
      return reply({ ...counts, results }, { params: { count: successful_count } });
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
      return progressView(countsOf(batch));
    }),
    implement(
      contracts.listBatches,
      async ({ scope, query: { status, ordering, page, page_size: size } }) => {
        const filter = status === undefined ? {} : { isRunning: status === 'running' };
        const found = await stores.batches.list(scope, filter, sortOf(ordering, ORDERINGS), { page, size });
        return { ...found, items: found.items.map(progressView) };
      },
    ),
    implement(contracts.getBatch, async ({ scope, params }) => {
      const batch = await stores.batches.get(scope, params.id);
      return { ...progressView(countsOf(batch)), results: batch.results };
    }),
  ];
}

const progressView = (batch: BatchCounts): ItemOf<typeof contracts.listBatches> => ({
  batch_id: batch._id,
  status: batch.isRunning ? 'running' : 'completed',
  total: batch.total,
  successful_count: batch.successful,
  failed_count: batch.done - batch.successful,
  created_at: batch.createdAt.toISOString(),
  completed_at: batch.completedAt?.toISOString() ?? null,
});
