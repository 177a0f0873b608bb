/** Whether a shown API key holds: at once while its record is at hand, which is at most 800 ms old, and says so. */
import { refuse, type Refusal } from '@membership/contracts/errors';
import { found, type ApiKeyRecord, type CallerRecords } from '../storage/records.ts';
import { guess, provedBy } from '../credentials/guess.ts';
import { addressKey, keyKey } from '../credentials/login-failures.ts';
import type { LoginFailureRepository } from '../credentials/login-failure-repository.ts';
import { hashOf, keyIdOf, standingOf, type KeyStanding } from '../domain/api-key.ts';
import type { KeyUses } from './key-uses.ts';

export type KeyProofTools = {
  readonly records: Pick<CallerRecords, 'apiKeys'>;
  readonly failures: Pick<LoginFailureRepository, 'blocked' | 'count'>;
  readonly uses: Pick<KeyUses, 'note'>;
};

const notAKey = () =>
  refuse('AUTH_003', {
    text: {
      zh: 'API 密钥不完整或有误，请核对是否复制完整',
      en: 'This is no whole API key: part of it is missing or mistyped',
    },
  });
const wrong = () => refuse('AUTH_003', { text: { zh: 'API 密钥无效', en: 'This API key is not valid' } });

/** Why a key that is one of ours holds no more. */
const REFUSALS: Readonly<Record<Exclude<KeyStanding, 'current' | 'previous' | 'wrong'>, () => Refusal>> = {
  revoked: () =>
    refuse('AUTH_003', {
      text: { zh: '该 API 密钥已被吊销', en: 'This API key was revoked' },
    }),
  replaced: () =>
    refuse('AUTH_003', {
      text: {
        zh: '该 API 密钥已被更换，旧密钥不再有效',
        en: 'This API key was rotated, and the one before works no more',
      },
    }),
  ended: () => refuse('AUTH_002', { text: { zh: '该 API 密钥已过期', en: 'This API key has ended' } }),
};

export class ApiKeyProof {
  readonly #tools: KeyProofTools;
  constructor(tools: KeyProofTools) {
    this.#tools = tools;
  }

  /** The key, if its record is at hand and it holds; undefined: it is to be proved. Refuses AUTH_002 and AUTH_003. */
  peek(text: string): ApiKeyRecord | undefined {
    const id = keyIdOf(text);
    if (id === null) throw notAKey();
    const record = this.#tools.records.apiKeys.peek(id);
    return record ? (this.#held(record, text) ?? undefined) : undefined;
  }

  /**
   * The key, with its record read where it must be. Refuses AUTH_003 and AUTH_002; RATE_LIMITED after too many keys that are none:
   * ten failures of a key, a hundred of all keys from an address. A key that holds is let in however often others failed: it
   * cannot be guessed, and what is counted here is what guessing costs others.
   */
  async prove(text: string, address: string): Promise<ApiKeyRecord> {
    const { records, failures } = this.#tools;
    const id = keyIdOf(text);
    if (id === null) throw notAKey();
    const record = await found(records.apiKeys.get(id));
    const held = record && this.#held(record, text);
    if (held) return held;
    // A secret that does not fit may be a moment old, made in another gateway.
    const anew = record && (await found(records.apiKeys.getAnew(id)));
    const heldAnew = anew && this.#held(anew, text);
    if (heldAnew) return heldAnew;
    const guessed = await found(
      guess<ApiKeyRecord>(
        failures,
        { keys: [keyKey(id, address), addressKey(address)], now: new Date() },
        () => null,
      ),
    );
    return provedBy(guessed, wrong);
  }

  /** The record of a key that holds, null for a wrong secret. */
  #held(record: ApiKeyRecord, text: string): ApiKeyRecord | null {
    const now = Date.now();
    const shownHash = hashOf(text);
    const standing = standingOf(record, shownHash, now);
    if (standing === 'wrong') return null;
    if (standing !== 'current' && standing !== 'previous') throw REFUSALS[standing]();
    this.#tools.uses.note(record._id, shownHash, now);
    return record;
  }
}
