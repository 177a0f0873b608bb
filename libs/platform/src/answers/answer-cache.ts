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

/**
 * A version; where writes are under way their marks stand instead, each `!`, as many letters and when it ends by itself, so that
 * nobody takes them for one.
 */
const VERSION_LENGTH = 12;
const HEAD_LENGTH = 2 * VERSION_LENGTH;
const VERSION_SECONDS = 3_600;
/** A commit is over by then, or the process that waits for it says so once more. */
const WRITE_MS = 15_000;
/** MongoDB gives up a transaction after a minute: what nobody knows of is decided by then. */
const UNKNOWN_MS = 90_000;
/** Marks of one subject; of more, what is left is when the last of them ends by itself. */
const MOST_MARKS = 32;
const MOST_BYTES = 65_536;
/** Subjects of one command: Redis does nothing else meanwhile. */
const AT_ONCE = 500;

/** Reads marks: those that have not ended by themselves, without one of them, and when the last of them will. By Redis' own clock. */
const MARKS = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function areMarks(held) return held and string.sub(held, 1, 1) == '!' end
local function standing(held, without)
  local marks, last, count = '', now, 0
  for mark, till in string.gmatch(held, '(![^=]*)=(%d+)') do
    if mark ~= without and tonumber(till) > now then
      marks, last, count = marks .. mark .. '=' .. till, math.max(last, till), count + 1
    end
  end
  return marks, last, count
end
local function keep(key, marks, last)
  redis.call('SET', key, marks, 'PX', string.format('%.0f', last - now))
end
`;
/** Of each answer the versions that hold, made where there are none, and the answer behind them if it carries the same. */
const LOOK = `${MARKS}local found = {}
local function version(key)
  local held = redis.call('GET', key)
  if areMarks(held) then
    if standing(held) ~= '' then return '' end
    held = nil
  end
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
/** Marks of several writes stand beside each other, each with an end of its own: one that goes on keeps none that was left alive. */
const BEGIN = `${MARKS}for _, key in ipairs(KEYS) do
  local held, till = redis.call('GET', key), now + ARGV[2]
  local marks, last, count = '', till, 0
  if areMarks(held) then
    marks, last, count = standing(held, ARGV[1])
    if count >= ${MOST_MARKS} then marks = string.format('!=%.0f', last) end
    last = math.max(last, till)
  end
  keep(key, marks .. string.format('%s=%.0f', ARGV[1], till), last)
end`;
/** The next who looks makes another version, once no other write is under way. */
const END = `${MARKS}for _, key in ipairs(KEYS) do
  local held = redis.call('GET', key)
  local marks, last = '', 0
  if areMarks(held) then marks, last = standing(held, ARGV[1]) end
  if marks ~= '' then keep(key, marks, last) elseif held then redis.call('DEL', key) end
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

  /** Whether answers of a kind are looked for in Redis. */
  keeps(kind: AnswerKind): boolean {
    return this.#options.seconds[kind] !== undefined;
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
    const kept = found.length > HEAD_LENGTH ? readable<T>(found.subarray(HEAD_LENGTH)) : undefined;
    if (kept) {
      this.#read(kind, 'hit');
      return kept;
    }
    this.#read(kind, found.length === 0 ? 'written' : 'miss');
    const value = await load();
    if (found.length > 0 && isLasting(value))
      this.#fill(look, found.subarray(0, HEAD_LENGTH), value, seconds);
    return value;
  }

  async begin(all: readonly Subject[], before?: Writing): Promise<Writing | undefined> {
    const subjects = all.filter(({ kind }) => this.keeps(kind));
    if (subjects.length === 0) return before;
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

  async end(
    writing: Writing | undefined,
    { isKnown = true }: { readonly isKnown?: boolean } = {},
  ): Promise<void> {
    if (!writing) return;
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

/** What is kept, unless it was damaged: then it is no answer, and the next one takes its place. */
function readable<T extends object>(bytes: Buffer): T | undefined {
  try {
    return mongo.BSON.deserialize(bytes) as T;
  } catch {
    return undefined;
  }
}
