/** docker-compose.yml against the code: every service is there, with settings that it can start with. No engine is needed. */
import { spawnSync } from 'node:child_process';
import { type ConfigError, readSettings } from '@membership/platform/config';
import { REDIS_IN_CONTAINER } from '../../tools/stack/redis-server.ts';
import { TRANSACTION_LIFETIME } from '../../tools/stack/mongodb-server.ts';
import {
  behindTheGateway,
  composeNetworks,
  composeServices,
  courier,
  names,
  read,
  secretsOf,
  settingsOf,
  type ComposeService,
} from './manifests.ts';
import { stopMilliseconds } from '@membership/platform/service';

const compose = composeServices();
const service = (name: string): ComposeService => {
  const found = compose[name];
  if (!found) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
};
const environmentOf = (name: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(service(name).environment).map(([setting, value]) => [setting, String(value)]),
  );
const version = (JSON.parse(read('package.json')) as { version: string }).version;

test.each(names)('%s is built from its own folder and starts with the settings that it is given', (name) => {
  expect(service(name)).toMatchObject({
    image: `membership/${name}:${version}`,
    build: { args: { SERVICE: name } },
  });
  const environment = environmentOf(name);
  const known = Object.keys(settingsOf[name]);
  expect(
    Object.keys(environment).filter((setting) => !known.includes(setting.replace(/_FILE$/, ''))),
  ).toEqual([]);
  expect(readSettings(settingsOf[name], environment, secretsOf(name))['METRICS_PORT']).toBe(9464);
});

test.each(names)('%s refuses the passwords of compose in production, each by its name', (name) => {
  const environment = { ...environmentOf(name), NODE_ENV: 'production' };
  let problems: readonly string[] = [];
  try {
    readSettings(settingsOf[name], environment, secretsOf(name));
  } catch (error) {
    problems = (error as ConfigError).problems;
  }
  expect(new Set(problems.map((problem) => problem.split(' ')[0]))).toEqual(
    new Set([...secretsOf(name), 'MONGODB_URI', 'AMQP_URL']),
  );
});

test('the gateway knows where every service is, and shares a key with each that no other has', () => {
  const gateway = environmentOf('gateway');
  const keys = behindTheGateway.map((name) => {
    const environment = environmentOf(name);
    expect(gateway[`${name.toUpperCase()}_URL`]).toBe(`http://${name}:${environment['PORT']}`);
    expect(environment['GATEWAY_INTERNAL_URL']).toBe(`http://gateway:${gateway['INTERNAL_PORT']}`);
    expect(environment['INTERNAL_KEY']).toBe(gateway[`INTERNAL_KEY_${name.toUpperCase()}`]);
    return environment['INTERNAL_KEY'];
  });
  expect(new Set(keys).size).toBe(behindTheGateway.length);
});

test.each(names)('%s has a database, a user and a network with it that nobody else has', (name) => {
  const uri = new URL(environmentOf(name)['MONGODB_URI'] ?? '');
  expect([uri.hostname, uri.username, uri.pathname]).toEqual([`${name}-mongodb`, name, `/${name}`]);
  const database = service(`${name}-mongodb`);
  expect(database.environment).toMatchObject({ SERVICE: name, SERVICE_PASSWORD: uri.password });
  expect(database.networks).toEqual([`${name}-data`]);
  const reachableFrom = Object.entries(compose).filter(([, one]) => one.networks.includes(`${name}-data`));
  const roles = name === 'gateway' ? [courier.name] : [];
  expect(reachableFrom.map(([one]) => one).sort()).toEqual([name, ...roles, `${name}-mongodb`].sort());
  expect(database.volumes).toEqual([`${name}-data:/data/db`]);
});

test('Redis is reached by those who are given its address alone, and keeps nothing', () => {
  const { hostname } = new URL(environmentOf('gateway')['REDIS_URL'] ?? '');
  const users = Object.keys(compose).filter((name) => environmentOf(name)['REDIS_URL'] !== undefined);
  expect(users.sort()).toEqual(['gateway', 'licenses', 'points']);
  const redis = service(hostname);
  const [network] = redis.networks;
  const reachableFrom = Object.entries(compose).filter(([, one]) => one.networks.includes(String(network)));
  expect(redis.networks).toHaveLength(1);
  expect(reachableFrom.map(([one]) => one).sort()).toEqual([...users, 'redis'].sort());
  expect(redis.volumes).toEqual([]);
  expect(redis.command).toEqual(['redis-server', ...REDIS_IN_CONTAINER]);
});

test('the courier runs the gateway’s image with the settings that it reads, and none of the gateway’s other secrets', () => {
  const environment = environmentOf(courier.name);
  expect(service(courier.name)).toMatchObject({
    image: service('gateway').image,
    build: service('gateway').build,
    command: ['node', 'src/courier.ts'],
    healthcheck: service('gateway').healthcheck,
    stop_grace_period: service('gateway').stop_grace_period,
  });
  expect(Object.keys(environment).filter((setting) => !(setting in courier.settings))).toEqual([]);
  const addresses = ['WEBHOOK_ALLOWED_NETWORKS', 'WEBHOOK_DENIED_NETWORKS', 'WEBHOOK_PORTS'];
  for (const shared of ['MONGODB_URI', 'AMQP_URL', 'WEBHOOK_SECRET_KEY', ...addresses])
    expect([shared, environment[shared]]).toEqual([shared, environmentOf('gateway')[shared]]);
  const read = readSettings(courier.settings, environment, courier.secrets);
  expect(environmentOf('gateway')['COURIER_URL']).toBe(
    `http://${courier.name}:${String(read['INTERNAL_PORT'])}`,
  );
  expect(() =>
    readSettings(courier.settings, { ...environment, NODE_ENV: 'production' }, courier.secrets),
  ).toThrow('WEBHOOK_SECRET_KEY looks like a default');
});

