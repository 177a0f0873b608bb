/** The rights of each service at RabbitMQ against the code: it may announce what it announces and hear what it listens to, and no more. */
import { allEvents } from '@membership/contracts/events/index';
import { Directory } from '@membership/platform/directory';
import { RETRY_DELAYS, topologyNames } from '@membership/platform/topology';
import type { Subscription } from '@membership/platform/consumer';
import { subscriptions as applications } from '../../services/applications/src/subscriptions.ts';
import { ApplicationRegister } from '../../services/licenses/src/catalogue/application-register.ts';
import { subscriptions as gateway } from '../../services/gateway/src/subscriptions.ts';
import { subscriptions as licenses } from '../../services/licenses/src/subscriptions.ts';
import { subscriptions as points } from '../../services/points/src/subscriptions.ts';
import { subscriptions as vip } from '../../services/vip/src/subscriptions.ts';
import { ownersOf } from '../../tools/docs/broker-definitions.ts';
import { composeServices, kustomizationIn, literalsOf, names, read } from './manifests.ts';

const definitions = JSON.parse(read('deploy/rabbitmq/definitions.json')) as {
  users: { name: string; tags: string[] }[];
  permissions: { user: string; configure: string; write: string; read: string }[];
  topic_permissions: { user: string; exchange: string; write: string; read: string }[];
  queues: { name: string }[];
};
const topicOf = (name: string) => {
  const found = definitions.topic_permissions.find(({ user }) => user === name);
  if (!found) throw new Error(`no rights for ${name}`);
  return { write: new RegExp(found.write), read: new RegExp(found.read) };
};
/** What subscriptions are listed for needs no database: only their bindings are looked at. */
const bare = <T>(type: { prototype: T }): T => Object.create(type.prototype as object) as T;
const directory = bare(Directory);
const heard: Partial<Record<(typeof names)[number], Subscription[]>> = {
  points: points({ directory } as never),
  vip: vip({ directory } as never),
  licenses: licenses(directory, bare(ApplicationRegister)),
  applications: applications({} as never, directory),
  gateway: gateway({} as never, { subscriptions: [], record: async () => undefined } as never),
};

test.each(names)('%s may announce all of its facts, and no other service’s', (name) => {
  for (const { type, producer } of allEvents)
    expect([type, topicOf(name).write.test(type)]).toEqual([type, producer === name]);
});

test('no two services announce facts of one kind of thing', () => {
  const owners = names.flatMap((name) => ownersOf(name));
  expect(owners.length).toBe(new Set(owners).size);
});

test.each(Object.entries(heard))('%s may bind its queue to all that it listens to', (name, list) => {
  const bindings = list.flatMap((one) => one.bindings);
  expect(bindings.length).toBeGreaterThan(0);
  for (const type of bindings) expect([type, topicOf(name).read.test(type)]).toEqual([type, true]);
});

test.each(names)('%s may touch nothing of another service', (name) => {
  const own = definitions.permissions.find(({ user }) => user === name);
  for (const other of names.filter((one) => one !== name)) {
    const { queues, own: exchange } = topologyNames(other, '', RETRY_DELAYS);
    for (const thing of [...queues, exchange, `${other}.events.dead.lock`])
      for (const right of ['configure', 'write', 'read'] as const) {
        const isLogOfStats = name === 'stats' && thing === 'domain.events.log' && right === 'read';
        expect([thing, right, new RegExp(own?.[right] ?? '.*').test(thing)]).toEqual([
          thing,
          right,
          isLogOfStats,
        ]);
      }
  }
  expect(definitions.users.find((user) => user.name === name)?.tags).toEqual([]);
  // The default exchange reaches every queue.
  expect(new RegExp(own?.write ?? '.*').test('amq.default')).toBe(false);
});

test('in compose and in Kubernetes each service comes with its own user, whose password no other has', () => {
  const compose = composeServices();
  const local = kustomizationIn('k8s/overlays/local').secretGenerator;
  const base = literalsOf(kustomizationIn('k8s/base').configMapGenerator, 'membership-settings');
  expect(base['BUS_TOPOLOGY']).toBe('given');
  const ways = [
    {
      urlOf: (name: string) => String(compose[name]?.environment['AMQP_URL']),
      passwords: compose['rabbitmq']?.environment ?? {},
    },
    {
      urlOf: (name: string) => String(literalsOf(local, `${name}-secrets`)['AMQP_URL']),
      passwords: literalsOf(local, 'rabbitmq-passwords'),
    },
  ];
  for (const { urlOf, passwords } of ways) {
    const given = names.map((name) => {
      const url = new URL(urlOf(name));
      expect(url.username).toBe(name);
      expect(passwords[`RABBITMQ_PASSWORD_${name.toUpperCase()}`]).toBe(url.password);
      return url.password;
    });
    expect(new Set([...given, passwords['RABBITMQ_PASSWORD']]).size).toBe(names.length + 1);
  }
  for (const name of names) {
    expect(compose[name]?.environment['BUS_TOPOLOGY']).toBe('given');
    expect(read('deploy/rabbitmq/start.sh')).toContain(name.toUpperCase());
    expect(read('deploy/compose.secrets.yml')).toContain(`AMQP_URL_FILE: /run/secrets/${name}_amqp_url`);
  }
});
