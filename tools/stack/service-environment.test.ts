import {
  SECRETS,
  SERVICE_PORTS,
  SERVICES,
  serviceEnvironment,
  type LocalPlatform,
} from './service-environment.ts';

const aPlatform = (change: Partial<LocalPlatform> = {}): LocalPlatform => ({
  ports: Object.fromEntries(
    SERVICE_PORTS.map((name, index) => [name, 9000 + index]),
  ) as LocalPlatform['ports'],
  secrets: Object.fromEntries(SECRETS.map((name) => [name, `the ${name}`])) as LocalPlatform['secrets'],
  mongodbUri: 'mongodb://127.0.0.1:27017/?replicaSet=rs0',
  amqpUrl: 'amqp://guest:guest@127.0.0.1:5672',
  superPassword: 'pass',
  logLevel: 'info',
  ...change,
});

describe('the environment of a service', () => {
  test('names its own database, ports and key, and no key of another', () => {
    const environment = serviceEnvironment('vip', aPlatform());
    expect(environment).toMatchObject({
      HOST: '127.0.0.1',
      MONGODB_URI: 'mongodb://127.0.0.1:27017/membership_vip?replicaSet=rs0',
      INTERNAL_KEY: 'the INTERNAL_KEY_VIP',
    });
    expect(JSON.stringify(environment)).not.toContain('INTERNAL_KEY_POINTS');
    expect(environment).not.toHaveProperty('JWT_SECRET');
  });

  test('of the gateway knows every service and the key shared with each', () => {
    const platform = aPlatform();
    const gateway = serviceEnvironment('gateway', platform);
    for (const name of SERVICES.filter((each) => each !== 'gateway')) {
      const service = serviceEnvironment(name, platform);
      expect(gateway[`${name.toUpperCase()}_URL`]).toBe(`http://127.0.0.1:${service['PORT']}`);
      expect(gateway[`INTERNAL_KEY_${name.toUpperCase()}`]).toBe(service['INTERNAL_KEY']);
      expect(service['GATEWAY_INTERNAL_URL']).toBe(`http://127.0.0.1:${gateway['INTERNAL_PORT']}`);
    }
    expect(gateway['PUBLIC_URL']).toBe(`http://localhost:${gateway['PORT']}`);
    expect(gateway).not.toHaveProperty('INTERNAL_KEY');
  });

  test('gives no port to two', () => {
    const ports = SERVICES.flatMap((name) => {
      const { PORT, METRICS_PORT } = serviceEnvironment(name, aPlatform());
      return [PORT, METRICS_PORT];
    });
    expect(new Set(ports).size).toBe(SERVICES.length * 2);
  });

  test('of an isolated platform shares neither database nor queue', () => {
    const environment = serviceEnvironment('points', aPlatform({ isolation: 'e2e1' }));
    expect(environment['MONGODB_URI']).toContain('/e2e1_points?');
    expect(environment['BUS_PREFIX']).toBe('e2e1.');
  });
});
