/** k8s/ against the code, without a cluster: what a server's dry run cannot know. */
import { parse } from 'yaml';
import { REDIS_IN_CONTAINER } from '../../tools/stack/redis-server.ts';
import { readSettings } from '@membership/platform/config';
import {
  behindTheGateway,
  courier,
  kustomizationIn,
  literalsOf,
  names,
  objectsIn,
  podOf,
  read,
  secretsOf,
  settingsOf,
  type KubernetesObject,
} from './manifests.ts';
import { stopMilliseconds } from '@membership/platform/service';

const base = kustomizationIn('k8s/base');
const local = kustomizationIn('k8s/overlays/local');
const production = kustomizationIn('k8s/overlays/production');
const settingsMap = literalsOf(base.configMapGenerator, 'membership-settings');
const SECRETS = '/run/secrets/membership/';
const version = (JSON.parse(read('package.json')) as { version: string }).version;

const objectOf = (name: string, kind: string, called = name): KubernetesObject => {
  const found = objectsIn(`k8s/base/${name}.yaml`).find(
    (one) => one.kind === kind && one.metadata.name === called,
  );
  if (!found) throw new Error(`k8s/base/${name}.yaml has no ${kind} ${called}`);
  return found;
};
const workloads = names.flatMap((name) => [
  { what: name, name, object: objectOf(name, 'Deployment') },
  { what: `${name}-migrate`, name, object: objectOf(name, 'Job', `${name}-migrate`) },
]);

test('the base holds the six services, in the versions of this code', () => {
  expect(base.resources).toEqual(expect.arrayContaining(names.map((name) => `${name}.yaml`)));
  expect(base.images).toEqual(
    expect.arrayContaining(names.map((name) => ({ name: `membership/${name}`, newTag: version }))),
  );
  expect(local.images).toContainEqual({ name: 'membership/demo', newTag: version });
});

test.each(names)('%s has all that a service needs to run, to be found and to be moved', (name) => {
  const kinds = objectsIn(`k8s/base/${name}.yaml`).map((one) => `${one.kind} ${one.metadata.name}`);
  expect(kinds).toEqual(
    expect.arrayContaining([
      `ServiceAccount ${name}`,
      `Job ${name}-migrate`,
      `Deployment ${name}`,
      `Service ${name}`,
      `HorizontalPodAutoscaler ${name}`,
      `PodDisruptionBudget ${name}`,
      `NetworkPolicy ${name}`,
    ]),
  );
});

test.each(workloads)(
  '$what starts with the settings of the local overlay, secrets from files',
  ({ name, object }) => {
    const given: Record<string, string> = {
      ...Object.fromEntries(
        Object.entries({
          ...settingsMap,
          ...literalsOf(local.configMapGenerator, 'membership-settings'),
        }).filter(([setting]) => setting in settingsOf[name]),
      ),
    };
    const secret = literalsOf(local.secretGenerator, `${name}-secrets`);
    const usedKeys: string[] = [];
    for (const { name: setting, value = '' } of podOf(object).container.env) {
      const plain = setting.replace(/_FILE$/, '');
      expect(Object.keys(settingsOf[name])).toContain(plain);
      if (setting === plain) given[setting] = value;
      else {
        expect(value).toBe(`${SECRETS}${plain}`);
        expect(Object.keys(secret)).toContain(plain);
        usedKeys.push(plain);
        given[plain] = secret[plain] ?? '';
      }
    }
    expect(usedKeys.sort()).toEqual(Object.keys(secret).sort());
    // No secret stands in a manifest of the base.
    for (const setting of [...secretsOf(name), 'MONGODB_URI', 'AMQP_URL'])
      expect(usedKeys).toContain(setting);
    readSettings(settingsOf[name], given, secretsOf(name));
  },
);

test('what stands in the common settings is read by a service at least', () => {
  const known = new Set(names.flatMap((name) => Object.keys(settingsOf[name])));
  const given = [base, local, production].flatMap((one) =>
    Object.keys(literalsOf(one.configMapGenerator, 'membership-settings')),
  );
  expect(given.filter((setting) => !known.has(setting))).toEqual([]);
  expect(settingsMap).toMatchObject({ NODE_ENV: 'production', MIGRATE_AT_START: 'false' });
});

