// What the finder works with: a store that can be had in some way, and one that runs.

export type StoreName = 'MongoDB' | 'RabbitMQ' | 'Redis';

/** Ways to a store, in the order in which they are tried. */
export const PROVIDERS = ['given', 'docker', 'installed', 'downloaded'] as const;
export type Provider = (typeof PROVIDERS)[number];

export type Log = (line: string) => void;

export type RunningStore = {
  readonly provider: Provider;
  /** For people: "mongod 6.0.5, downloaded, port 40123". */
  readonly description: string;
  /** The server's address, without a database. */
  readonly uri: string;
  pids(): number[];
  /** Ends it without warning, as a crash would; absent for a store that is not ours. */
  kill?(signal?: NodeJS.Signals): Promise<void>;
  /** How it ended, if it did without being stopped; absent where nobody here would know. */
  ending?(): string | undefined;
  /** Starts it again after `kill`, on the same port and data. */
  start?(): Promise<void>;
  stop(): Promise<void>;
};

/** How a store is to run; the same for every provider. */
export type StoreSettings = {
  /** The stack's folder: data, logs and pids lie under it. */
  stackDir: string;
  /** Ports that this store may use, by name. */
  ports: Readonly<Record<string, number>>;
  /** Throw-away data, for tests: removed afterwards, small caches. */
  throwaway: boolean;
  /** For tests and not for measurements: nobody counts microseconds, and CPU is the tests'. */
  inMemory?: boolean | undefined;
  /** RabbitMQ: a file that says what stands there, and whose users may do what. */
  definitions?: string | undefined;
  log: Log;
};

/** Thrown by a provider that cannot give the store; the finder goes on to the next and says why. */
export class PassedOver extends Error {
  override readonly name = 'PassedOver';
}
