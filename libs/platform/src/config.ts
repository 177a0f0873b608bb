/** Settings of a process: read once from the environment (or `<NAME>_FILE`), checked, frozen. A bad setting stops the start and names itself. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Why a process does not start: every wrong setting at once. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`The settings are not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** The environment of this process: the one place that reads it. */
export const processEnvironment: Readonly<Record<string, string | undefined>> = process.env;

const port = z.coerce.number().int().min(0).max(65_535);
/** A secret: required, at least 32 characters; in production no well-known one. */
export const secret = z.string().min(32, 'must have at least 32 characters');
/** Values of an overlapping secret: one, and those of before while something still rests on them. */
const MOST_VALUES = 4;
const PRIVATE_KEYS = /-----BEGIN [A-Z ]*PRIVATE KEY-----.+?-----END [A-Z ]*PRIVATE KEY-----/gs;
/** A random key may hold any word. */
/** Whether a text is, or claims to be, a key in PEM. */
export const isPem = (text: string): boolean => text.includes('-----BEGIN ');
/** Keys in PEM, which have white space of their own, or what white space and commas part. */
const valuesIn = (text: string): string[] =>
  text.match(PRIVATE_KEYS) ?? (isPem(text) ? [text] : text.split(/[\s,]+/).filter(Boolean));
/** A key of which a part is missing must not be passed over. */
const isDamaged = (text: string): boolean => /PRIVATE KEY-----/.test(text.replace(PRIVATE_KEYS, ''));
/**
 * A secret that is changed while it is in use: the present value, then, with commas or white space between, those of before,
 * which are believed and opened until they are left out (`HeldSecret`).
 */
export const overlappingSecret = z.string().transform((text, context): readonly string[] => {
  const values = valuesIn(text);
  const problem =
    values.length === 0 || values.some((value) => value.length < 32)
      ? 'must have at least 32 characters, each value if there are several'
      : values.length > MOST_VALUES
        ? `has ${values.length} values: leave out the oldest, ${MOST_VALUES} are the most`
        : new Set(values).size < values.length
          ? 'names one value twice'
          : isDamaged(text)
            ? 'has a private key in PEM without its begin or its end'
            : null;
  if (problem === null) return values;
  context.addIssue({ code: 'custom', message: problem });
  return z.NEVER;
});
export const wholeNumber = (fallback: number, minimum = 0, maximum = Number.MAX_SAFE_INTEGER) =>
  z.coerce.number().int().min(minimum).max(maximum).default(fallback);
export const onOff = (fallback: boolean) =>
  z
    .enum(['true', 'false'])
    .default(fallback ? 'true' : 'false')
    .transform((text) => text === 'true');

const compressorsIn = (uri: string): string[] =>
  [...new URLSearchParams(uri.split('?')[1])]
    .filter(([name]) => name.toLowerCase() === 'compressors')
    .flatMap(([, list]) => list.split(','));

