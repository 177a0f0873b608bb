/**
 * Passwords: argon2id (OWASP's parameters), a few at a time, and as long for a user that does not exist. Logins of all tenants go
 * in turn; what administrators make (imports, members, secrets) has a lane of its own of one at a time, so that no import keeps
 * anybody from logging in.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { refuse } from '@membership/contracts/errors';
import { nameKey } from '../domain/member.ts';
import type { OwnKeys } from '../tokens/settings-keys.ts';
import { FairTurns } from './fair-turns.ts';
import { tooManyFailures } from './login-failures.ts';

const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const PARAMETERS = '$argon2id$v=19$m=19456,t=2,p=1$';
const ARGON2ID = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$/;
/** With the lane of imports no more than the process has threads for such work (libuv's four). */
const WIDTH = Math.max(2, Math.min(3, availableParallelism()));
/** Proofs that may wait on one account: whoever has more under way is guessing. */
const ACCOUNT_WAITING = 100;

/** Whose turn it is in a lane: a tenant's; null for names that nobody has. */
export type Whose = number | null;
export type Credentials = { readonly username: string; readonly password: string };

const busy = (why: 'key' | 'all') =>
  why === 'all'
    ? refuse('SYS_002', { headers: { 'retry-after': '5' } })
    : refuse('RATE_LIMITED', {
        text: {
          zh: '该租户等待处理的密码过多，请稍后重试',
          en: 'Too many passwords of this tenant wait to be worked on; try again in a moment',
        },
        headers: { 'retry-after': '5' },
      });

/** One password may be typed in several spellings of Unicode; it is stored and compared in one. */
const composed = (password: string): string => password.normalize('NFC');
/** What an older version may have stored of a password: the spelling it was typed in. */
const spellingsOf = (password: string): string[] => [
  ...new Set([composed(password), password, password.normalize('NFD')]),
];

export class Passwords {
  readonly #saltKeys: Pick<OwnKeys, 'present' | 'all'>;
  readonly #proofs = new FairTurns({ width: WIDTH, perKey: 300, inAll: 1_200, refuse: busy });
  readonly #made = new FairTurns({ width: 1, perKey: 32, inAll: 1_200, refuse: busy });
  readonly #turns = new Map<string, { last: Promise<unknown>; waiting: number }>();
  #nobody: Promise<string> | undefined;

  constructor(saltKeys: Pick<OwnKeys, 'present' | 'all'>) {
    this.#saltKeys = saltKeys;
  }

  /**
   * What a hash of this name's begins with. The salt is the name's (and this platform's): namesakes in many tenants can be
   * told from each other by one hash, and a login takes as long for one as for a hundred of them.
   */
  prefixOf(username: string, key = this.#saltKeys.present): string {
    const salt = createHmac('sha256', key).update(nameKey(username)).digest().subarray(0, 16);
    return `${PARAMETERS}${salt.toString('base64').replaceAll('=', '')}$`;
  }

  /** Hashes what somebody proves or chooses for itself. */
  hash(credentials: Credentials, whose: Whose): Promise<string> {
    return this.#proofs.pass(String(whose), () => this.#hashOf(credentials));
  }

  /** Hashes what an administrator gives to others: behind all else of its tenant, and of other tenants in turn. */
  make(credentials: Credentials, tenantId: number): Promise<string> {
    return this.#made.pass(String(tenantId), () => this.#hashOf(credentials));
  }

  /** Hashes a secret that no name goes with. */
  makeSecret(secret: string, tenantId: number): Promise<string> {
    return this.#made.pass(String(tenantId), () => hash(secret, OPTIONS));
  }

  /** Whether a hash is one that `hash` makes now: of the name's salt, and of the one spelling. */
  isCurrent(passwordHash: string, username: string): boolean {
    return passwordHash.startsWith(this.prefixOf(username));
  }

  /**
   * Whether a hash may stay as it is: one that `hash` makes, or made with a value of the secret that is still believed. What rests on
   * a hash is not disturbed while the secret is changed, and gateways that sign with different values undo nothing of each other's.
   */
  mayStay(passwordHash: string, username: string): boolean {
    return this.#saltKeys.all.some((key) => passwordHash.startsWith(this.prefixOf(username, key)));
  }

  /** What hashes of a password are with the salt of another hash, in each spelling that it may be of; none for what is no hash of ours. */
  async hashesLike(sample: string, password: string, whose: Whose): Promise<string[]> {
    const [, memory, time, lanes, salt] = ARGON2ID.exec(sample) ?? [];
    if (salt === undefined) return [];
    const options = {
      ...{ memoryCost: Number(memory), timeCost: Number(time), parallelism: Number(lanes) },
      salt: Buffer.from(salt, 'base64'),
    };
    const made: string[] = [];
    for (const spelling of spellingsOf(password))
      made.push(await this.#proofs.pass(String(whose), () => hash(spelling, options)));
    return made;
  }

  /** Whether a password fits; with nothing to compare it takes as long, and does not. */
  async fits(passwordHash: string | null, credentials: Credentials, whose: Whose): Promise<boolean> {
    const spellings = spellingsOf(credentials.password);
    const isCurrent = passwordHash !== null && this.isCurrent(passwordHash, credentials.username);
    if (isCurrent && isSame(await this.hash(credentials, whose), passwordHash)) return true;
    const left = isCurrent ? spellings.slice(1) : spellings;
    for (const spelling of left)
      if (await this.#isOf(isCurrent ? null : passwordHash, spelling, whose)) return true;
    return false;
  }

  /** Whether a secret fits that no name goes with. */
  fitsSecret(secretHash: string | null, secret: string, whose: Whose): Promise<boolean> {
    return this.#isOf(secretHash, secret, whose);
  }

  /** Work on one account at a time, so that a hundred guesses at once are counted one by one. */
  async inTurn<T>(account: string, work: () => Promise<T>): Promise<T> {
    const turn = this.#turns.get(account) ?? { last: Promise.resolve(), waiting: 0 };
    if (turn.waiting >= ACCOUNT_WAITING) throw tooManyFailures(5);
    const mine = turn.last.then(work, work);
    turn.last = mine;
    turn.waiting++;
    this.#turns.set(account, turn);
    try {
      return await mine;
    } finally {
      if (--turn.waiting === 0) this.#turns.delete(account);
    }
  }

  #hashOf({ username, password }: Credentials): Promise<string> {
    const salt = Buffer.from(this.prefixOf(username).split('$')[4] ?? '', 'base64');
    return hash(composed(password), { ...OPTIONS, salt });
  }

  async #isOf(passwordHash: string | null, text: string, whose: Whose): Promise<boolean> {
    const compared = passwordHash ?? (await (this.#nobody ??= hash('nobody has this password', OPTIONS)));
    return (await this.#proofs.pass(String(whose), () => verify(compared, text))) && passwordHash !== null;
  }
}

function isSame(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
