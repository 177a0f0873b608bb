/**
 * The Redis that processes share. Nothing ever fails because of it: what it does not answer at once counts as not to be had, and
 * until it answers again nobody asks.
 */
import { createHash } from 'node:crypto';
import { createClient, RESP_TYPES } from '@redis/client';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';

/** Why a question to Redis has no answer. Whoever asked goes on by what it knows itself. */
export class StoreAway extends Error {
  override readonly name = 'StoreAway';
  constructor() {
    super('Redis does not answer');
  }
}

export type ScriptValue = string | number | Buffer;
type Script = { readonly text: string; readonly digest: string };
type Question = { readonly askedAt: number; readonly giveUp: () => void };

/** How long a request waits for Redis, once: then nobody waits until Redis has answered. */
const PATIENCE_MILLISECONDS = 150;
const LOOK_MILLISECONDS = 50;
const CONNECT_MILLISECONDS = 1_000;
/** A Redis that refuses what it is asked (a password, no memory left) is asked again so much later. */
const REFUSED_MILLISECONDS = 1_000;
/** A connection on which nothing comes for so long, though it is asked, is made anew. */
const SILENCE_MILLISECONDS = 5_000;
const PING_MILLISECONDS = 2_000;
const MOST_WAITING = 10_000;
const LONGEST_RETRY_MILLISECONDS = 1_000;

/** Refused by a replica; before Redis 7 a script's refusal has words of its own before that. */
const READ_ONLY = /(^|-)READONLY\b/;
/** What an error says of the address that an operator gave. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    READ_ONLY,
    'REDIS_URL leads to a replica: it must lead to the primary, by a name that follows it; it is connected to anew',
  ],
  [
    /^(MOVED|ASK|CROSSSLOT|CLUSTERDOWN)/,
    'REDIS_URL leads to a node of a Redis Cluster, which has some of the keys: give a Redis without cluster mode',
  ],
  [
    /^ERR unknown command/,
    'REDIS_URL leads to a Sentinel, or to what is no Redis: give the name that leads to the primary',
  ],
];
const hintOf = ({ message }: Error): string | undefined =>
  HINTS.find(([pattern]) => pattern.test(message))?.[1];

const clientOf = (url: string) =>
  createClient({
    url,
    RESP: 2,
    disableOfflineQueue: true,
    disableClientInfo: true,
    commandsQueueMaxLength: MOST_WAITING,
    pingInterval: PING_MILLISECONDS,
    socket: {
      connectTimeout: CONNECT_MILLISECONDS,
      socketTimeout: SILENCE_MILLISECONDS,
      reconnectStrategy: (tries) => Math.min(50 * 2 ** Math.min(tries, 10), LONGEST_RETRY_MILLISECONDS),
    },
  });

export type SharedStoreOptions = {
  readonly url: string;
  /** Put before every key. */
  readonly prefix: string;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly metrics: Pick<Metrics, 'gauge'>;
  /** The gauge that says whether it answers. */
  readonly gauge: string;
  /** What the log says when it answers, and when it does not. */
  readonly says: { readonly up: string; readonly away: string };
  /** Whether `server` is wanted. */
  readonly isIdentified?: boolean;
};

export class SharedStore {
  readonly prefix: string;
  readonly #client: ReturnType<typeof clientOf>;
  readonly #options: SharedStoreOptions;
  readonly #bytes;
  readonly #scripts = new Map<string, Script>();
  readonly #questions = new Set<Question>();
  readonly #whenBack: (() => void)[] = [];
  readonly #whenKnown: ((server: string) => void)[] = [];
  #watch: NodeJS.Timeout | undefined;
  #connectingAnew: NodeJS.Timeout | undefined;
  #isSilent = false;
  #askAgainAt = 0;
  #wasUp: boolean | undefined;
  #server: string | undefined;
  #connection = 0;

