/** Points for many members at once: one transaction, one result a row. */
import { batchPoints } from '@membership/contracts/endpoints/points/index';
import type { ItemOf } from '@membership/contracts/endpoint';
import { Refusal } from '@membership/contracts/errors';
import type { Language } from '@membership/contracts/text';
import { implementWrite, type Implementation } from '@membership/platform/http/implement';
import type { TenantScope } from '@membership/platform/scope';
import type { Ledger } from './ledger.ts';
import { commit } from './commit.ts';
import type { Command } from './command.ts';
import type { Outcome } from './outcome.ts';
import type { ProfileOpening } from './open-profile.ts';

type Result = ItemOf<typeof batchPoints>['results'][number];

export function batchRoutes({
  ledger,
  opening,
}: {
  ledger: Ledger;
  opening: ProfileOpening;
}): Implementation[] {
  /** Members that exist get their profiles first; the rows of the others are refused by the ledger. */
  const openAll = async (scope: TenantScope, members: readonly number[]): Promise<void> => {
    for (const member of new Set(members))
      await opening.ensure(scope, member).catch((error: unknown) => {
        if (!(error instanceof Refusal) || error.status >= 500) throw error;
      });
  };
  return [
    implementWrite(batchPoints, async ({ scope, body, http, unit }) => {
      await openAll(
        scope,
        body.users.map(({ user_id }) => user_id),
      );
      const batchId = `BAT${await ledger.ids.next('batches')}`;
      const commands = body.users.map(
        ({ user_id: memberId, points, note }): Command => ({
          kind: body.operation_type === 'EARN' ? 'earn' : 'spend',
          memberId,
          points,
          category: 'manual',
          subcategory: null,
          reason: note ?? body.reason,
          sourceType: 'batch',
          sourceId: null,
          batchId,
        }),
      );
      const outcomes = await commit(
        ledger,
        commands.map((command) => ({ scope, command })),
        unit,
      );
      const results = outcomes.map((outcome, index) =>
        resultOf(outcome, body.users[index] as (typeof body.users)[number], http.language),
      );
      const successful = results.filter(({ status }) => status === 'success');
      return {
        batch_id: batchId,
        total_users: results.length,
        successful_count: successful.length,
        failed_count: results.length - successful.length,
        total_points: successful.reduce((sum, { points }) => sum + points, 0),
        results,
      };
    }),
  ];
}

function resultOf(
  outcome: Outcome | Refusal,
  { user_id, points }: { user_id: number; points: number },
  language: Language,
): Result {
  if (outcome instanceof Refusal)
    return {
      user_id,
      status: 'failed',
      transaction_id: null,
      points,
      error: { code: outcome.code, message: outcome.sentence(language) },
    };
  return { user_id, status: 'success', transaction_id: `PT${outcome.record?._id}`, points };
}
