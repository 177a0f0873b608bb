/** When API keys were last used: noted in memory by each request, written a few seconds later and at most once a minute a key. */
import type { Logger } from '@membership/platform/log';
import type { ApiKeyRepository, KeyUse } from './api-key-repository.ts';

const EVERY_MILLISECONDS = 60_000;
const WRITE_MILLISECONDS = 5_000;
const AT_MOST = 20_000;

export class KeyUses {
  readonly #keys: Pick<ApiKeyRepository, 'noteUses'>;
  readonly #logger: Pick<Logger, 'warn'>;
  /** When a use of a secret was last noted to be written, by its hash. */
  readonly #noted = new Map<string, number>();
  #waiting: KeyUse[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(keys: Pick<ApiKeyRepository, 'noteUses'>, logger: Pick<Logger, 'warn'>) {
    this.#keys = keys;
    this.#logger = logger;
  }

  /** Notes that a secret was used. Costs a look at a map. */
  note(id: string, secretHash: string, now: number): void {
    if (now - (this.#noted.get(secretHash) ?? 0) < EVERY_MILLISECONDS) return;
    if (this.#noted.size >= AT_MOST) this.#noted.clear();
    this.#noted.set(secretHash, now);
    this.#waiting.push({ id, secretHash, at: new Date(now) });
    this.#timer ??= setTimeout(() => void this.write(), WRITE_MILLISECONDS).unref();
  }

  /** Writes what was noted. What cannot be written is lost: the next use, a minute later, says as much. */
  async write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const uses = this.#waiting;
    this.#waiting = [];
    try {
      await this.#keys.noteUses(uses);
    } catch (error) {
      this.#logger.warn({ err: error, keys: uses.length }, 'uses of API keys were not written down');
    }
  }
}
