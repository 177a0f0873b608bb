/**
 * Sessions and tokens that count no more, before they expire. Kept in memory, read anew more than once a second from the
 * database, so that every replica knows within a second and after a restart. When they cannot be read nobody gets in (SYS_002).
 * Where nobody has asked for some seconds and nobody is watched nothing is read: who asks next waits for a read.
 * That the keys of tokens have changed is told by the same question: a row that names no token.
 */
import type { ClientSession } from 'mongoose';
import { refuse } from '@membership/contracts/errors';
import type { Logger } from '@membership/platform/log';
import type { RevocationRepository } from './revocation-repository.ts';

const POLL_MILLISECONDS = 600;
const FRESH_MILLISECONDS = 800;
const WAIT_MILLISECONDS = 2_000;
/** So long after it was asked last the process goes on reading ahead. */
const ASKED_MILLISECONDS = 10_000;
/** A transaction may commit a minute after it took its time; what is that old is read again. */
const OVERLAP_MILLISECONDS = 65_000;
/** Names of tokens have a prefix (`revocationNames`). */
const KEYS_CHANGED = 'token-keys';
const TOLD_MILLISECONDS = 24 * 3_600_000;

export class Revocations {
  readonly #repository: RevocationRepository;
  readonly #logger: Logger;
  readonly #learnKeys: () => Promise<void>;
  readonly #known = new Map<string, number>();
  readonly #watched = new Map<string, Set<() => void>>();
  /** When the keys of tokens changed last, as far as was heeded. */
  #keysChangedAt = 0;
  #readAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #newest = new Date(0);
  #reading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isFailing = false;

  /** `learnKeys`: called when another replica may have changed the keys of tokens; what is known is not recent until it is done. */
  constructor(repository: RevocationRepository, logger: Logger, learnKeys: () => Promise<void>) {
    this.#repository = repository;
    this.#logger = logger;
    this.#learnKeys = learnKeys;
  }

  /** Loads what is revoked, and keeps reading. */
  async start(): Promise<void> {
    await this.#read();
    this.#timer = setInterval(() => {
      if (this.#isNeeded()) void this.#read().catch(() => undefined);
    }, POLL_MILLISECONDS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading?.catch(() => undefined);
  }

  /** Revokes names until the last token that bears one has expired. Takes effect here when the caller says so: `learn`. */
  async revoke(names: readonly string[], expiresAt: Date, session?: ClientSession): Promise<void> {
    await this.#repository.keep(names, expiresAt, session);
  }

  /** Tells every replica, when the transaction commits, that the keys of tokens have changed. */
  async tellOfKeys({ session }: { readonly session: ClientSession }): Promise<void> {
    await this.#repository.keep([KEYS_CHANGED], new Date(Date.now() + TOLD_MILLISECONDS), session);
  }

  /** What was just committed holds in this process at once. */
  learn(names: readonly string[], expiresAt: Date): void {
    for (const name of names) this.#hold(name, Math.max(expiresAt.getTime(), this.#known.get(name) ?? 0));
  }

  #hold(name: string, until: number): void {
    this.#known.set(name, until);
    for (const onRevoked of this.#watched.get(name) ?? []) onRevoked();
  }

  /** Calls `onRevoked` when the name is revoked, in whichever replica; what it returns ends that. */
  watch(name: string, onRevoked: () => void): () => void {
    const watching = this.#watched.get(name) ?? new Set();
    this.#watched.set(name, watching.add(onRevoked));
    if (this.has(name)) onRevoked();
    return () => {
      watching.delete(onRevoked);
      if (watching.size === 0 && this.#watched.get(name) === watching) this.#watched.delete(name);
    };
  }

  #isNeeded(): boolean {
    return this.#watched.size > 0 || performance.now() - this.#askedAt < ASKED_MILLISECONDS;
  }

  /** Whether what is known is recent enough to decide on. */
  isFresh(): boolean {
    this.#askedAt = performance.now();
    return this.#askedAt - this.#readAt < FRESH_MILLISECONDS;
  }

  has(name: string): boolean {
    return this.#known.has(name);
  }

  /** Makes sure that what is known is recent. Refuses (SYS_002) when it cannot be read. */
  async refresh(): Promise<void> {
    if (this.isFresh()) return;
    const asked = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, failed) => {
      timer = setTimeout(
        () => failed(new Error('the revocations could not be read in time')),
        WAIT_MILLISECONDS,
      );
    });
    try {
      // A slow read that others had begun may have seen less than is known by now.
      do await Promise.race([this.#read(), late]);
      while (asked - this.#readAt >= FRESH_MILLISECONDS);
    } catch (error) {
      throw refuse('SYS_002', { cause: error, headers: { 'retry-after': '2' } });
    } finally {
      clearTimeout(timer);
    }
  }

  #read(): Promise<void> {
    return (this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined;
    }));
  }

  async #readOnce(): Promise<void> {
    const asOf = performance.now();
    try {
      const since = new Date(this.#newest.getTime() - OVERLAP_MILLISECONDS);
      let keysChangedAt = this.#keysChangedAt;
      for (const { name, at, expiresAt } of await this.#repository.listSince(since)) {
        if (name === KEYS_CHANGED) keysChangedAt = at.getTime();
        else this.#hold(name, expiresAt.getTime());
        if (at > this.#newest) this.#newest = at;
      }
      if (keysChangedAt !== this.#keysChangedAt) await this.#learnKeys();
      this.#keysChangedAt = keysChangedAt;
      this.#readAt = asOf;
      if (this.#isFailing) this.#logger.info('revocations can be read again');
      this.#isFailing = false;
      this.#forgetExpired();
    } catch (error) {
      if (!this.#isFailing)
        this.#logger.error({ err: error }, 'revocations cannot be read: until they can, nobody is let in');
      this.#isFailing = true;
      throw error;
    }
  }

  #forgetExpired(): void {
    const now = Date.now();
    for (const [name, until] of this.#known) {
      if (until < now) this.#known.delete(name);
      // Insertion order is nearly the order of expiry: looking on would cost more than it frees.
      else if (this.#known.size < 100_000) break;
    }
  }
}
