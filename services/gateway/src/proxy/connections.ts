/**
 * The connections to a service. A process that is told to stop says so in its answers (`Connection: close`): connections
 * that lie idle are then given up from this side, before that process closes them under a request; and while nothing
 * listens in its place, requests wait a moment for its successor instead of failing.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'undici';

/** Milliseconds in which a successor is expected. */
const RETURN_MILLISECONDS = 10_000;
const LOOK_MILLISECONDS = 100;
const MOST_WAITING = 1_000;
/** So many looks while requests are under way there: the next answer will tell. */
const AWAITED_LOOKS = 20;
/** Answers of one process come in a row; each connection that was opened since may lead to it again. */
const RENEW_MILLISECONDS = 250;

export class Connections {
  readonly #open: () => Pool;
  #pool: Pool;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #goneUntil = Number.NEGATIVE_INFINITY;
  #waiting = 0;

  constructor(open: () => Pool) {
    this.#open = open;
    this.#pool = open();
  }

  /** Where the next request goes. */
  get pool(): Pool {
    return this.#pool;
  }

  /** Whether the process that answered last said that it goes. */
  get isLeaving(): boolean {
    return performance.now() < this.#goneUntil;
  }

  /** Learns from an answer. */
  heard({ connection }: IncomingHttpHeaders): void {
    if (connection !== 'close') {
      if (this.isLeaving) this.#goneUntil = Number.NEGATIVE_INFINITY;
      return;
    }
    const now = performance.now();
    this.#goneUntil = now + RETURN_MILLISECONDS;
    if (now - this.#renewedAt < RENEW_MILLISECONDS) return;
    this.#renewedAt = now;
    const left = this.#pool;
    this.#pool = this.#open();
    // Ends when what is under way has ended.
    void left.close().catch(() => undefined);
  }

  /** After a connection was refused, which left the request unsent: whether to try again. Waits while that makes sense. */
  async mayTryAgain(attempt: number): Promise<boolean> {
    if (this.#waiting >= MOST_WAITING) return attempt === 1;
    // Another replica may stand behind the same name.
    if (attempt === 1 && !this.isLeaving) return true;
    // The answer that would tell of the end is still on its way: it is awaited once, and while others are under way.
    const isAwaited = attempt === 2 || (attempt <= AWAITED_LOOKS && this.#pool.stats.running > 0);
    if (!this.isLeaving && !isAwaited) return false;
    this.#waiting++;
    await delay(LOOK_MILLISECONDS);
    this.#waiting--;
    return true;
  }

  async destroy(): Promise<void> {
    await this.#pool.destroy();
  }
}
