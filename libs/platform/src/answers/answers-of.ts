/** A service's cache of answers, where there is a Redis. */
import type { Connection } from 'mongoose';
import type { AnswerKind } from '../answer-subjects.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Transactions } from '../transaction.ts';
import { AnswerCache } from './answer-cache.ts';
import { closeAnswers } from './answer-trust.ts';

type Context = {
  readonly service: string;
  readonly connection: Connection;
  readonly transactions: Transactions;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly settings: {
    readonly REDIS_URL?: string | undefined;
    readonly REDIS_PREFIX: string;
    readonly ANSWER_CACHE_SETTLE_SECONDS: number;
  };
};
export type Answers = Pick<AnswerCache, 'keeps' | 'read'> & {
  /** Before the first request. */
  start(): Promise<void>;
  /** Once nobody asks any more. */
  stop(): void;
};

/**
 * Keeps answers of these kinds for so many seconds, 0: not at all. Without a Redis, or without a kind, every answer is loaded,
 * and no commit waits for anything.
 */
export async function answersOf(
  { service, connection, transactions, logger, metrics, settings }: Context,
  seconds: Partial<Readonly<Record<AnswerKind, number>>>,
): Promise<Answers> {
  const settle = settings.ANSWER_CACHE_SETTLE_SECONDS * 1_000;
  const kept = Object.fromEntries(Object.entries(seconds).filter(([, each]) => each > 0));
  if (settings.REDIS_URL === undefined || Object.keys(kept).length === 0)
    return {
      keeps: () => false,
      read: (_subject, _variant, load) => load(),
      start: () => closeAnswers(connection, settle),
      stop: () => undefined,
    };
  // Where there is no Redis, its client is not loaded: 8 MB.
  const { SharedStore } = await import('../shared-store.ts');
  const store = new SharedStore({
    ...{ url: settings.REDIS_URL, logger, metrics, isIdentified: true },
    prefix: `${settings.REDIS_PREFIX}answers:${service}:`,
    gauge: 'membership_answer_cache_redis_up',
    says: { up: 'answers are kept there', away: 'answers are read from the database' },
  });
  const cache = new AnswerCache({ connection, store, metrics, seconds: kept, settle });
  transactions.tellWrites(cache);
  return cache;
}
