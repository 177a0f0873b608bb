import { refuse, Refusal } from '@membership/contracts/errors';
import { isDuplicateKey } from '../operations.ts';
import { isStoreAway } from '../store-outage.ts';

/** Labels of what the database could not finish in time, though it is there: asking again can help. */
const PASSING = ['TransientTransactionError', 'RetryableError'];

function isPassing(error: unknown): boolean {
  const { hasErrorLabel } = (error ?? {}) as { hasErrorLabel?: (label: string) => boolean };
  return typeof hasErrorLabel === 'function' && PASSING.some((label) => hasErrorLabel.call(error, label));
}

/**
 * What a client gets for an error: its refusal; 503 for a database that does not answer or could not finish (the platform
 * has tried again as long as it may by then); else 500 without internals.
 */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (isStoreAway(error) || isPassing(error))
    return refuse('SYS_002', { cause: error, headers: { 'retry-after': '2' } });
  if (isDuplicateKey(error)) return refuse('CONFLICT', { cause: error });
  return refuse('SYS_001', { cause: error });
}
