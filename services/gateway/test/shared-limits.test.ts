/** Limits that several gateways hold together in a Redis, and what they do while it is away. Without a Redis nothing is to be seen. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigError, readSettings } from '@membership/platform/config';
import { eventually } from '@membership/platform/testing/eventually';
import { settings } from '../src/config.ts';
import { PASSWORD, startGateway, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { rawRequest, sampleOf, type RawAnswer } from './raw-http.ts';
import { redisLine, type RedisLine } from '@membership/platform/testing/redis-line';

const PROFILES = '/api/v1/points/profiles/';
const describeWithRedis = process.env.REDIS_URL ? describe : describe.skip;

describeWithRedis('two gateways with one Redis', () => {
  let line: RedisLine;
  let gateway: GatewayKit;
  let replica: Awaited<ReturnType<GatewayKit['aReplica']>>;
  let acme: ATenant;
  beforeAll(async () => {
    line = await redisLine();
    gateway = await startGateway({
      RATE_LIMIT_MEMBER: '6',
      RATE_LIMIT_ADMIN: '5000',
      RATE_LIMIT_ADDRESS: '40',
      TRUST_PROXY: '127.0.0.0/8',
      REDIS_URL: line.url,
      REDIS_PREFIX: line.prefix,
    });
    replica = await gateway.aReplica();
    acme = await gateway.aTenant('acme');
    await isUp(1);
  });
  afterAll(async () => {
    await replica?.stop();
    await gateway?.stop();
    await line?.close();
  });

  const isUp = (value: 0 | 1) =>
    eventually(async () =>
      expect(sampleOf(await gateway.kit.metrics(), 'membership_gateway_redis_up', {})).toBe(value),
    );
  const ask = (base: string, token?: string, headers: Record<string, string> = {}): Promise<RawAnswer> =>
    rawRequest(base, PROFILES, {
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
    });
  const inTurn = async (count: number, how: (base: string) => Promise<RawAnswer>): Promise<RawAnswer[]> => {
    const answers: RawAnswer[] = [];
    for (let number = 0; number < count; number++)
      answers.push(await how(number % 2 === 0 ? gateway.kit.url : replica.url));
    return answers;
  };
  const statuses = (answers: readonly RawAnswer[]) => answers.map(({ status }) => status);
  /** With a member that has asked nothing yet. Again where a busy machine let Redis answer too late, so that each counted by itself. */
  const together = (look: (accessToken: string) => Promise<void>) =>
    eventually(async () => look((await acme.aMember()).accessToken));

  test('hold one limit: what is left counts down over both, and both refuse what is too much', () =>
    together(async (accessToken) => {
      const answers = await inTurn(10, (base) => ask(base, accessToken));
      const left = answers.map(({ headers }) => headers['ratelimit-remaining']);
      expect(left).toEqual(['5', '4', '3', '2', '1', '0', '0', '0', '0', '0']);
      expect(statuses(answers)).toEqual([...Array(6).fill(200), ...Array(4).fill(429)]);
      const [refused] = answers.slice(-1);
      expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
    }));

  test('a gateway that reads the address from a file counts with them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'membership-redis-url-'));
    const file = join(folder, 'url');
    writeFileSync(file, `${line.url}\n`);
    const third = await gateway.aReplica({ REDIS_URL: '', REDIS_URL_FILE: file });
    try {
      await together(async (accessToken) => {
        const left: unknown[] = [];
        for (const base of [gateway.kit.url, third.url, replica.url, third.url])
          left.push((await ask(base, accessToken)).headers['ratelimit-remaining']);
        expect(left).toEqual(['5', '4', '3', '2']);
      });
    } finally {
      await third.stop();
      rmSync(folder, { recursive: true });
    }
  });

  test('hold it when everybody comes at once', () =>
    together(async (accessToken) => {
      const bases = Array.from({ length: 40 }, (_, number) => (number % 2 ? gateway.kit.url : replica.url));
      const answers = await Promise.all(bases.map((base) => ask(base, accessToken)));
      expect(statuses(answers).filter((status) => status === 200)).toHaveLength(6);
    }));

  test('count an address together, too, and what it sends with tokens that do not hold', async () => {
    const from = { 'x-forwarded-for': '203.0.113.77' };
    const answers = await inTurn(60, (base) => ask(base, 'nonsense', from));
    // Near its limit each request is asked for; before, some are told a tenth of a second later.
    const served = statuses(answers).filter((status) => status === 401).length;
    expect(served).toBeGreaterThanOrEqual(40);
    expect(served).toBeLessThanOrEqual(43);
  });

  test('a limit that is far away is counted whole, though not every request asks Redis', async () => {
    await inTurn(120, (base) => ask(base, acme.adminToken));
    let asked = 120;
    await eventually(async () => {
      asked += 2;
      const left = (await inTurn(2, (base) => ask(base, acme.adminToken))).map(({ headers }) =>
        Number(headers['ratelimit-remaining']),
      );
      // Members were made with this token before.
      for (const each of left) expect(each).toBeGreaterThan(5_000 - asked - 40);
      for (const each of left) expect(each).toBeLessThanOrEqual(5_000 - asked + 20);
    });
  });

  test('another platform on the same Redis has counts of its own', async () => {
    const { accessToken } = await acme.aMember();
    const other = await gateway.aReplica({ REDIS_PREFIX: `${line.prefix}other:` });
    await inTurn(7, (base) => ask(base, accessToken));
    expect((await ask(gateway.kit.url, accessToken)).status).toBe(429);
    expect(await ask(other.url, accessToken)).toMatchObject({
      status: 200,
      headers: { 'ratelimit-remaining': '5' },
    });
    await other.stop();
  });

  test('count by themselves while Redis is away, fail nothing, and count together once it is back', async () => {
    const { accessToken } = await acme.aMember();
    await line.cut();
    const alone = await inTurn(16, (base) => ask(base, accessToken));
    await isUp(0);
    expect(statuses(alone).filter((status) => status === 200)).toHaveLength(12);
    expect(new Set(statuses(alone))).toEqual(new Set([200, 429]));
    await line.restore();
    await isUp(1);
    await together(async (fresh) => {
      const answers = await inTurn(8, (base) => ask(base, fresh));
      expect(statuses(answers).filter((status) => status === 200)).toHaveLength(6);
    });
  });

  test('go on while Redis takes everything and answers nothing', async () => {
    const { accessToken } = await acme.aMember();
    line.hold();
    const answers = await inTurn(16, (base) => ask(base, accessToken));
    expect(statuses(answers).filter((status) => status === 200)).toHaveLength(12);
    expect(new Set(statuses(answers))).toEqual(new Set([200, 429]));
    await line.restore();
    await isUp(1);
  });

  test('count by themselves where Redis lets them in and refuses what they ask', async () => {
    const name = `nobody-${line.prefix.slice(0, -1)}`;
    expect(await line.command(`ACL SETUSER ${name} on >a-password ~nothing +@all`)).toBe('+OK');
    const url = new URL(line.url);
    [url.username, url.password] = [name, 'a-password'];
    const refused = await gateway.aReplica({ REDIS_URL: url.href });
    const { accessToken } = await acme.aMember();
    const alone = await Promise.all(Array.from({ length: 12 }, () => ask(refused.url, accessToken)));
    expect(statuses(alone).filter((status) => status === 200)).toHaveLength(6);
    expect(new Set(statuses(alone))).toEqual(new Set([200, 429]));
    expect((await ask(gateway.kit.url, accessToken)).headers['ratelimit-remaining']).toBe('5');
    await refused.stop();
    await line.command(`ACL DELUSER ${name}`);
  });

  test('failed logins are counted over both, whether Redis is there or not', async () => {
    const { username } = await acme.aMember();
    const address = { 'x-forwarded-for': '203.0.113.78' };
    const logIn = async (base: string, password: string) =>
      (
        await rawRequest(base, '/api/v1/auth/login/', {
          method: 'POST',
          headers: address,
          body: JSON.stringify({ username, password, tenant: 'acme' }),
        })
      ).status;
    const fail = async (times: number, base: string) => {
      for (let time = 0; time < times; time++) expect(await logIn(base, 'wrong')).toBe(401);
    };
    await fail(4, gateway.kit.url);
    await line.cut();
    await fail(4, replica.url);
    await isUp(0);
    await fail(1, gateway.kit.url);
    await line.restore();
    await isUp(1);
    await fail(1, replica.url);
    for (const base of [gateway.kit.url, replica.url]) expect(await logIn(base, PASSWORD)).toBe(429);
  });

  test('start and answer without it', async () => {
    const { accessToken } = await acme.aMember();
    await line.cut();
    const started = await gateway.aReplica();
    expect((await ask(started.url, accessToken)).status).toBe(200);
    await started.stop();
    await line.restore();
  });
});

/** What is wrong with settings. */
function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(settings, environment);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
}

test('a comma in the password of Redis parts no servers', () => {
  const problems = problemsOf({ REDIS_URL: 'redis://:one,two@redis:6379' });
  expect(problems.filter((problem) => problem.startsWith('REDIS_URL'))).toEqual([]);
});

test.each<readonly [Record<string, string>, RegExp]>([
  ...[
    'localhost:6379',
    'redis://one:26379,two:26379',
    'redis://:password@one,two:26379',
    'redis-sentinel://one:26379/primary',
    'redis+sentinel://one:26379/primary',
    'redis://',
  ].map(
    (REDIS_URL) =>
      [{ REDIS_URL }, /^REDIS_URL: must be a redis:\/\/ or rediss:\/\/ URL of one server/] as const,
  ),
  [{ REDIS_PREFIX: 'a b' }, /^REDIS_PREFIX: /],
  [
    { REDIS_URL: 'redis://:guest@redis:6379', NODE_ENV: 'production' },
    /^REDIS_URL has a password that looks/,
  ],
])('%j stops the start and is named', (environment, problem) => {
  expect(problemsOf(environment)).toContainEqual(expect.stringMatching(problem));
});
