/** Passwords: argon2id (OWASP's parameters), a few at a time, and as long for a user that does not exist. */
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { refuse } from '@membership/contracts/errors';

const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const WAITING_MAXIMUM = 1_200;

/** Work in the order it came, `width` at a time; what would wait behind too much is refused (SYS_002). */
class Turnstile {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  constructor(width: number) {
    this.#free = width;
  }
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else {
      if (this.#waiting.length >= WAITING_MAXIMUM)
        throw refuse('SYS_002', { headers: { 'retry-after': '5' } });
      await new Promise<void>((next) => this.#waiting.push(next));
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}

export class Passwords {
  readonly #turnstile = new Turnstile(Math.max(2, Math.min(4, availableParallelism())));
  readonly #turns = new Map<string, Promise<unknown>>();
  #nobody: Promise<string> | undefined;

  hash(password: string): Promise<string> {
    return this.#turnstile.pass(() => hash(password, OPTIONS));
  }

  /** Whether a password fits; with nothing to compare it takes as long, and does not. */
  async fits(passwordHash: string | null, password: string): Promise<boolean> {
    const compared = passwordHash ?? (await (this.#nobody ??= this.hash('nobody has this password')));
    return (await this.#turnstile.pass(() => verify(compared, password))) && passwordHash !== null;
  }

  /** Work on one account at a time, so that a hundred guesses at once are counted one by one. */
  async inTurn<T>(account: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(account) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#turns.set(account, mine);
    try {
      return await mine;
    } finally {
      if (this.#turns.get(account) === mine) this.#turns.delete(account);
    }
  }
}
