import { refuse, Refusal } from '@membership/contracts/errors';
import { isDuplicateKey } from '../operations.ts';

/** The database or the way to it is in trouble, and asking again can help: it says so by these names and labels. */
const UNREACHABLE = /^Mongo(Network|ServerSelection|NotConnected|PoolCleared|WaitQueueTimeout|Topology)/;
const PASSING = [
  'TransientTransactionError',
  'UnknownTransactionCommitResult',
  'RetryableWriteError',
  'RetryableError',
];

function isStoreAway(error: unknown): boolean {
  const { name = '', hasErrorLabel } = (error ?? {}) as {
    name?: string;
    hasErrorLabel?: (label: string) => boolean;
  };
  if (UNREACHABLE.test(name) || name === 'MongooseServerSelectionError') return true;
  return typeof hasErrorLabel === 'function' && PASSING.some((label) => hasErrorLabel.call(error, label));
}

/**
 * What a client gets for an error: its refusal; 503 for a database that does not answer or could not finish (the platform
 * has tried again as long as it may by then); else 500 without internals.
 */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (isStoreAway(error)) return refuse('SYS_002', { cause: error, headers: { 'retry-after': '2' } });
  if (isDuplicateKey(error)) return refuse('CONFLICT', { cause: error });
  return refuse('SYS_001', { cause: error });
}
