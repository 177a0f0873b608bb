import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type ConfigError, overlappingSecret, readSettings, secret, serviceSettings } from './config.ts';

const good = {
  MONGODB_URI: 'mongodb://localhost/points',
  AMQP_URL: 'amqp://localhost',
  INTERNAL_KEY: 'k'.repeat(32),
};
const problemsOf = (environment: Record<string, string>) => {
  try {
    readSettings(serviceSettings, environment, ['INTERNAL_KEY']);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
};

test('defaults, and what is read is frozen', () => {
  const settings = readSettings(serviceSettings, good);
  expect(settings).toMatchObject({
    PORT: 3000,
    METRICS_PORT: 9464,
    LOG_LEVEL: 'info',
    MIGRATE_AT_START: true,
    BUS_PREFIX: '',
  });
  expect(Object.isFrozen(settings)).toBe(true);
});
test('every wrong setting at once, each by its name', () => {
  expect(
    problemsOf({ PORT: 'x', MONGODB_URI: 'mongodb://localhost', LOG_LEVEL: 'loud' })
      .map((problem) => problem.split(/[: ]/)[0] as string)
      .sort(),
  ).toEqual(['AMQP_URL', 'INTERNAL_KEY', 'LOG_LEVEL', 'MONGODB_URI', 'PORT']);
});
test.each([
  ['zlib', []],
  ['zlib,none', []],
  ['snappy', ['MONGODB_URI: of the compressors zlib alone is here']],
  ['zlib,zstd', ['MONGODB_URI: of the compressors zlib alone is here']],
])(
  'compressors=%s of MongoDB: what is not here stops the start, not the first command',
  (compressors, problems) => {
    for (const name of ['compressors', 'Compressors'])
      expect(
        problemsOf({ ...good, MONGODB_URI: `mongodb://m/points?tls=true&${name}=${compressors}` }),
      ).toEqual(problems);
  },
);
test('a part of a value that is wrong is told as the setting, not as one that is missing', () => {
  const list = z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.string().regex(/^\d+$/, 'must be numbers')));
  let problems: readonly string[] = [];
  try {
    readSettings({ LIST: list }, { LIST: '1,x' });
  } catch (error) {
    problems = (error as ConfigError).problems;
  }
  expect(problems).toEqual(['LIST: must be numbers']);
});
test('a secret comes from a file; both at once, or no such file, are wrong', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'config-')), 'key');
  writeFileSync(file, `${'f'.repeat(40)}\n`);
  const { INTERNAL_KEY: _, ...rest } = good;
  expect(readSettings(serviceSettings, { ...rest, INTERNAL_KEY_FILE: file }).INTERNAL_KEY).toEqual([
    'f'.repeat(40),
  ]);
  expect(problemsOf({ ...good, INTERNAL_KEY_FILE: file })[0]).toContain('both set');
  expect(problemsOf({ ...rest, INTERNAL_KEY_FILE: '/nowhere' })[0]).toContain('INTERNAL_KEY_FILE');
});
test('in production a well-known secret stops the start and is named', () => {
  const weak = { ...good, INTERNAL_KEY: 'please-change-me-please-change-me' };
  expect(problemsOf(weak)).toEqual([]);
  expect(problemsOf({ ...weak, NODE_ENV: 'production' })[0]).toContain('INTERNAL_KEY looks like a default');
});

test.each([
  ['MONGODB_URI', 'mongodb://points:development-only-points@localhost/points'],
  ['MONGODB_URI', 'mongodb+srv://points:demo%2Dpass-2026@cluster/points'],
  ['MONGODB_URI', 'mongodb://a:points@one,two/points'.replace('a:', 'points:')],
  ['AMQP_URL', 'amqp://membership:local-only-rabbitmq@rabbitmq:5672'],
  ['AMQP_URL', 'amqps://guest:guest@rabbitmq'],
  ['AMQP_URL', 'amqp://rabbitmq'],
])('in production a well-known password in %s stops the start: %s', (name, value) => {
  const own = {
    AMQP_URL: 'amqp://points:8f5c2f1e@rabbitmq',
    MONGODB_URI: 'mongodb://points:8f5c2f1e@m/points',
  };
  expect(problemsOf({ ...good, ...own, [name]: value })).toEqual([]);
  const production = { ...good, ...own, NODE_ENV: 'production' };
  expect(problemsOf(production)).toEqual([]);
  expect(problemsOf({ ...production, [name]: value })).toEqual([
    expect.stringMatching(new RegExp(`^${name} has a password that looks like a default`)),
  ]);
});
test('a database that asks for no password is nobody’s well-known secret', () => {
  expect(
    problemsOf({
      ...good,
      NODE_ENV: 'production',
      AMQP_URL: 'amqps://points:8f5c2f1e@rabbitmq',
      MONGODB_URI: 'mongodb://m/points?authMechanism=MONGODB-X509',
    }),
  ).toEqual([]);
});
test('two secrets of the same value stop the start, and both are named', () => {
  const fields = { ONE: secret, TWO: secret, THREE: secret };
  const read = (environment: Record<string, string>) => () =>
    readSettings(fields, environment, ['ONE', 'TWO', 'THREE']);
  const [same, other] = ['s'.repeat(32), 'o'.repeat(32)];
  expect(read({ ONE: same, TWO: other, THREE: `${same}-` })).not.toThrow();
  expect(read({ ONE: same, TWO: other, THREE: same })).toThrow(/ONE and THREE are the same/);
});
test('a secret that is changed while it is in use has the values of before behind it', () => {
  const [newest, before] = ['n'.repeat(32), 'b'.repeat(40)];
  const read = (value: string) => problemsOf({ ...good, INTERNAL_KEY: value });
  for (const text of [`${newest},${before}`, `${newest}\n${before}\n`, `${newest}, ${before}`])
    expect(readSettings(serviceSettings, { ...good, INTERNAL_KEY: text }).INTERNAL_KEY).toEqual([
      newest,
      before,
    ]);
  expect([read(`${newest},short`), read(' , '), read(`${newest},${newest}`)]).toEqual([
    ['INTERNAL_KEY: must have at least 32 characters, each value if there are several'],
    ['INTERNAL_KEY: must have at least 32 characters, each value if there are several'],
    ['INTERNAL_KEY: names one value twice'],
  ]);
  const five = ['1', '2', '3', '4', '5'].map((digit) => digit.repeat(32));
  expect(read(five.join())).toEqual(['INTERNAL_KEY: has 5 values: leave out the oldest, 4 are the most']);
  // Of one of them, too, somebody else may be the holder.
  const fields = { ONE: overlappingSecret, TWO: overlappingSecret };
  expect(() =>
    readSettings(fields, { ONE: `${newest},${before}`, TWO: `${'t'.repeat(32)},${before}` }, ['ONE', 'TWO']),
  ).toThrow(/ONE and TWO are the same/);
  const weak = `${newest},please-change-me-please-change-me`;
  expect(problemsOf({ ...good, INTERNAL_KEY: weak, NODE_ENV: 'production' })[0]).toContain(
    'looks like a default',
  );
});