test.each(names)('%s is probed and reached where it listens', (name) => {
  const { container, labels } = podOf(objectOf(name, 'Deployment'));
  const env = Object.fromEntries(container.env.map((one) => [one.name, one.value]));
  const ports = Object.fromEntries(container.ports.map((port) => [port.name, port.containerPort]));
  expect(ports).toEqual({
    http: Number(env['PORT']),
    metrics: Number(settingsMap['METRICS_PORT']),
    ...(name === 'gateway' ? { internal: Number(env['INTERNAL_PORT']) } : {}),
  });
  const paths = { startupProbe: '/healthz', livenessProbe: '/healthz', readinessProbe: '/readyz' } as const;
  for (const [probe, path] of Object.entries(paths)) {
    expect(container[probe as keyof typeof paths]?.httpGet).toEqual({ path, port: 'http' });
    expect(read('libs/platform/src/service.ts')).toContain(`router.get('${path}'`);
  }
  const service = objectOf(name, 'Service').spec as {
    selector: Record<string, string>;
    ports: { name: string; port: number; targetPort: string }[];
  };
  expect(labels).toMatchObject(service.selector);
  expect(service.ports.map(({ targetPort }) => targetPort)).toEqual(['http', 'metrics']);
  if (name !== 'gateway') expect(service.ports[0]?.port).toBe(Number(env['PORT']));
});

test('the gateway finds the services under their names, and they find its look-ups', () => {
  const gateway = Object.fromEntries(
    podOf(objectOf('gateway', 'Deployment')).container.env.map((one) => [one.name, one.value]),
  );
  for (const name of behindTheGateway) {
    const { container } = podOf(objectOf(name, 'Deployment'));
    const env = Object.fromEntries(container.env.map((one) => [one.name, one.value]));
    expect(gateway[`${name.toUpperCase()}_URL`]).toBe(`http://${name}:${env['PORT']}`);
    expect(env['GATEWAY_INTERNAL_URL']).toBe(`http://gateway-internal:${gateway['INTERNAL_PORT']}`);
    const keyOf = (secret: string, key: string) => literalsOf(local.secretGenerator, secret)[key];
    expect(keyOf(`${name}-secrets`, 'INTERNAL_KEY')).toBe(
      keyOf('gateway-secrets', `INTERNAL_KEY_${name.toUpperCase()}`),
    );
  }
});

test.each(workloads)('$what asks for no more than the restricted profile allows', ({ object }) => {
  const { pod, container } = podOf(object);
  expect(pod).toMatchObject({
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  });
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
});

test.each(names)('%s gets longer to stop than it takes', (name) => {
  const { pod, container } = podOf(objectOf(name, 'Deployment'));
  const announced = (container.lifecycle?.preStop.sleep.seconds ?? 0) * 1_000;
  const needed = announced + stopMilliseconds(Number(settingsMap['SHUTDOWN_SECONDS']));
  expect((pod.terminationGracePeriodSeconds ?? 0) * 1_000).toBeGreaterThan(needed);
});

test('the courier runs the gateway’s image, with the secrets that it reads and no others', () => {
  const object = objectOf(courier.name, 'Deployment');
  const { pod, container, labels } = podOf(object);
  expect(container).toMatchObject({
    image: podOf(objectOf('gateway', 'Deployment')).container.image,
    command: ['node', 'src/courier.ts'],
  });
  const env = Object.fromEntries(container.env.map((one) => [one.name, one.value ?? '']));
  const secret = literalsOf(local.secretGenerator, 'gateway-secrets');
  const fromFiles = Object.keys(env).flatMap((name) => (name.endsWith('_FILE') ? [name.slice(0, -5)] : []));
  const { volumes } = pod as unknown as {
    volumes: { secret?: { secretName: string; items: { key: string; path: string }[] } }[];
  };
  expect(volumes[0]?.secret).toMatchObject({
    secretName: 'gateway-secrets',
    items: fromFiles.map((key) => ({ key, path: key })),
  });
  const given: Record<string, string> = {
    ...settingsMap,
    ...literalsOf(local.configMapGenerator, 'membership-settings'),
  };
  for (const name of fromFiles) given[name] = secret[name] ?? '';
  for (const [name, value] of Object.entries(env)) if (!name.endsWith('_FILE')) given[name] = value;
  readSettings(courier.settings, given, courier.secrets);
  expect(pod).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true } });
  const announced = (container.lifecycle?.preStop.sleep.seconds ?? 0) * 1_000;
  expect((pod.terminationGracePeriodSeconds ?? 0) * 1_000).toBeGreaterThan(
    announced + stopMilliseconds(Number(settingsMap['SHUTDOWN_SECONDS'])),
  );
  const { selector, ports } = objectOf(courier.name, 'Service').spec as {
    selector: Record<string, string>;
    ports: { port: number; targetPort: string }[];
  };
  expect(labels).toMatchObject(selector);
  const gateway = podOf(objectOf('gateway', 'Deployment')).container.env;
  expect(gateway.find(({ name }) => name === 'COURIER_URL')?.value).toBe(
    `http://${courier.name}:${ports[0]?.port}`,
  );
});

