/** Against guessing: an address may try 20 different unknown keys in 15 minutes; then it gets no answer about any key. */
import { refuse, type Refusal } from '@membership/contracts/errors';
import { countedAddress } from '@membership/platform/http/addresses';
import { digest } from '@membership/platform/scope';
import type { GuessRepository } from './guess-repository.ts';

const MAXIMUM = 20;
const WINDOW_MILLISECONDS = 15 * 60_000;

export class GuessGuard {
  readonly #guesses: GuessRepository;
  readonly #turns = new Map<string, Promise<unknown>>();
  constructor(guesses: GuessRepository) {
    this.#guesses = guesses;
  }

  /**
   * Looks a key up for an address, one look after the other, so that a burst does not pass the limit together. What is not
   * found counts, over all replicas; the same key again does not. Refuses (RATE_LIMITED) when too many were tried.
   */
  async lookUp<T>(address: string, key: string, now: Date, find: () => Promise<T | null>): Promise<T | null> {
    const id = digest('validate', countedAddress(address));
    const before = this.#turns.get(id);
    const turn = (async () => {
      await before?.catch(() => undefined);
      return this.#lookUp(id, digest(key), now, find);
    })();
    this.#turns.set(id, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(id) === turn) this.#turns.delete(id);
    }
  }

  async #lookUp<T>(id: string, key: string, now: Date, find: () => Promise<T | null>): Promise<T | null> {
    const before = await this.#guesses.tried(id, now);
    if (before.count >= MAXIMUM) throw tooManyKeys(before.until, now);
    const found = await find();
    if (found === null) {
      const until = new Date(now.getTime() + WINDOW_MILLISECONDS);
      const kept = await this.#guesses.keep(id, key, { now, until });
      // Another replica may have counted the last ones meanwhile.
      if (kept.count > MAXIMUM) throw tooManyKeys(kept.until, now);
    }
    return found;
  }
}

function tooManyKeys(until: Date, now: Date): Refusal {
  const seconds = Math.ceil((until.getTime() - now.getTime()) / 1_000);
  return refuse('RATE_LIMITED', {
    text: {
      zh: '尝试的许可证密钥过多，请在 {seconds} 秒后重试',
      en: 'Too many unknown licence keys; try again in {seconds} seconds',
    },
    params: { seconds },
    headers: { 'retry-after': String(seconds) },
  });
}
