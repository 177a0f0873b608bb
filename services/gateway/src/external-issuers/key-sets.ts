/**
 * The public keys of external issuers, as they were fetched last. Fetched anew when they are old, and once when a token names
 * one that is not there, not again for a while: whoever makes up names of keys must not make the gateway ask and ask. While an
 * issuer is away its last good set serves, also after a restart, for a day.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { refuse } from '@membership/contracts/errors';
import type { Logger } from '@membership/platform/log';
import type { ExternalIssuer } from './issuer.ts';
import { versionOf, type PublicJwk } from './key-set.ts';

export type StoredKeys = { readonly keys: readonly PublicJwk[]; readonly fetchedAt: Date };
export type KeyStore = {
  /** The last good set of an issuer's address, or null. */
  find(issuer: Source): Promise<StoredKeys | null>;
  keep(issuer: Source, keys: StoredKeys): Promise<void>;
  failed(issuer: Source, failure: string, at: Date): Promise<void>;
};
type Source = Pick<ExternalIssuer, 'id' | 'tenantId' | 'jwksUri'>;
export type KeySet = {
  /** Another one: what was checked with the set before is checked anew. */
  readonly version: string;
  readonly resolve: ReturnType<typeof createLocalJWKSet>;
  readonly fetchedAt: number;
};
export type KeySetTimes = {
  /** Milliseconds after which a set is fetched anew, in the background. */
  readonly renewAfter: number;
  /** Milliseconds between two attempts. */
  readonly coolDown: number;
};
type Options = KeySetTimes & {
  readonly store: KeyStore;
  /** Reads the set at an address. Rejects with what is wrong. */
  readonly fetchKeys: (uri: string) => Promise<readonly PublicJwk[]>;
  readonly logger: Pick<Logger, 'warn' | 'info'>;
  readonly now?: () => number;
};
type State = {
  readonly uri: string;
  set: KeySet | null;
  triedAt: number;
  /** What the log says while they cannot be fetched. */
  told: string | null;
  reading: Promise<void> | undefined;
  readonly loading: Promise<void>;
};

/** How long keys are believed whose issuer cannot be asked whether they still hold. */
const BELIEVED_MILLISECONDS = 24 * 3_600_000;
/** So long an issuer may take before requests that can be answered without it do not wait. */
const PATIENCE_MILLISECONDS = 250;
const MOST_STATES = 2_000;
const LAST_ONES_SERVE = 'the keys of an external issuer cannot be fetched: its last ones serve';
const NONE_SERVE = 'the keys of an external issuer cannot be fetched, and none serve: its tokens are 503';

export class KeySets {
  readonly #options: Options;
  readonly #now: () => number;
  readonly #states = new Map<number, State>();

  constructor(options: Options) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /**
   * An issuer's keys. Refuses (SYS_002) while there are none: it was never reached, or not for a day. `isTold` comes once there is
   * an answer without them: then an issuer that is slow is waited for no longer than `PATIENCE_MILLISECONDS` since it was asked.
   */
  async current(issuer: Source, isTold?: Promise<void>): Promise<KeySet> {
    const state = this.#stateOf(issuer);
    await state.loading;
    const set = this.#believed(state);
    if (!set) await this.#refresh(issuer, state, isTold);
    else if (this.#now() - set.fetchedAt >= this.#options.renewAfter) void this.#refresh(issuer, state);
    const found = this.#believed(state);
    if (found) return found;
    throw refuse('SYS_002', {
      text: {
        zh: '暂时无法获取令牌签发方的公钥，请稍后重试',
        en: 'The public keys of the token’s issuer cannot be fetched at the moment; try again later',
      },
      headers: { 'retry-after': String(Math.max(1, Math.ceil(this.#options.coolDown / 1000))) },
    });
  }

  /** The keys after asking the issuer once more, where that was not just done. Otherwise as `current`. */
  async renewed(issuer: Source, isTold?: Promise<void>): Promise<KeySet> {
    await this.#refresh(issuer, this.#stateOf(issuer), isTold);
    return this.current(issuer, isTold);
  }

  #believed({ set }: State): KeySet | null {
    return set && this.#now() - set.fetchedAt < BELIEVED_MILLISECONDS ? set : null;
  }

  #stateOf(issuer: Source): State {
    const known = this.#states.get(issuer.id);
    if (known?.uri === issuer.jwksUri) return known;
    const state: State = {
      uri: issuer.jwksUri,
      set: null,
      triedAt: Number.NEGATIVE_INFINITY,
      told: null,
      reading: undefined,
      // Where the database does not answer either, the issuer is asked.
      loading: this.#options.store.find(issuer).then(
        (stored) => {
          if (stored) state.set ??= setOf(stored.keys, stored.fetchedAt.getTime());
        },
        () => undefined,
      ),
    };
    if (this.#states.size >= MOST_STATES) this.#states.delete(this.#states.keys().next().value as number);
    this.#states.set(issuer.id, state);
    return state;
  }

  /** Never rejects: the set of before goes on. */
  async #refresh(issuer: Source, state: State, isTold?: Promise<void>): Promise<void> {
    await state.loading;
    if (!state.reading) {
      if (this.#now() - state.triedAt < this.#options.coolDown) return;
      state.triedAt = this.#now();
      state.reading = this.#read(issuer, state).finally(() => {
        state.reading = undefined;
      });
    }
    const patience = isTold?.then(() =>
      pause(Math.max(0, PATIENCE_MILLISECONDS - (this.#now() - state.triedAt)), undefined, { ref: false }),
    );
    await Promise.race([state.reading, ...(patience ? [patience] : [])]);
  }

  async #read(issuer: Source, state: State): Promise<void> {
    const { store, fetchKeys, logger } = this.#options;
    const at = new Date(this.#now());
    const about = { issuerId: issuer.id, tenantId: issuer.tenantId };
    try {
      const keys = await fetchKeys(issuer.jwksUri);
      state.set = setOf(keys, at.getTime());
      if (state.told) logger.info(about, 'the keys of an external issuer can be fetched again');
      state.told = null;
      await store.keep(issuer, { keys, fetchedAt: at }).catch(() => undefined);
    } catch (error) {
      const told = this.#believed(state) ? LAST_ONES_SERVE : NONE_SERVE;
      if (state.told !== told) logger.warn({ ...about, err: error }, told);
      state.told = told;
      await store.failed(issuer, (error as Error).message.slice(0, 255), at).catch(() => undefined);
    }
  }
}

const setOf = (keys: readonly PublicJwk[], fetchedAt: number): KeySet => ({
  version: versionOf(keys),
  resolve: createLocalJWKSet({ keys } as unknown as JSONWebKeySet),
  fetchedAt,
});
