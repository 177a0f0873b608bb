/** Points for many members at once: each row shares transactions with whatever else moves points, one result a row. */
import { batchPoints } from '@membership/contracts/endpoints/points/index';
import type { ItemOf } from '@membership/contracts/endpoint';
import { refuse, type Refusal } from '@membership/contracts/errors';
import type { Language } from '@membership/contracts/text';
import type { GroupCommit } from '@membership/platform/group-commit';
import {
  implement,
  reply,
  type Implementation,
  type RequestFacts,
} from '@membership/platform/http/implement';
import { toRefusal } from '@membership/platform/http/to-refusal';
import {
  keptUnder,
  operationOf,
  stepOf,
  type Operation,
  type FingerprintKeys,
} from '@membership/platform/idempotency';
import type { Connection } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { Transactions } from '@membership/platform/transaction';
import type { Command } from './command.ts';
import type { Ledger } from './ledger.ts';
import type { Outcome } from './outcome.ts';
import type { ProfileOpening } from './profile-opening.ts';

type Answer = ItemOf<typeof batchPoints>;
type Row = { readonly user_id: number; readonly points: number; readonly note?: string | undefined };
/** A row that was decided, or why it was not. */
type Done = { readonly recordId: number } | { readonly refusal: Refusal };

type Wiring = {
  readonly ledger: Ledger;
  readonly opening: ProfileOpening;
  readonly group: GroupCommit<Command, Outcome>;
  readonly connection: Connection;
  readonly transactions: Transactions;
  readonly fingerprintKeys: FingerprintKeys;
  /** Milliseconds that one row may take; the request's own time is another. */
  readonly rowDeadline: number;
};

/** Rows that wait for the ledger at a time, so that a batch leaves its tenant's other writes their places. */
const TOGETHER = 64;

export function batchRoutes({
  ledger,
  opening,
  group,
  connection,
  transactions,
  fingerprintKeys,
  rowDeadline,
}: Wiring): Implementation[] {
  return [
    implement(batchPoints, async ({ scope, body, http }) => {
      const key = http.headers['idempotency-key'] as string | undefined;
      const operation = operationOf(fingerprintKeys, scope, key, 'post', http.url.pathname, http.raw.body);
      const keeping = { connection, transactions, deadline: http.deadline };
      const carryOut = async (): Promise<Answer> => {
        await opening.ensureAll(
          scope,
          body.users.map(({ user_id }) => user_id),
        );
        const { value: batchId } = await keptUnder(
          operation && stepOf(operation, 'batch'),
          async () => `BAT${await ledger.ids.next('batches')}`,
          keeping,
        );
        const rows = body.users.map((row): [Row, Command] => [
          row,
          {
            kind: body.operation_type === 'EARN' ? 'earn' : 'spend',
            memberId: row.user_id,
            points: row.points,
            category: 'manual',
            subcategory: null,
            reason: row.note ?? body.reason,
            sourceType: 'batch',
            sourceId: null,
            batchId,
          },
        ]);
        const done = await moveAll(
          group,
          scope,
          rows.map(([, command]) => command),
          { operation, http, rowDeadline },
        );
        return answerOf(
          batchId,
          rows.map(([row], index) => resultOf(done[index] as Done, row, http.language)),
        );
      };
      const first = async () => ({ answer: await carryOut(), at: http.now.toISOString() });
      const { value, isRepeated } = await keptUnder(operation, first, keeping);
      const answeredAt = new Date(value.at);
      return reply(
        value.answer,
        isRepeated ? { answeredAt, headers: { 'idempotent-replayed': 'true' } } : {},
      );
    }),
  ];
}

/**
 * Moves points row by row, in their order. Under a key, a row that the platform could not do refuses the whole: repeated
 * under the same key, it goes on from there. Without one, the rows that were not done say so.
 */
async function moveAll(
  group: GroupCommit<Command, Outcome>,
  scope: TenantScope,
  commands: readonly Command[],
  {
    operation,
    http,
    rowDeadline,
  }: Pick<Wiring, 'rowDeadline'> & { readonly operation: Operation | undefined; readonly http: RequestFacts },
): Promise<Done[]> {
  const done: Done[] = [];
  const move = async (command: Command, index: number): Promise<Done> => {
    try {
      const settled = await group.submit({
        scope,
        command,
        operation: operation && stepOf(operation, `row ${index}`),
        answer: ({ record }) => ({ status: 200, body: record?._id }),
        deadline: Math.min(http.deadline, performance.now() + rowDeadline),
        isGone: () => http.raw.response.destroyed,
      });
      const recordId = 'replayed' in settled ? settled.replayed.body : settled.outcome.record?._id;
      return { recordId: recordId as number };
    } catch (error) {
      const refusal = toRefusal(error);
      if (refusal.code === 'SYS_001') throw error;
      return { refusal };
    }
  };
  while (done.length < commands.length) {
    const start = done.length;
    const some = commands.slice(start, start + TOGETHER);
    const results = await Promise.allSettled(some.map((command, index) => move(command, start + index)));
    for (const result of results) {
      if (result.status === 'rejected') throw result.reason;
      done.push(result.value);
    }
    // What is away for all of them is away for those behind them, which would wait for it again.
    if (done.slice(start).every(isNotDone)) break;
  }
  if (done.every(isNotDone)) throw (done[0] as { refusal: Refusal }).refusal;
  if (operation && done.some(isNotDone)) throw unfinished();
  return commands.map((_, index) => done[index] ?? { refusal: refuse('SYS_002') });
}

const isNotDone = (done: Done): boolean => 'refusal' in done && done.refusal.status >= 500;

const unfinished = (): Refusal =>
  refuse('SYS_002', {
    text: {
      zh: '批量操作尚未全部完成：请使用同一幂等键重试，已完成的行不会重复执行',
      en: 'The batch is not finished: repeat it under the same idempotency key; no row is done twice',
    },
    headers: { 'retry-after': '2' },
  });

function answerOf(batchId: string, results: Answer['results']): Answer {
  const successful = results.filter(({ status }) => status === 'success');
  return {
    batch_id: batchId,
    total_users: results.length,
    successful_count: successful.length,
    failed_count: results.length - successful.length,
    total_points: successful.reduce((sum, { points }) => sum + points, 0),
    results,
  };
}

function resultOf(done: Done, { user_id, points }: Row, language: Language): Answer['results'][number] {
  if (!('refusal' in done))
    return { user_id, status: 'success', transaction_id: `PT${done.recordId}`, points };
  const { code } = done.refusal;
  const error = { code, message: done.refusal.sentence(language) };
  return { user_id, status: 'failed', transaction_id: null, points, error };
}