  constructor(options: SharedStoreOptions) {
    const { url, prefix, metrics, gauge: name } = options;
    this.prefix = prefix;
    this.#options = options;
    this.#client = clientOf(url);
    this.#bytes = this.#client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
    this.#client.on('ready', () => this.#greet());
    this.#client.on('error', (error: Error) => this.#tell(false, error));
    metrics.gauge(name, 'Whether Redis answers', [], (gauge) =>
      gauge.set(this.isReady && this.#wasUp === true ? 1 : 0),
    );
  }

  /** Whether it is worth asking. */
  get isReady(): boolean {
    return this.#client.isReady && !this.#isSilent && performance.now() >= this.#askAgainAt;
  }

  /** The run of a server that is connected to, by its own name: another one after each start. Undefined until it is known. */
  get server(): string | undefined {
    return this.isReady ? this.#server : undefined;
  }

  /** Called each time Redis answers again: what it was not told meanwhile may be told. */
  onBack(listener: () => void): void {
    this.#whenBack.push(listener);
  }

  /** Called each time it is known which run of a server is connected to. */
  onServer(listener: (server: string) => void): void {
    this.#whenKnown.push(listener);
  }

  /** Begins to connect, and goes on for as long as it takes: no start waits for Redis. */
  start(): void {
    this.#client.connect().catch((error: Error) => this.#tell(false, error));
  }

  stop(): void {
    clearInterval(this.#watch);
    clearTimeout(this.#connectingAnew);
    for (const { giveUp } of this.#questions) giveUp();
    if (this.#client.isOpen) this.#client.destroy();
  }

  /** What a script answers. Rejects, with StoreAway where Redis does not answer soon. */
  run(script: string, keys: readonly string[], values: readonly ScriptValue[]): Promise<unknown> {
    return this.#run(this.#client, script, keys, values);
  }

  /** As `run`; strings of the answer come as the bytes that they are. */
  runForBytes(script: string, keys: readonly string[], values: readonly ScriptValue[]): Promise<unknown> {
    return this.#run(this.#bytes, script, keys, values);
  }

  #run(
    client: Pick<ReturnType<typeof clientOf>, 'evalSha' | 'eval'>,
    script: string,
    keys: readonly string[],
    values: readonly ScriptValue[],
  ): Promise<unknown> {
    const { text, digest } = this.#scriptOf(script);
    const given = {
      keys: [...keys],
      arguments: values.map((value) => (typeof value === 'number' ? String(value) : value)),
    };
    return this.#inTime(async () => {
      try {
        return await client.evalSha(digest, given);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return client.eval(text, given);
      }
    });
  }

  /** A connection that stands may still be one on which nothing is allowed. */
  #greet(): void {
    this.#askAgainAt = 0;
    this.#server = undefined;
    if (this.#options.isIdentified) void this.#identify(++this.#connection);
    this.#inTime(() => this.#client.set(`${this.prefix}greeting`, '', { EX: 60 })).catch(() => undefined);
  }

  /** Asks until it says which run it is: one that does not is none that could be told from another. */
  async #identify(connection: number): Promise<void> {
    const text = await this.#inTime(() => this.#client.info('server')).catch(() => '');
    if (connection !== this.#connection) return;
    this.#server = /^run_id:(\w+)/m.exec(text)?.[1];
    if (this.#server === undefined)
      setTimeout(() => {
        if (connection === this.#connection && this.#client.isOpen) void this.#identify(connection);
      }, REFUSED_MILLISECONDS).unref();
    else for (const listener of this.#whenKnown) listener(this.#server);
  }

  /** After a failover the connection still leads to what was the primary; its name leads to another by now, or soon. */
  connectAnew(): void {
    this.#connectingAnew ??= setTimeout(() => {
      this.#connectingAnew = undefined;
      if (this.#client.isOpen) this.#client.destroy();
      this.start();
    }, REFUSED_MILLISECONDS).unref();
  }

  #scriptOf(text: string): Script {
    let script = this.#scripts.get(text);
    if (!script) {
      script = { text, digest: createHash('sha1').update(text).digest('hex') };
      this.#scripts.set(text, script);
    }
    return script;
  }

  async #inTime<T>(ask: () => Promise<T>): Promise<T> {
    if (!this.isReady) throw new StoreAway();
    const { promise: away, reject } = Promise.withResolvers<never>();
    const question = { askedAt: performance.now(), giveUp: () => reject(new StoreAway()) };
    this.#questions.add(question);
    this.#watch ??= setInterval(() => this.#look(), LOOK_MILLISECONDS).unref();
    const answer = ask()
      .then(
        (value) => {
          this.#isSilent = false;
          this.#tell(true);
          return value;
        },
        (error: Error) => {
          if (this.#client.isReady) this.#askAgainAt = performance.now() + REFUSED_MILLISECONDS;
          if (READ_ONLY.test(error.message)) this.connectAnew();
          this.#tell(false, error);
          throw error;
        },
      )
      .finally(() => {
        this.#questions.delete(question);
        this.#isSilent = false;
      });
    return Promise.race([answer, away]);
  }

  /** Answers come in the order of the questions, so the oldest tells of all. */
  #look(): void {
    const [oldest] = this.#questions;
    if (!oldest) {
      clearInterval(this.#watch);
      this.#watch = undefined;
      return;
    }
    if (performance.now() - oldest.askedAt < PATIENCE_MILLISECONDS) return;
    // A process that was held up itself has answers that it has not read yet: they are read before this is called.
    setImmediate(() => {
      if (!this.#questions.has(oldest)) return;
      this.#isSilent = true;
      this.#tell(false, new StoreAway());
      for (const { giveUp } of this.#questions) giveUp();
    });
  }

  /** Says once that it is away, and once that it is back. */
  #tell(isUp: boolean, error?: Error): void {
    if (this.#wasUp === isUp) return;
    this.#wasUp = isUp;
    const { logger, says } = this.#options;
    if (isUp) {
      logger.info({}, `Redis answers: ${says.up}`);
      for (const listener of this.#whenBack) listener();
      return;
    }
    const hint = error && hintOf(error);
    logger.warn({ err: error, ...(hint ? { hint } : {}) }, `Redis is away: ${says.away}`);
  }
}
