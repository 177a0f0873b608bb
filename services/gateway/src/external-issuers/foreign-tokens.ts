/**
 * Tokens of external issuers, checked: by the keys that their issuer published, the algorithms and the audience that the tenant
 * named. What was checked is remembered as long as issuer and keys stay what they were; its end is asked each time.
 */
import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyOptions,
} from 'jose';
import { Refusal, refuse } from '@membership/contracts/errors';
import type { ExternalIssuer } from './issuer.ts';
import type { KeySet, KeySets } from './key-sets.ts';

export type ForeignToken = {
  readonly issuer: ExternalIssuer;
  readonly claims: JWTPayload & { exp: number; sub: string };
};

const SKEW_SECONDS = 30;
const AT_MOST = 10_000;
/** A longer one is checked each time: whoever sends such tokens does not get to fill the memory. */
const LONGEST = 4_096;
/** Names longer than any registered one are not looked up. */
const LONGEST_ISSUER = 1_024;
/** Keys that are tried for a token: an issuer has one or two that sign, and each costs whoever sends what is no token of theirs. */
const MOST_TRIED = 10;

/** The issuer that a token names, unchecked; undefined where it names none, or is no token. */
export function issuerNamedBy(text: string): string | undefined {
  try {
    const { iss } = decodeJwt(text);
    return typeof iss === 'string' && iss.length <= LONGEST_ISSUER ? iss : undefined;
  } catch {
    return undefined;
  }
}

export class ForeignTokens {
  readonly #keySets: KeySets;
  /** By issuer as it is, keys as they are, and text. */
  readonly #known = new Map<string, ForeignToken>();

  constructor(keySets: KeySets) {
    this.#keySets = keySets;
  }

  /**
   * What a token says to each of these issuers that it holds for. Once one's keys have told of it, others' are not waited for that
   * do not come: another tenant's issuer may hang. Refuses (AUTH_002) one that has ended, (AUTH_003) one that holds for none,
   * (SYS_002) where the keys that could tell cannot be had.
   */
  async read(text: string, issuers: readonly ExternalIssuer[]): Promise<ForeignToken[]> {
    const meant = issuers.filter((issuer) => isMeant(text, issuer));
    const told = Promise.withResolvers<void>();
    const results = await Promise.allSettled(
      meant.map(async (issuer) => {
        try {
          const token = await this.#readFor(text, issuer, told.promise);
          told.resolve();
          return token;
        } catch (error) {
          if (hasEnded(error)) told.resolve();
          throw error;
        }
      }),
    );
    const held = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    if (held.length > 0) return held;
    const failures = results.map((result) => (result as PromiseRejectedResult).reason as Error);
    // Where one's keys do not know it and another's cannot be had, it may be the other's.
    throw failures.find(hasEnded) ?? failures.find(cannotBeTold) ?? failures[0] ?? refuse('AUTH_003');
  }

  async #readFor(text: string, issuer: ExternalIssuer, isTold: Promise<void>): Promise<ForeignToken> {
    const keys = await this.#keySets.current(issuer, isTold);
    const known = this.#known.get(keyOf(text, issuer, keys));
    // Ended by the letter: the check below decides how much the clocks may differ, and how it is refused.
    if (known && known.claims.exp > Date.now() / 1000) return known;
    try {
      return await this.#check(text, issuer, keys);
    } catch (error) {
      if (!isOfUnknownKey(error, text)) throw refusalOf(error);
      const renewed = await this.#keySets.renewed(issuer, isTold);
      if (renewed.version === keys.version) throw refusalOf(error);
      return this.#check(text, issuer, renewed).catch((again: unknown) => {
        throw refusalOf(again);
      });
    }
  }

  async #check(text: string, issuer: ExternalIssuer, keys: KeySet): Promise<ForeignToken> {
    const payload = await verified(text, keys.resolve, {
      issuer: issuer.issuer,
      audience: issuer.audience,
      algorithms: [...issuer.algorithms],
      clockTolerance: SKEW_SECONDS,
      requiredClaims: ['exp', 'sub'],
    });
    const token = { issuer, claims: payload as ForeignToken['claims'] };
    if (text.length <= LONGEST) this.#keep(keyOf(text, issuer, keys), token);
    return token;
  }

  #keep(key: string, token: ForeignToken): void {
    if (this.#known.size >= AT_MOST) this.#known.delete(this.#known.keys().next().value as string);
    this.#known.set(key, token);
  }
}

/** The claims by the key that a token names; where that may be one of several, by the one of them that fits. */
async function verified(
  text: string,
  resolve: KeySet['resolve'],
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(text, resolve, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    let tried = 0;
    for await (const key of error) {
      if (++tried > MOST_TRIED) break;
      try {
        return (await jwtVerify(text, key, options)).payload;
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

const keyOf = (text: string, { id, sequence }: ExternalIssuer, { version }: KeySet): string =>
  `${id}.${sequence}.${version} ${text}`;

/** Whether an issuer's keys are worth a look: nobody's token makes the gateway ask another's. */
function isMeant(text: string, { audience, algorithms }: ExternalIssuer): boolean {
  try {
    const { aud } = decodeJwt(text);
    const { alg } = decodeProtectedHeader(text);
    const isForUs = Array.isArray(aud) ? aud.includes(audience) : aud === audience;
    return isForUs && (algorithms as readonly unknown[]).includes(alg);
  } catch {
    return false;
  }
}

/** The issuer may have another key by now: one that is named and not there, or, where none is named, the one that did not fit. */
const isOfUnknownKey = (error: unknown, text: string): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  (error instanceof errors.JWSSignatureVerificationFailed && decodeProtectedHeader(text).kid === undefined);

/** Its signature is its issuer's, and its time is over: other keys would say no more. */
const hasEnded = (error: unknown): boolean => error instanceof Refusal && error.code === 'AUTH_002';
const cannotBeTold = (error: unknown): boolean => error instanceof Refusal && error.code === 'SYS_002';

const refusalOf = (error: unknown) =>
  refuse(error instanceof errors.JWTExpired ? 'AUTH_002' : 'AUTH_003', {
    cause: error,
  });
