/** Holds what Redis keeps to what the database gives, after each write: whoever writes and does not say so is found. */
import type { Endpoint } from '@membership/contracts/endpoint';
import { eventually } from './eventually.ts';
import type { RedisLine } from './redis-line.ts';

export type KeptReads = {
  readonly line: RedisLine;
  /** Text of /metrics of the process that reads. */
  readonly metrics: () => Promise<string>;
  /** All that is kept, as clients are shown it, each by a name. */
  readonly reads: () => Readonly<Record<string, Promise<unknown>>>;
};

export class KeptAnswers {
  readonly #options: KeptReads;
  /** Writes after which something that was kept was not what the database gave. */
  readonly stale: string[] = [];

  constructor(options: KeptReads) {
    this.#options = options;
  }

  /** Runs a write while all is kept, and compares what is shown then with what is shown once Redis has lost it. */
  async after<T>(what: string, write: () => Promise<T>): Promise<T> {
    await this.#keepAll();
    const written = await write();
    const shown = await this.#read();
    await this.#lose();
    const stored = await this.#read();
    for (const [name, value] of Object.entries(stored))
      if (JSON.stringify(shown[name]) !== JSON.stringify(value)) this.stale.push(`${name} after ${what}`);
    return written;
  }

  /** Reads until every read comes out of Redis. */
  async #keepAll(): Promise<void> {
    await eventually(async () => {
      const before = await this.#counts();
      await this.#read();
      const after = await this.#counts();
      if (after.others > before.others) throw new Error('what is to be kept is read from the database');
      if (after.hits === before.hits) throw new Error('nothing that is read is kept');
    });
  }

  async #read(): Promise<Record<string, unknown>> {
    const reads = Object.entries(this.#options.reads());
    return Object.fromEntries(await Promise.all(reads.map(async ([name, read]) => [name, await read])));
  }

  async #lose(): Promise<void> {
    const { line } = this.#options;
    const keys = (await line.keys()).filter((key) => key.startsWith('answers:'));
    await line.command(`DEL ${keys.map((key) => line.prefix + key).join(' ')}`);
  }

  async #counts(): Promise<{ hits: number; others: number }> {
    const counts = { hits: 0, others: 0 };
    for (const [, labels = '', count] of (await this.#options.metrics()).matchAll(
      /^membership_answer_cache_reads_total\{([^}]*)\} (\d+)/gm,
    ))
      counts[labels.includes('result="hit"') ? 'hits' : 'others'] += Number(count);
    return counts;
  }
}

/** The names of the endpoints of a service that write. */
export const writesOf = (endpoints: readonly Endpoint[]): string[] =>
  endpoints.flatMap(({ method, name }) => (method === 'get' ? [] : [name])).sort();
