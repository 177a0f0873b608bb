/** A batch of assignments that is done after its answer. */
import type { Actor } from '@membership/platform/scope';
import type { AssignCommand } from './assigning.ts';
import type { BatchResult } from './batch.ts';

export type AssignmentBatch = {
  _id: number;
  tenantId: number;
  /** On whose behalf: its facts name this actor and request. */
  actor: Actor;
  requestId: string;
  language: 'zh' | 'en';
  commands: AssignCommand[];
  /** Of the rows that are done, in order: as many as there are. */
  results: BatchResult[];
  isRunning: boolean;
  createdAt: Date;
  completedAt: Date | null;
};

/** How far a batch is, without its rows. */
export type BatchCounts = Pick<AssignmentBatch, '_id' | 'isRunning' | 'createdAt' | 'completedAt'> & {
  readonly total: number;
  readonly done: number;
  readonly successful: number;
};
export const countsOf = (batch: AssignmentBatch): BatchCounts => ({
  ...batch,
  total: batch.commands.length,
  done: batch.results.length,
  successful: batch.results.filter(({ status }) => status === 'success').length,
});
