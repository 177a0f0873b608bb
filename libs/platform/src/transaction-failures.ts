/** How a transaction can fail by nobody's decision: its fate is not known, or its time was over. */

/**
 * The commit was sent, and nobody could tell in time whether it happened. Work that has an operation key (an inbox row, an
 * `Idempotency-Key`) may be run again under it; other work may not.
 */
export class CommitUnknown extends Error {
  constructor(cause: unknown) {
    super('it is not known whether the transaction was committed', { cause });
    this.name = 'CommitUnknown';
  }
}

/** The time for it was over before anything was committed, and nothing will be any more. */
export class DeadlinePassed extends Error {
  constructor(cause?: unknown) {
    super('the time of the transaction was over before it could commit', { cause });
    this.name = 'DeadlinePassed';
  }
}

type Labelled = { readonly hasErrorLabel?: (label: string) => boolean; readonly name?: string } | null;
/** Whether MongoDB or its driver says this of an error. */
export const hasLabel = (error: unknown, label: string): boolean => {
  const { hasErrorLabel } = (error ?? {}) as NonNullable<Labelled>;
  return typeof hasErrorLabel === 'function' && hasErrorLabel.call(error, label);
};

/** The server ended it after `transactionLifetimeLimitSeconds`, which it does not label: a machine was slow for a moment. */
const LIFETIME_EXCEEDED = 290;
/**
 * Whether the whole transaction may be run again, given that its commit was not sent: it conflicted, its connection broke, or
 * the driver let its connections go before a command was sent (`PoolRequestedRetry`, which it does not label otherwise).
 */
export const isPassing = (error: unknown): boolean =>
  hasLabel(error, 'TransientTransactionError') ||
  hasLabel(error, 'PoolRequestedRetry') ||
  codeOf(error) === LIFETIME_EXCEEDED;

/**
 * Whether an answer to a commit says that it did not happen and never will. Only the server can say so: what the driver
 * itself labels, it labels by guess.
 */
export const saysAborted = (error: unknown): boolean =>
  (error as Labelled)?.name === 'MongoServerError' &&
  isPassing(error) &&
  !hasLabel(error, 'UnknownTransactionCommitResult');

const DUPLICATE_KEY = 11_000;
/** A unique index said no. */
export const isDuplicateKey = (error: unknown): boolean => codeOf(error) === DUPLICATE_KEY;

const codeOf = (error: unknown): number | undefined => (error as { code?: number } | null)?.code;