/** Settings that every process has. */
export const commonSettings = {
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  HOST: z.string().default('0.0.0.0'),
  PORT: port.default(3000),
  METRICS_PORT: port.default(9464),
  MONGODB_URI: z
    .string()
    .regex(
      /^mongodb(\+srv)?:\/\/.+\/[^/?]+/,
      'must be a mongodb:// URI with a database name, such as mongodb://host:27017/points',
    )
    // The others are packages that the driver looks for at the first command.
    .refine(
      (uri) => compressorsIn(uri).every((name) => name === 'zlib' || name === 'none'),
      'of the compressors zlib alone is here',
    ),
  AMQP_URL: z.string().regex(/^amqps?:\/\//, 'must be an amqp:// URL'),
  /** Put before every name at the broker, so that several platforms can share one. */
  BUS_PREFIX: z
    .string()
    .regex(/^[\w.-]*$/)
    .default(''),
  /**
   * `given`: exchanges and queues were made by the broker's own definitions (deploy/rabbitmq/definitions.json), so that the
   * service's user needs no right to make or delete any.
   */
  BUS_TOPOLOGY: z.enum(['declare', 'given']).default('declare'),
  /** The gateway's address as clients see it; links in answers are built from it. */
  PUBLIC_URL: z.url().default('http://localhost:8000'),
  /** Seconds that a stopping process gives to what it has in hand. */
  SHUTDOWN_SECONDS: wholeNumber(25, 1, 600),
  /** Milliseconds within which a write is committed or refused: five seconds less than the gateway waits for an answer. */
  WRITE_DEADLINE_MS: wholeNumber(10_000, 100, 600_000),
  /** Seconds in which a client may take nothing of an answer that waits for it; then its connection is cut. */
  WRITE_STALL_SECONDS: wholeNumber(30, 1, 3_600),
  /** false: indexes and migrations are the migration job's (`node src/main.ts migrate`); the process waits for it. */
  MIGRATE_AT_START: onOff(true),
  /**
   * Seconds after a change of a secret's file from which its new value signs and seals: by then every process has read it.
   * Until then the value before does.
   */
  SECRET_SETTLE_SECONDS: wholeNumber(120, 0, 86_400),
};
const isOneServer = (text: string): boolean =>
  /^rediss?:\/\/./.test(text) && URL.canParse(text) && !new URL(text).hostname.includes(',');
/** Settings of processes that may share a Redis; unless there is one, each does without. */
export const redisSettings = {
  REDIS_URL: z
    .string()
    .refine(
      isOneServer,
      'must be a redis:// or rediss:// URL of one server, such as redis://host:6379; with Sentinel, of the name that leads to the primary (Redis Cluster is not used)',
    )
    .optional(),
  /** Put before every key there, so that several platforms can share one. */
  REDIS_PREFIX: z
    .string()
    .regex(/^[\w.:-]{0,64}$/)
    .default('membership:'),
};
/** Settings of services that keep answers in Redis. */
export const answerCacheSettings = {
  ...redisSettings,
  /**
   * Seconds after the start of any process of the service in which no answer is read from there: as long as processes may end
   * that were started with other settings, or are of a version that does not keep to them.
   */
  ANSWER_CACHE_SETTLE_SECONDS: wholeNumber(60, 0, 86_400),
};
/** Settings of the services behind the gateway. */
export const serviceSettings = {
  ...commonSettings,
  /** Key that the gateway shares with this service alone. */
  INTERNAL_KEY: overlappingSecret,
  GATEWAY_INTERNAL_URL: z.url().default('http://localhost:8080'),
};

/** The settings of one service: the common ones and its own. */
export type ServiceFields = typeof commonSettings & Record<string, z.ZodType>;
type Fields = Record<string, z.ZodType>;
type Environment = Readonly<Record<string, string | undefined>>;
/** Secrets by name, each with the values that it has. */
export type OtherSecrets = readonly (readonly [name: string, values: readonly string[]])[];
export type Settings<F extends Fields> = Readonly<{ [Name in keyof F]: z.output<F[Name]> }>;

const WELL_KNOWN =
  /change-?me|example|default|secret-?key|password|demo|insecure|development|local-?only|^(guest|admin|root|secret|rabbitmq|mongodb?|12345\d*)$/i;
const CREDENTIALS = /^[a-z][a-z+]*:\/\/([^/?#]*)@/;

/** Settings whose passwords are looked at. */
const ADDRESSES: readonly string[] = ['MONGODB_URI', 'AMQP_URL', 'REDIS_URL'];

/** Secrets inside a value: a URL's password (RabbitMQ takes `guest` where a URL names nobody), else the whole of it. */
function secretsIn(name: string, value: string): string[] {
  if (!ADDRESSES.includes(name)) return [value];
  const [user = '', ...password] = (CREDENTIALS.exec(value)?.[1] ?? '').split(':');
  if (password.length === 0) return name === 'AMQP_URL' && user === '' ? ['guest'] : [];
  const clear = decoded(password.join(':'));
  // Nobody's secret is its own name.
  return [clear === decoded(user) ? 'default' : clear];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Secrets that were given the same value: who knows one of them could pass for the other. */
function equalSecrets(given: Readonly<Record<string, string>>, secrets: readonly string[]): string[] {
  const values = new Map(
    secrets.map((name) => [name, [given[name] ?? [], valuesIn(given[name] ?? '')].flat()]),
  );
  return secrets.flatMap((name, index) => {
    const same = secrets
      .slice(index + 1)
      .filter((other) => values.get(other)?.some((value) => values.get(name)?.includes(value)));
    return same.map((other) => saysSame(name, other));
  });
}
const saysSame = (name: string, other: string): string =>
  `${name} and ${other} are the same: each needs a value of its own`;

/**
 * Reads settings. `NAME_FILE` names a file that holds the value of NAME (Kubernetes and compose secrets).
 * Throws ConfigError with every problem: two secrets that are equal, too. In production a well-known secret is refused, also
 * as the password of a URL.
 */
export function readSettings<F extends Fields>(
  fields: F,
  environment: Environment,
  secrets: readonly (keyof F & string)[] = [],
): Settings<F> {
  const problems: string[] = [];
  const given: Record<string, string> = {};
  for (const name of Object.keys(fields)) {
    const file = environment[`${name}_FILE`];
    const value = environment[name];
    if (value !== undefined && value !== '') given[name] = value;
    if (!file) continue;
    if (given[name] !== undefined) problems.push(`${name} and ${name}_FILE are both set: leave one out`);
    try {
      given[name] = readFileSync(file, 'utf8').trim();
    } catch (error) {
      problems.push(`${name}_FILE: ${(error as Error).message}`);
    }
  }
  const parsed = z.object(fields).safeParse(given);
  if (!parsed.success)
    for (const issue of parsed.error.issues) {
      // What is wrong may be one part of a value, such as of a list with commas between.
      const name = String(issue.path[0]);
      problems.push(
        given[name] === undefined ? `${name} is missing (or ${name}_FILE)` : `${name}: ${issue.message}`,
      );
    }
  problems.push(...equalSecrets(given, secrets));
  if (environment.NODE_ENV === 'production')
    for (const name of [...secrets, ...ADDRESSES])
      if (given[name] !== undefined && secretsIn(name, given[name]).some((one) => WELL_KNOWN.test(one)))
        problems.push(
          `${name} ${secrets.includes(name as never) ? 'looks like a default' : 'has a password that looks like a default'}; in production make one of your own, for example with: openssl rand -hex 32`,
        );
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(parsed.data) as Settings<F>;
}

/**
 * The values of an overlapping secret that was changed while the process runs, beside those that its other secrets have by now.
 * Throws ConfigError, as at a start.
 */
export function readOverlappingSecret(
  name: string,
  text: string,
  { environment, others }: { readonly environment: Environment; readonly others: OtherSecrets },
): readonly string[] {
  const given = { [name]: text, NODE_ENV: environment.NODE_ENV };
  const fields = { [name]: overlappingSecret, NODE_ENV: commonSettings.NODE_ENV };
  const problems: string[] = [];
  const parsed = z.object(fields).safeParse(given);
  if (!parsed.success) problems.push(...parsed.error.issues.map(({ message }) => `${name}: ${message}`));
  if (environment.NODE_ENV === 'production' && !isPem(text) && WELL_KNOWN.test(text))
    problems.push(`${name} looks like a default`);
  const values = parsed.data?.[name] as readonly string[] | undefined;
  for (const [other, taken] of others)
    if (taken.some((value) => values?.includes(value))) problems.push(saysSame(name, other));
  if (!values || problems.length > 0) throw new ConfigError(problems);
  return values;
}
