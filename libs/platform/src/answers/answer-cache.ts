/**
 * Answers that are kept in Redis, and never older than what a client has written: the whole of why is in ADR 19. An answer is about
 * a subject, a member of a tenant, and carries the version of both under which it was read. Whoever writes about a subject
 * gives it another version before the commit, which nobody fills under, and another one after it, before the client hears.
 */
import { randomBytes } from 'node:crypto';
import type { Connection } from 'mongoose';
import { mongo } from 'mongoose';
import type { AnswerKeeper, AnswerKind, Subject, Writing } from '../answer-subjects.ts';
import type { Metrics } from '../metrics.ts';
import type { SharedStore } from '../shared-store.ts';
import { SharedReads } from '../shared-reads.ts';
import { CommitUnknown } from '../transaction-failures.ts';
import { AnswerTrust, type Trust } from './answer-trust.ts';

export type AnswerCacheOptions = {
  readonly connection: Connection;
  readonly store: SharedStore;
  readonly metrics: Metrics;
  /** Seconds for which answers are kept; a kind that is not named is not kept. */
  readonly seconds: Partial<Readonly<Record<AnswerKind, number>>>;
  /** Milliseconds after the start of a process in which nobody reads: as long as others may end that know of no cache. */
  readonly settle: number;
};

/** A version; where writes are under way their marks stand instead, each `!` and as many letters, so nobody takes them for one. */
const VERSION_LENGTH = 12;
const HEAD_LENGTH = 2 * VERSION_LENGTH;
const VERSION_SECONDS = 3_600;
/** A commit is over by then, or the process that waits for it says so once more. */
const WRITE_MS = 15_000;
/** MongoDB gives up a transaction after a minute: what nobody knows of is decided by then. */
const UNKNOWN_MS = 90_000;
/** Marks of one subject; with more of them nobody reads until they have ended by themselves. */
const MOST_MARKS = 32;
const MOST_BYTES = 65_536;
/** Subjects of one command: Redis does nothing else meanwhile. */
const AT_ONCE = 500;

/** Of each answer the versions that hold, made where there are none, and the answer behind them if it carries the same. */
const LOOK = `local found = {}
local function version(key)
  local held = redis.call('GET', key)
  if not held then
    held = ARGV[1]
    redis.call('SET', key, held, 'EX', ARGV[2])
  end
  return held
end
for i = 1, #KEYS, 3 do
  local held = version(KEYS[i]) .. version(KEYS[i + 1])
  if #held == ${HEAD_LENGTH} then
    local kept = redis.call('GET', KEYS[i + 2])
    if kept and string.sub(kept, 1, ${HEAD_LENGTH}) == held then held = kept end
  else
    held = ''
  end
  found[#found + 1] = held
end
return found`;
/** Keeps an answer while the versions hold under which it was read. */
const FILL = `local held = (redis.call('GET', KEYS[1]) or '') .. (redis.call('GET', KEYS[2]) or '')
if held == ARGV[1] then redis.call('SET', KEYS[3], ARGV[1] .. ARGV[3], 'PX', ARGV[2]) end`;
/** Marks of several writes stand beside each other: the end of one is not the end of another that may still commit. */
const BEGIN = `for _, key in ipairs(KEYS) do
  local marks, left = redis.call('GET', key), tonumber(ARGV[2])
  if marks and string.sub(marks, 1, 1) == '!' then
    left = math.max(left, redis.call('PTTL', key))
    if #marks > ${MOST_MARKS * (VERSION_LENGTH + 1)} then marks = '!' end
    if not string.find(marks, ARGV[1], 1, true) then marks = marks .. ARGV[1] end
  else
    marks = ARGV[1]
  end
  redis.call('SET', key, marks, 'PX', left)
end`;
/** The next who looks makes another version, once no other write is under way. */
const END = `for _, key in ipairs(KEYS) do
  local held = redis.call('GET', key)
  if held and string.sub(held, 1, 1) == '!' then
    local first, last = string.find(held, ARGV[1], 1, true)
    held = first and string.sub(held, 1, first - 1) .. string.sub(held, last + 1)
  elseif held then
    held = ''
  end
  if held == '' then redis.call('DEL', key)
  elseif held then redis.call('SET', key, held, 'KEEPTTL') end
end`;

type Look = { readonly subject: Subject; readonly variant: string; readonly trust: Trust };
export class AnswerCache implements AnswerKeeper {
  readonly #options: AnswerCacheOptions;
  readonly #trust: AnswerTrust;
  readonly #looks: SharedReads<Look, Buffer>;
  readonly #read: (kind: AnswerKind, result: 'hit' | 'miss' | 'written' | 'away') => void;
  /** All are just being told of the Redis that this process has come to. */
  #isComing = false;
  readonly #written: (result: 'told' | 'closed') => void;