test('only the courier has a way out to the internet; it takes requests from the gateway alone', () => {
  type Policy = { ingress?: { from?: object[] }[]; egress?: { to?: { ipBlock?: { cidr: string } }[] }[] };
  const policies = base.resources
    .flatMap((file) => objectsIn(`k8s/base/${file}`))
    .filter(({ kind }) => kind === 'NetworkPolicy');
  const leadsOut = policies.filter(({ spec }) =>
    ((spec as Policy).egress ?? []).some(({ to }) => !to || to.some(({ ipBlock }) => ipBlock)),
  );
  expect(leadsOut.map(({ metadata }) => metadata.name)).toEqual([courier.name]);
  const [{ ingress = [] } = {}] = leadsOut.map(({ spec }) => spec as Policy);
  expect(ingress[0]).toEqual({
    from: [
      {
        podSelector: {
          matchLabels: { 'app.kubernetes.io/name': 'gateway', 'app.kubernetes.io/component': 'server' },
        },
      },
    ],
    ports: [{ port: 'internal' }],
  });
  expect(ingress).toHaveLength(2);
});

test('every way in says from whom: clients reach the gateway through the Ingress controller alone', () => {
  type Way = { from?: object[]; ports?: { port: string | number }[] };
  const policies = [...base.resources.map((file) => `k8s/base/${file}`), 'k8s/components/redis/redis.yaml']
    .flatMap((file) => objectsIn(file))
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map(({ metadata, spec }) => ({
      name: metadata.name,
      ways: (spec as { ingress?: Way[] }).ingress ?? [],
    }));
  expect(policies.length).toBeGreaterThan(names.length);
  const open = policies.filter(({ ways }) => ways.some(({ from = [] }) => from.length === 0));
  expect(open.map(({ name }) => name)).toEqual([]);
  const clients = policies
    .find(({ name }) => name === 'gateway')
    ?.ways.filter((way) => way.ports?.[0]?.port === 'http');
  expect(clients?.map(({ from }) => from)).toEqual([
    [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }],
  ]);
});

test('the migration Job runs the same image and the command that the service knows', () => {
  for (const name of names) {
    const job = podOf(objectOf(name, 'Job', `${name}-migrate`)).container;
    expect(job).toMatchObject({
      image: podOf(objectOf(name, 'Deployment')).container.image,
      command: ['node', 'src/main.ts', 'migrate'],
    });
  }
  expect(read('libs/platform/src/service.ts')).toContain("args[0] === 'migrate'");
});

const REDIS_USERS = ['gateway', 'points', 'licenses'] as const;
test('Redis is a component that those alone reach who use it, and one that can be left out', () => {
  const component = kustomizationIn('k8s/components/redis');
  const { hostname, port } = new URL(
    literalsOf(component.configMapGenerator, 'membership-settings')['REDIS_URL'] ?? '',
  );
  const [service, deployment, policy] = objectsIn('k8s/components/redis/redis.yaml');
  expect(service).toMatchObject({ metadata: { name: hostname }, spec: { ports: [{ port: Number(port) }] } });
  expect(podOf(deployment as KubernetesObject).container).toMatchObject({
    image: 'redis',
    args: ['redis-server', ...REDIS_IN_CONTAINER],
  });
  expect(policy?.spec).toMatchObject({
    ingress: [
      {
        from: REDIS_USERS.map((name) => ({
          podSelector: { matchLabels: podOf(objectOf(name, 'Deployment')).labels },
        })),
      },
    ],
  });
  for (const overlay of [local, production]) expect(overlay.components).toContain('../../components/redis');
  expect(settingsMap).not.toHaveProperty('REDIS_URL');
});

test('the alerts of the Prometheus Operator are those of docker compose', () => {
  const [rule] = objectsIn('k8s/components/monitoring/prometheus-rule.yaml');
  expect(rule?.spec).toEqual(parse(read('deploy/prometheus/alerts.yml')));
  expect(production.components).toContain('../../components/monitoring');
});
