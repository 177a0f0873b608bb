/**
 * The keys of the platform's tokens as every replica knows them: the settings' and those that rotations made. Read when a replica
 * tells that they changed (`Revocations`), and for a token that names a key that is not known here yet: one made a moment ago,
 * elsewhere.
 */
import { Refusal, refuse } from '@membership/contracts/errors';
import type { Logger } from '@membership/platform/log';
import type { SecretBox } from '../secrets/secret-box.ts';
import { hasEnded, signingKey, type StoredTokenKey } from './token-key-state.ts';
import type { TokenKeyRepository } from './token-key-repository.ts';
import { tokenKey, type TokenKey, type TokenKeys, type TokenKeySettings } from './token-keys.ts';

/** No tenant: keys of tokens are the platform's own. */
export const PLATFORM = 0;
/** A version before this one changes keys and tells nobody. */
const POLL_MILLISECONDS = 5_000;
/** Between two reads for names that are not known: whoever makes them up waits for it. */
const GAP_MILLISECONDS = 50;

type Known = Pick<StoredTokenKey, 'kid' | 'signsFrom' | 'verifiesUntil'> & { readonly key: TokenKey };
type Options = {
  /** The settings' keys, which are there before anything was read; the first is the present one. */
  readonly own: () => readonly TokenKey[];
  readonly settings: Pick<TokenKeySettings, 'issuer' | 'audience'>;
  readonly repository: Pick<TokenKeyRepository, 'list'>;
  readonly box: SecretBox;
  readonly logger: Pick<Logger, 'error' | 'info'>;
};

export class KeyRing implements TokenKeys {
  readonly #options: Options;
  #known: readonly Known[];
  #byName: ReadonlyMap<string, Known>;
  #version = 0;
  #stamp = '';
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  readonly #unreadable = new Set<string>();

  constructor(options: Options) {
    this.#options = options;
    this.#known = options.own().map(asKnown);
    this.#byName = byName(this.#known);
  }

  /** Reads the keys, and keeps reading. */
  async start(): Promise<void> {
    await this.learn();
    this.#timer = setInterval(() => void this.learn().catch(() => undefined), POLL_MILLISECONDS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.allSettled([this.#reading, this.#next]);
  }

  get version(): number {
    return this.#version;
  }

  get publicKeys() {
    const now = new Date();
    return this.#known.flatMap((known) => (known.key.jwk && !hasEnded(known, now) ? [known.key.jwk] : []));
  }

  sign(claims: Record<string, unknown>): string {
    const signing = signingKey(this.#known, new Date());
    // Withdrawing leaves one that signs, so this is a database that was changed by hand.
    if (!signing) throw refuse('SYS_002', { cause: new Error('no key signs tokens') });
    return signing.key.sign(claims);
  }

  /** By the key that a token names. One without a name, as others make it with the settings' secret, is read by its values. */
  read(token: string): Record<string, unknown> {
    const named = this.#byName.get(nameIn(token) ?? '');
    const own = () => this.#options.own().map((key) => this.#byName.get(key.kid) ?? asKnown(key));
    let failure: unknown = refuse('AUTH_003');
    for (const known of named ? [named] : own()) {
      if (hasEnded(known, new Date())) continue;
      try {
        return known.key.read(token);
      } catch (error) {
        // That it has expired is said by the one key that it is of.
        if (!isExpired(failure)) failure = error;
      }
    }
    throw failure;
  }

  /** Whether a token names a key that is known here, or none. */
  isKnown(token: string): boolean {
    const kid = nameIn(token);
    return kid === undefined || this.#byName.has(kid);
  }

  /** Reads what is there from now on; who asks meanwhile shares the next read. Rejects when it cannot be read. */
  learn(): Promise<void> {
    return (this.#next ??= this.#after(this.#reading));
  }

  async #after(reading: Promise<void> | undefined): Promise<void> {
    await reading?.catch(() => undefined);
    if (reading) await new Promise((done) => setTimeout(done, GAP_MILLISECONDS));
    // From here on a read may miss what is asked for later: that is the next one's.
    this.#next = undefined;
    this.#reading = this.#read().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #read(): Promise<void> {
    const own = this.#options.own();
    const rows = await this.#options.repository.list();
    const stamp = [
      ...own.map(({ kid }) => kid),
      ...rows.map(
        ({ kid, signsFrom, verifiesUntil }) => `${kid} ${+signsFrom} ${verifiesUntil && +verifiesUntil}`,
      ),
    ].join();
    if (stamp === this.#stamp) return;
    const known = rows.flatMap((row) => {
      const key = this.#keyOf(row);
      return key ? [{ kid: row.kid, signsFrom: row.signsFrom, verifiesUntil: row.verifiesUntil, key }] : [];
    });
    const isStored = ({ kid }: TokenKey) => rows.some((row) => row.kid === kid);
    this.#known = [...own.filter((key) => !isStored(key)).map(asKnown), ...known];
    this.#byName = byName(this.#known);
    this.#stamp = stamp;
    this.#version++;
  }

  /** A key, opened; null where it cannot be: it was sealed with another secret. */
  #keyOf({ kid, algorithm, sealed }: StoredTokenKey): TokenKey | null {
    const { own, settings, box, logger } = this.#options;
    const before = this.#byName.get(kid)?.key ?? own().find((key) => key.kid === kid);
    if (before) return before;
    try {
      return tokenKey({ ...settings, algorithm }, box.open(PLATFORM, sealed));
    } catch (error) {
      if (!this.#unreadable.has(kid))
        logger.error(
          { err: error, kid },
          'a key of tokens cannot be read (was WEBHOOK_SECRET_KEY changed?): what it signed is refused',
        );
      this.#unreadable.add(kid);
      return null;
    }
  }
}

/** A key of the settings that is not in the database yet. */
const asKnown = (key: TokenKey): Known => ({
  kid: key.kid,
  signsFrom: new Date(0),
  verifiesUntil: null,
  key,
});
const byName = (known: readonly Known[]) => new Map(known.map((one) => [one.kid, one]));
const isExpired = (error: unknown): boolean => error instanceof Refusal && error.code === 'AUTH_002';

/** The name of the key in a token's header; undefined where there is none, or no header. */
function nameIn(token: string): string | undefined {
  try {
    const header = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString()) as {
      kid?: unknown;
    } | null;
    return typeof header?.kid === 'string' ? header.kid : undefined;
  } catch {
    return undefined;
  }
}