  constructor(options: AnswerCacheOptions) {
    const { connection, metrics, store } = options;
    this.#options = options;
    this.#trust = new AnswerTrust(connection);
    this.#looks = new SharedReads<Look, Buffer>({
      nameOf: (look) => this.#keysOf(look).join(' '),
      ask: (looks) => this.#look(looks),
    });
    const reads = metrics.counter(
      'membership_answer_cache_reads_total',
      'Answers looked for in Redis: there, not there, just being written, Redis or the word to use it away',
      ['kind', 'result'],
    );
    this.#read = (kind, result) => reads.inc({ kind, result });
    const writes = metrics.counter(
      'membership_answer_cache_writes_total',
      'Commits of which Redis was told, and those for which the cache was closed or had been',
      ['result'],
    );
    this.#written = (result) => writes.inc({ result });
    store.onServer((server) => void this.#use(server));
  }

  /** Before the first request. */
  async start(): Promise<void> {
    await this.#trust.begin(this.#options.settle);
    this.#options.store.start();
  }

  stop(): void {
    this.#options.store.stop();
  }

  /**
   * The kept answer, or what `load` gives, which is kept if `isLasting` says so. What is kept comes as BSON gives it back.
   * `variant` tells answers about a subject apart.
   */
  async read<T extends object>(
    subject: Subject,
    variant: string,
    load: () => Promise<T>,
    isLasting: (value: T) => boolean = () => true,
  ): Promise<T> {
    const { kind } = subject;
    const seconds = this.#options.seconds[kind];
    if (seconds === undefined) return load();
    const look = await this.#begunLook(subject, variant);
    const found = look && (await this.#looks.get(look).catch(() => undefined));
    if (!look || !found || !this.#isStill(look.trust)) {
      this.#read(kind, 'away');
      return load();
    }
    if (found.length > HEAD_LENGTH) {
      this.#read(kind, 'hit');
      return mongo.BSON.deserialize(found.subarray(HEAD_LENGTH)) as T;
    }
    this.#read(kind, found.length === 0 ? 'written' : 'miss');
    const value = await load();
    if (found.length === HEAD_LENGTH && isLasting(value)) this.#fill(look, found, value, seconds);
    return value;
  }

  async begin(subjects: readonly Subject[], before?: Writing): Promise<Writing> {
    const mark = before?.mark ?? `!${randomBytes(9).toString('base64url')}`;
    const writing = { subjects: [...(before?.subjects ?? []), ...subjects], mark };
    try {
      const trust = await this.#trust.forWriting();
      if (!trust.isClosed && !(await this.#tell(trust, writing, BEGIN, WRITE_MS))) await this.#trust.close();
    } catch {
      // The end of the write says so again, and insists.
    }
    return writing;
  }

  async end(writing: Writing, { isKnown = true }: { readonly isKnown?: boolean } = {}): Promise<void> {
    try {
      let trust = await this.#trust.forWriting();
      if (
        !trust.isClosed &&
        !(await (isKnown ? this.#tell(trust, writing, END) : this.#tell(trust, writing, BEGIN, UNKNOWN_MS)))
      ) {
        await this.#trust.close();
        trust = await this.#trust.forWriting();
      } else if (trust.isClosed && !this.#isLinked(trust)) {
        this.#trust.stayClosed().catch(() => undefined);
      }
      this.#written(trust.isClosed ? 'closed' : 'told');
      await this.#trust.settled();
    } catch (error) {
      throw new CommitUnknown(error);
    }
  }

  async #use(server: string): Promise<void> {
    this.#isComing = true;
    await this.#trust.use(server).catch(() => undefined);
    this.#isComing = false;
  }

  /** What may be looked for now; undefined where nothing may. */
  async #begunLook(subject: Subject, variant: string): Promise<Look | undefined> {
    if (!this.#options.store.isReady) return undefined;
    const trust = await this.#trust.forReading().catch(() => undefined);
    return trust && this.#isStill(trust) ? { subject, variant, trust } : undefined;
  }

  #isLinked({ server }: Trust): boolean {
    return server !== null && server === this.#options.store.server;
  }

  #isStill(trust: Trust): boolean {
    return !trust.isClosed && this.#isLinked(trust) && this.#trust.holds(trust);
  }

  async #look(looks: readonly Look[]): Promise<Map<string, Buffer>> {
    const keys = looks.map((look) => this.#keysOf(look));
    const version = randomBytes(9).toString('base64url');
    const found = (await this.#options.store.runForBytes(LOOK, keys.flat(), [
      version,
      VERSION_SECONDS,
    ])) as Buffer[];
    return new Map(found.map((each, index) => [keys[index]?.join(' ') ?? '', each]));
  }

  #fill(look: Look, versions: Buffer, value: object, seconds: number): void {
    const body = mongo.BSON.serialize(value, { ignoreUndefined: true });
    if (body.length > MOST_BYTES) return;
    this.#options.store
      .run(FILL, this.#keysOf(look), [versions, seconds * 1_000, Buffer.from(body)])
      .catch(() => undefined);
  }

  /** Whether Redis has heard it, and is the one from which all read. */
  async #tell(
    trust: Trust,
    { subjects, mark }: Writing,
    script: string,
    ...values: number[]
  ): Promise<boolean> {
    const { store } = this.#options;
    if (!this.#isLinked(trust)) {
      // Others have come to another: its name leads there by now.
      if (store.server !== undefined && !this.#isComing) store.connectAnew();
      return false;
    }
    const keys = [...new Set(subjects.map((subject) => this.#versionKey(trust, subject)))];
    try {
      for (let start = 0; start < keys.length; start += AT_ONCE)
        await store.run(script, keys.slice(start, start + AT_ONCE), [mark, ...values]);
    } catch {
      return false;
    }
    return this.#isLinked(trust);
  }

  #versionKey({ epoch }: Trust, { kind, tenantId, id }: Subject): string {
    return `${this.#options.store.prefix}${epoch}:${kind}:${tenantId}${id === undefined ? '' : `:${id}`}`;
  }

  #keysOf({ subject, variant, trust }: Look): string[] {
    const { kind, tenantId } = subject;
    const own = this.#versionKey(trust, subject);
    return [this.#versionKey(trust, { kind, tenantId }), own, `${own}=${variant}`];
  }
}
