/** Which key signs now: the newest that opens and is not too old; else a new one. */
import type { KeyObject } from 'node:crypto';
import { LONGEST_FILE_DAYS } from '@membership/contracts/endpoints/licenses/index';
import type { UnitOfWork } from '@membership/platform/transaction';
import { DAY } from '../term.ts';
import { newSigningKey, openedKey, sealingKeyOf, type SigningKey } from './signing-key.ts';
import type { SigningKeyRepository } from './signing-key-repository.ts';

type Options = {
  readonly repository: SigningKeyRepository;
  /** The secret under which private parts are sealed. */
  readonly secret: string;
  /** Days after which a key is replaced by itself. */
  readonly days: number;
};

export class SigningKeys {
  readonly #repository: SigningKeyRepository;
  readonly #sealingKey: Buffer;
  readonly #lifetime: number;
  constructor({ repository, secret, days }: Options) {
    this.#repository = repository;
    this.#sealingKey = sealingKeyOf(secret);
    this.#lifetime = days * DAY;
  }

  /** The key that signs now. One that is made here is committed before anything is signed with it. */
  async current(now: Date): Promise<{ readonly id: string; readonly key: KeyObject }> {
    for (const known of await this.#repository.listSigning()) {
      const key = openedKey(known, this.#sealingKey);
      if (key && now.getTime() - known.createdAt.getTime() < this.#lifetime) return { id: known._id, key };
    }
    const fresh = newSigningKey(this.#sealingKey, now);
    await this.#repository.add(fresh);
    await this.#repository.retireOthers(fresh._id, now);
    return { id: fresh._id, key: openedKey(fresh, this.#sealingKey) as KeyObject };
  }

  /** A new key in the place of all others. */
  async rotate(now: Date, { session }: UnitOfWork): Promise<SigningKey> {
    const fresh = newSigningKey(this.#sealingKey, now);
    await this.#repository.add(fresh, session);
    await this.#repository.retireOthers(fresh._id, now, session);
    return fresh;
  }

  /** Whose files may still be good. */
  published(now: Date): Promise<SigningKey[]> {
    return this.#repository.listPublished(new Date(now.getTime() - (LONGEST_FILE_DAYS + 1) * DAY));
  }
}
