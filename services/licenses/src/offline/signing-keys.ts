/** Which key signs now, and which signs next: that one is published ahead of its time, so that software knows it already. */
import type { KeyObject } from 'node:crypto';
import { invalid, notFound } from '@membership/contracts/errors';
import { LONGEST_FILE_DAYS } from '@membership/contracts/endpoints/licenses/index';
import type { Deed } from '@membership/platform/deed';
import type { HeldSecret } from '@membership/platform/held-secret';
import type { Logger } from '@membership/platform/log';
import { sealedKey } from '@membership/platform/sealed-key-pair';
import type { UnitOfWork } from '@membership/platform/transaction';
import { DAY, endAfterDays } from '../term.ts';
import { newSigningKey, openedKey, sealingKeyOf, type SigningKey } from './signing-key.ts';
import type { SigningKeyRepository } from './signing-key-repository.ts';

type Options = {
  readonly repository: SigningKeyRepository;
  /** The secret under which private parts are sealed. */
  readonly secret: HeldSecret;
  /** Days after which a key is replaced by itself. */
  readonly days: number;
  readonly logger: Pick<Logger, 'info'>;
};
/** `signsUntil`: by when another one takes its place, as far as is known now. */
type Signing = SigningKey & { readonly key: KeyObject; readonly signsUntil: Date };

/** How long before its time a next key is published, at most: a third of what a key lasts, where that is less. */
const AHEAD = 30 * DAY;

export class SigningKeys {
  readonly #repository: SigningKeyRepository;
  readonly #sealingKeys: () => readonly [Buffer, ...Buffer[]];
  readonly #lifetime: number;
  readonly #logger: Pick<Logger, 'info'>;
  constructor({ repository, secret, days, logger }: Options) {
    this.#repository = repository;
    this.#sealingKeys = secret.of(sealingKeyOf);
    this.#lifetime = days * DAY;
    this.#logger = logger;
  }

  /**
   * The key that signs now: the newest whose time has come, until its age ends it or, where the next one was announced for
   * later, until then; else a new one, committed before anything is signed with it.
   */
  async current(now: Date): Promise<Signing> {
    const known = this.#opened(await this.#repository.listSigning());
    const signing = known.find(({ startsAt }) => startsAt <= now);
    const next = known.findLast(({ startsAt }) => startsAt > now);
    if (signing && (next || now.getTime() - signing.startsAt.getTime() < this.#lifetime))
      return { ...signing, signsUntil: next?.startsAt ?? this.#endOf(signing) };
    const fresh = newSigningKey(this.#sealingKeys()[0], { now, startsAt: now });
    await this.#repository.add(fresh);
    const key = this.#open(fresh) as KeyObject;
    return { ...fresh, key, signsUntil: next?.startsAt ?? this.#endOf(fresh) };
  }

  /**
   * What is due, for a job: the first key, the next one ahead of its time, the end of those whose time is over or whose
   * private part cannot be opened any more, and private parts that lie under a secret of before. Returns how many it made, ended
   * and sealed anew.
   */
  async renew(now: Date): Promise<number> {
    const signing = await this.current(now);
    const known = await this.#repository.listSigning();
    const upcoming = this.#opened(known).filter(({ startsAt }) => startsAt > now);
    const kept = new Set([signing, ...upcoming].map(({ _id }) => _id));
    const over = known.filter(({ _id }) => !kept.has(_id));
    await this.#repository.retire(over, now);
    const end = this.#endOf(signing);
    const isDue =
      upcoming.length === 0 && now.getTime() >= end.getTime() - Math.min(AHEAD, this.#lifetime / 3);
    if (isDue) await this.#repository.add(newSigningKey(this.#sealingKeys()[0], { now, startsAt: end }));
    return over.length + (isDue ? 1 : 0) + (await this.#sealAnew(known.filter(({ _id }) => kept.has(_id))));
  }

  /** Seals under the present secret what lies under one of before, so that this one may be left out. */
  async #sealAnew(keys: readonly SigningKey[]): Promise<number> {
    const [present] = this.#sealingKeys();
    let sealed = 0;
    for (const key of keys) {
      const opened = openedKey(key, present) ? null : this.#open(key);
      if (opened && (await this.#repository.sealAnew(key, sealedKey(key._id, opened, present)))) sealed++;
    }
    return sealed;
  }

  /** A new key in the place of all others: at once, or published now and signing after some days. */
  async rotate(now: Date, announceDays: number, deed: Deed, unit: UnitOfWork): Promise<SigningKey> {
    const { session } = unit;
    const known = await this.#repository.listSigning(session);
    const fresh = newSigningKey(this.#sealingKeys()[0], { now, startsAt: endAfterDays(now, announceDays) });
    await this.#repository.add(fresh, session);
    const isReplaced = ({ startsAt }: SigningKey) => announceDays === 0 || startsAt > now;
    await this.#repository.retire(known.filter(isReplaced), now, session);
    const told = { kid: fresh._id, startsAt: fresh.startsAt, ...deed };
    unit.afterCommit(() => this.#logger.info(told, 'licence files have another key'));
    return fresh;
  }

  /**
   * Withdraws a key that others may know: it signs no more, its private part is gone, and verifiers refuse what it signed since
   * a moment. Another one signs at once. Refuses an unknown one (404) and a moment ahead (400).
   */
  async withdraw(
    id: string,
    { since, now, deed }: { readonly since: Date; readonly now: Date; readonly deed: Deed },
    unit: UnitOfWork,
  ): Promise<SigningKey> {
    const { session } = unit;
    const key = await this.#repository.find(id, session);
    if (!key) throw notFound();
    if (since > now) throw invalid({ since: { zh: '不能晚于当前时间', en: 'Must not be in the future' } });
    await this.#repository.withdraw(key, { since, now, session });
    const known = await this.#repository.listSigning(session);
    if (!known.some(({ startsAt }) => startsAt <= now))
      await this.#repository.add(newSigningKey(this.#sealingKeys()[0], { now, startsAt: now }), session);
    const told = { kid: id, since, ...deed };
    unit.afterCommit(() => this.#logger.info(told, 'a key of licence files was withdrawn'));
    return (await this.#repository.find(id, session)) as SigningKey;
  }

  #endOf({ startsAt }: SigningKey): Date {
    return new Date(startsAt.getTime() + this.#lifetime);
  }

  /** Whose files may still be good, or will be. */
  published(now: Date): Promise<SigningKey[]> {
    return this.#repository.listPublished(new Date(now.getTime() - (LONGEST_FILE_DAYS + 1) * DAY));
  }

  #open(key: SigningKey): KeyObject | null {
    for (const sealingKey of this.#sealingKeys()) {
      const opened = openedKey(key, sealingKey);
      if (opened) return opened;
    }
    return null;
  }

  /** Those whose private part opens, the latest to start first. */
  #opened(known: readonly SigningKey[]): Omit<Signing, 'signsUntil'>[] {
    return known.flatMap((one) => {
      const key = this.#open(one);
      return key ? [{ ...one, key }] : [];
    });
  }
}
