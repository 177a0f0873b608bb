import { refuse, Refusal } from '@membership/contracts/errors';
import { isStoreAway } from '../store-outage.ts';
import {
  CommitUnknown,
  DeadlinePassed,
  hasLabel,
  isDuplicateKey,
  isPassing,
} from '../transaction-failures.ts';

/**
 * What a client gets for an error: its refusal; 503 for a database that does not answer or could not finish (the platform
 * has tried again as long as it may by then), which says so where nobody knows whether the write was done; else 500 without
 * internals.
 */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof CommitUnknown) return refuse('OUTCOME_UNKNOWN', { cause: error });
  const isPassingBy = isPassing(error) || hasLabel(error, 'RetryableError');
  if (error instanceof DeadlinePassed || isStoreAway(error) || isPassingBy)
    return refuse('SYS_002', { cause: error, headers: { 'retry-after': '2' } });
  if (isDuplicateKey(error)) return refuse('CONFLICT', { cause: error });
  return refuse('SYS_001', { cause: error });
}
