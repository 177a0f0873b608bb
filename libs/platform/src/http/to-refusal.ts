import { refuse, Refusal } from '@membership/contracts/errors';
import { TooLate } from '../deadline.ts';
import { behind, isStoreAway } from '../store-outage.ts';
import {
  CommitUnknown,
  DeadlinePassed,
  hasLabel,
  isDuplicateKey,
  isPassing,
} from '../transaction-failures.ts';

/**
 * What the server ended before it had an answer: a time limit (50), a lock that was not to be had (24, 46), a cursor that a
 * restart took along (43), a read that was stopped (175, 202, 237, 11601) or whose snapshot is not there (239, 246), members
 * of the set that cannot serve it now (133, 134), a conflict (112), too many sessions (261), a client or storage that went
 * meanwhile (279, 355, 46841), no memory for it now (365). It is no outage: whoever runs a transaction still ends it.
 */
const ENDED_BY_SERVER = new Set([
  ...[24, 43, 46, 50, 112, 133, 134, 175, 202, 237, 239, 246, 261, 279, 355, 365],
  ...[11_601, 46_841],
]);

/** The driver tells what the server says of many writes by another name. */
const SAID_BY_SERVER = new Set(['MongoServerError', 'MongoBulkWriteError']);

function wasEnded(error: unknown): boolean {
  for (const one of behind(error))
    if (SAID_BY_SERVER.has(one.name) && ENDED_BY_SERVER.has((one as Error & { code?: number }).code ?? 0))
      return true;
  return false;
}

/**
 * What a client gets for an error: its refusal; 503 for a database that does not answer or could not finish (the platform
 * has tried again as long as it may by then), which says so where nobody knows whether the write was done; else 500 without
 * internals.
 */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof CommitUnknown) return refuse('OUTCOME_UNKNOWN', { cause: error });
  const isPassingBy = isPassing(error) || hasLabel(error, 'RetryableError');
  const isLate = error instanceof DeadlinePassed || error instanceof TooLate;
  if (isLate || isStoreAway(error) || isPassingBy || wasEnded(error))
    return refuse('SYS_002', { cause: error, headers: { 'retry-after': '2' } });
  if (isDuplicateKey(error)) return refuse('CONFLICT', { cause: error });
  return refuse('SYS_001', { cause: error });
}