test('where webhooks may go is handed on to the courier and the gateway, and is as ever where it is not set', () => {
  const given = {
    WEBHOOK_ALLOWED_NETWORKS: '10.1.0.0/16',
    WEBHOOK_DENIED_NETWORKS: '198.51.100.0/24',
    WEBHOOK_PORTS: '443',
  };
  const [unset, set] = [compose, composeServices('docker-compose.yml', given)];
  for (const [name, settings, secrets] of [
    ['gateway', settingsOf.gateway, secretsOf('gateway')],
    [courier.name, courier.settings, courier.secrets],
  ] as const) {
    const read = (from: typeof compose) => {
      const environment = Object.entries(from[name]?.environment ?? {});
      const all = readSettings(
        settings,
        Object.fromEntries(environment.map(([setting, value]) => [setting, String(value)])),
        secrets,
      );
      return Object.keys(given).map((setting) => all[setting]);
    };
    expect([name, read(unset)]).toEqual([name, [[], [], [80, 443, 8080, 8443]]]);
    expect([name, read(set)]).toEqual([name, [['10.1.0.0/16'], ['198.51.100.0/24'], [443]]]);
  }
});

test.each(names)('%s is looked at where it answers, and gets longer to stop than it takes', (name) => {
  expect(service(name).healthcheck?.test).toEqual(['CMD', 'node', '/app/healthy.mjs', '/readyz']);
  expect(read('libs/platform/src/service.ts')).toContain("router.get('/readyz'");
  const grace = /^(\d+)s$/.exec(service(name).stop_grace_period ?? '')?.[1];
  expect(Number(grace) * 1_000).toBeGreaterThan(
    stopMilliseconds(Number(environmentOf(name)['SHUTDOWN_SECONDS'])),
  );
});

test('nothing runs as root, with capabilities or on a root file system that can be written', () => {
  // Our own images say USER node; Prometheus’ says nobody.
  const saysItsUser = /^(membership\/|prom\/prometheus)/;
  for (const [name, one] of Object.entries(compose)) {
    expect([name, one.read_only, one.cap_drop, one.security_opt]).toEqual([
      name,
      true,
      ['ALL'],
      ['no-new-privileges:true'],
    ]);
    expect([name, saysItsUser.test(one.image) || one.user === '999:999']).toEqual([name, true]);
  }
});

test('only the gateway and two consoles can be reached, and only from this machine', () => {
  const published = Object.entries(compose).flatMap(([name, { ports }]) =>
    ports.map((port) => `${name} ${port}`),
  );
  expect(published.sort()).toEqual([
    'gateway 127.0.0.1:8000:8000',
    'prometheus 127.0.0.1:9090:9090',
    'rabbitmq 127.0.0.1:15672:15672',
  ]);
});

test('the courier alone has a way out; what is published is on a network from which nothing outside is reached', () => {
  const networks = composeNetworks();
  const on = (wanted: (network: (typeof networks)[string]) => boolean) =>
    Object.keys(compose).filter((name) =>
      service(name).networks.some((network) => wanted(networks[network] as (typeof networks)[string])),
    );
  const isUnanswered = ({ driver_opts }: (typeof networks)[string]) =>
    driver_opts['com.docker.network.bridge.enable_ip_masquerade'] === 'false';
  expect(on((network) => !network.internal && !isUnanswered(network))).toEqual([courier.name]);
  // A port is published from a network that is not internal.
  const published = Object.keys(compose).filter((name) => service(name).ports.length > 0);
  expect(on((network) => !network.internal && isUnanswered(network)).sort()).toEqual(published.sort());
  expect(Object.keys(compose).filter((name) => service(name).networks.length === 0)).toEqual([]);
});

test('Prometheus scrapes every process', () => {
  for (const name of [...names, courier.name])
    expect(read('deploy/prometheus/prometheus.yml')).toContain(`- ${name}:9464\n`);
});

test('a killed process’ transactions end as soon here as in the local stack', () => {
  expect(read('deploy/mongodb/start.sh')).toContain(`--setParameter ${TRANSACTION_LIFETIME}`);
});

test('docker compose itself takes the file, alone and with secrets from files', () => {
  const config = (...files: string[]) =>
    spawnSync('docker', ['compose', ...files.flatMap((file) => ['-f', file]), 'config', '--quiet'], {
      cwd: `${import.meta.dirname}/../..`,
      encoding: 'utf8',
    });
  // Where there is no docker compose, what is above has to do.
  if (spawnSync('docker', ['compose', 'version']).status !== 0) return;
  expect(config('docker-compose.yml').stderr).toBe('');
  expect(config('docker-compose.yml', 'deploy/compose.secrets.yml').stderr).toBe('');
});
