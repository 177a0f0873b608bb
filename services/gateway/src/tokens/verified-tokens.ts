/**
 * Tokens whose signature held, with what they say: a client sends the same one with each request, and checking it anew
 * costs as much as passing the request on. Whether it has ended or been revoked is asked each time all the same.
 */
import type { AccessClaims } from '@membership/contracts/claims';
import { readClaims, revocationNames, type TokenSubject } from './access-token.ts';
import type { TokenKeys } from './token-keys.ts';

export type VerifiedToken = {
  readonly claims: AccessClaims;
  readonly subject: TokenSubject;
  /** What a revocation of it would name. */
  readonly names: ReturnType<typeof revocationNames>;
  /** An external issuer made it: it has nothing to do with a password here. */
  readonly isForeign?: boolean;
};

const AT_MOST = 10_000;
/** A longer one is checked each time: whoever sends such tokens does not get to fill the memory. */
const LONGEST = 2_048;

export class VerifiedTokens {
  readonly #keys: Pick<TokenKeys, 'read' | 'version'>;
  readonly #maximum: number;
  readonly #now: () => number;
  readonly #known = new Map<string, VerifiedToken>();
  #version: number;

  constructor(keys: Pick<TokenKeys, 'read' | 'version'>, { maximum = AT_MOST, now = Date.now } = {}) {
    this.#keys = keys;
    this.#version = keys.version;
    this.#maximum = maximum;
    this.#now = now;
  }

  /** Whether a token is one of ours that was checked before. */
  knows(text: string): boolean {
    this.#forgetOthers();
    return this.#known.has(text);
  }

  /** What a token says. Refuses (AUTH_002, AUTH_003) one that has ended or does not hold. */
  read(text: string): VerifiedToken {
    this.#forgetOthers();
    const known = this.#known.get(text);
    // Ended by the letter: the keys decide how much the clocks may differ, and how it is refused.
    if (known && known.claims.exp > this.#now() / 1000) return known;
    this.#known.delete(text);
    const token = readClaims(this.#keys.read(text));
    const verified = { ...token, names: revocationNames(token.claims, text) };
    if (text.length <= LONGEST) this.#keep(text, verified);
    return verified;
  }

  /** With another set of keys, each token is checked anew. */
  #forgetOthers(): void {
    if (this.#keys.version === this.#version) return;
    this.#version = this.#keys.version;
    this.#known.clear();
  }

  #keep(text: string, verified: VerifiedToken): void {
    if (this.#known.size >= this.#maximum) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(text, verified);
  }
}
