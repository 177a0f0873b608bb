/**
 * The keys of the platform's tokens as every replica knows them: the settings' and those that rotations made. Read when a replica
 * tells that they changed (`Revocations`), and for a token that names a key that is not known here yet: one made a moment ago,
 * elsewhere.
 */
import { refuse } from '@membership/contracts/errors';
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
  /** The settings' key, which is there before anything was read. */
  readonly own: TokenKey;
  readonly settings: Pick<TokenKeySettings, 'issuer' | 'audience'>;
  readonly repository: Pick<TokenKeyRepository, 'list'>;
  readonly box: SecretBox;
  readonly logger: Pick<Logger, 'error' | 'info'>;
};

export class KeyRing implements TokenKeys {
  readonly #options: Options;
  #known: readonly Known[];
  #byName = new Map<string, Known>();
  #version = 0;
  #stamp = '';
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  readonly #unreadable = new Set<string>();

  constructor(options: Options) {
    this.#options = options;
    const own = { kid: options.own.kid, signsFrom: new Date(0), verifiesUntil: null, key: options.own };
    this.#known = [own];
    this.#byName.set(own.kid, own);
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

  /** By the key that a token names. One without a name, as others make it with the settings' secret, is read by that. */
  read(token: string): Record<string, unknown> {
    const kid = nameIn(token);
    const known =
      (kid === undefined ? undefined : this.#byName.get(kid)) ?? this.#byName.get(this.#options.own.kid);
    if (!known || hasEnded(known, new Date())) throw refuse('AUTH_003');
    return known.key.read(token);
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
    const rows = await this.#options.repository.list();
    const stamp = rows
      .map(({ kid, signsFrom, verifiesUntil }) => `${kid} ${+signsFrom} ${verifiesUntil && +verifiesUntil}`)
      .join();
    if (stamp === this.#stamp) return;
    const known = rows.flatMap((row) => {
      const key = this.#keyOf(row);
      return key ? [{ kid: row.kid, signsFrom: row.signsFrom, verifiesUntil: row.verifiesUntil, key }] : [];
    });
    const { own } = this.#options;
    if (!known.some(({ kid }) => kid === own.kid))
      known.unshift({ kid: own.kid, signsFrom: new Date(0), verifiesUntil: null, key: own });
    this.#known = known;
    this.#byName = new Map(known.map((one) => [one.kid, one]));
    this.#stamp = stamp;
    this.#version++;
  }

  /** A key, opened; null where it cannot be: it was sealed with another secret. */
  #keyOf({ kid, algorithm, sealed }: StoredTokenKey): TokenKey | null {
    const { own, settings, box, logger } = this.#options;
    const before = this.#byName.get(kid)?.key ?? (kid === own.kid ? own : undefined);
    if (before) return before;
    try {
      const material = box.open(PLATFORM, sealed);
      return tokenKey({
        algorithm,
        ...settings,
        ...(algorithm === 'HS256' ? { secret: material } : { privateKey: material }),
      });
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
