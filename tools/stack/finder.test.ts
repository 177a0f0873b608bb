import { allowedProviders, findStore, orderOf, type Ways } from './finder.ts';
import { PassedOver, PROVIDERS, type Provider, type RunningStore } from './store.ts';

const aStore = (provider: Provider): RunningStore => ({
  provider,
  description: `a store, ${provider}`,
  uri: 'x://y',
  pids: () => [],
  stop: async () => undefined,
});

/** Ways of which the named ones work; the others are passed over. */
function waysOf(...working: Provider[]): { ways: Ways; tried: Provider[] } {
  const tried: Provider[] = [];
  const ways = Object.fromEntries(
    PROVIDERS.map((provider) => [
      provider,
      async () => {
        tried.push(provider);
        if (!working.includes(provider)) throw new PassedOver(`no ${provider} here`);
        return aStore(provider);
      },
    ]),
  ) as Record<Provider, () => Promise<RunningStore>>;
  return { ways, tried };
}

const everything = orderOf({ allowed: PROVIDERS });

describe('the finder', () => {
  test('tries given, docker, installed, downloaded, and stops at the first that works', async () => {
    const { ways, tried } = waysOf('installed', 'downloaded');
    const found = await findStore('MongoDB', { ways, order: everything, log: () => undefined });
    expect(found.provider).toBe('installed');
    expect(tried).toEqual(['given', 'docker', 'installed']);
  });

  test('says which one it took and why it passed over the others', async () => {
    const lines: string[] = [];
    await findStore('RabbitMQ', {
      ways: waysOf('downloaded').ways,
      order: everything,
      log: (line) => lines.push(line),
    });
    expect(lines).toEqual([
      'RabbitMQ: passing over docker (no docker here)',
      'RabbitMQ: passing over installed (no installed here)',
      'RabbitMQ: a store, downloaded',
    ]);
  });

  test('names every reason and what to do when there is no way', async () => {
    const search = findStore('RabbitMQ', { ways: waysOf().ways, order: everything, log: () => undefined });
    await expect(search).rejects.toThrow(
      /docker: no docker here[\s\S]*downloaded: no downloaded here[\s\S]*set AMQP_URL/,
    );
  });

  test('goes on after a program that does not start, but not after a given address that does not work', async () => {
    const broken = async (): Promise<never> => {
      throw new Error('exit code 14');
    };
    const { ways } = waysOf('downloaded');
    const found = await findStore('MongoDB', {
      ways: { ...ways, installed: broken },
      order: everything,
      log: () => undefined,
    });
    expect(found.provider).toBe('downloaded');
    const refused = findStore('MongoDB', {
      ways: { ...ways, given: broken },
      order: everything,
      log: () => undefined,
    });
    await expect(refused).rejects.toThrow('exit code 14');
  });

  test('looks only where the data of the last start lies, unless an address is given', async () => {
    const order = orderOf({ allowed: PROVIDERS, dataLiesWith: 'docker' });
    expect(order).toEqual(['given', 'docker']);
    const search = findStore('MongoDB', {
      ways: waysOf('downloaded').ways,
      order,
      dataLiesWith: 'docker',
      log: () => undefined,
    });
    await expect(search).rejects.toThrow(/the data of the last start lies with "docker"[\s\S]*npm run reset/);
  });

  test('can be narrowed, never below a given address', () => {
    expect(orderOf({ allowed: allowedProviders('downloaded,installed') })).toEqual([
      'given',
      'installed',
      'downloaded',
    ]);
    expect(allowedProviders(undefined)).toEqual(PROVIDERS);
    expect(() => allowedProviders('podman')).toThrow(
      '"podman" is none of given, docker, installed, downloaded',
    );
  });
});
