/** Telling "the database is away" from "this message cannot be handled": the first must not use up a message's retries. */

const AWAY_NAMES = new Set([
  'CommitUnknown',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongooseServerSelectionError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoClientClosedError',
  'MongoServerClosedError',
  'MongoOperationTimeoutError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoPoolClearedOnNetworkError',
  'PoolClearedOnNetworkError',
  'MongoWaitQueueTimeoutError',
  'MongoExpiredSessionError',
  'MongoStalePrimaryError',
  // No answer came, or the server was lost between being chosen and being asked.
  'MongoUnexpectedServerResponseError',
]);
/**
 * Not primary, stepping down, shutting down, recovering, host gone; not set up yet (94), without keys for its clock (211); no
 * majority for a write, or writes blocked by who runs it (371).
 */
const AWAY_CODES = new Set([
  ...[6, 7, 64, 89, 91, 94, 189, 211, 262, 371],
  ...[9001, 10_058, 10_107, 11_600, 11_602, 13_435, 13_436],
]);
/** `HandshakeError`: no connection came about, whatever the server said. */
const AWAY_LABELS = ['UnknownTransactionCommitResult', 'RetryableWriteError', 'HandshakeError'];

const DEEPEST = 5;

/** An error and what it came of: its cause, or what the driver met and tells as that of many writes (`MongoBulkWriteError`). */
export function* behind(error: unknown): Generator<Error> {
  let one = error;
  for (let depth = 0; one instanceof Error && depth < DEEPEST; depth++) {
    yield one;
    one = one.cause ?? (one as { errorResponse?: unknown }).errorResponse;
  }
}

/** Whether an error (or what caused it) says that MongoDB cannot be reached or cannot write for now. */
export function isStoreAway(error: unknown): boolean {
  for (const one of behind(error)) {
    const { name, code, hasErrorLabel, message } = one as Error & {
      code?: unknown;
      hasErrorLabel?: (label: string) => boolean;
    };
    if (AWAY_NAMES.has(name) || (name.startsWith('Mongo') && AWAY_CODES.has(code as number))) return true;
    if (typeof hasErrorLabel === 'function' && AWAY_LABELS.some((label) => hasErrorLabel.call(one, label)))
      return true;
    if (name === 'MongooseError' && /buffering timed out|before initial connection/.test(message))
      return true;
  }
  return false;
}
