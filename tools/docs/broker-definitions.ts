/**
 * deploy/rabbitmq/definitions.json: what RabbitMQ makes by itself before the services come, and what the user of each may do. A
 * service announces the facts of its own, reads its own queue, and can neither make, delete nor fill anything of another's.
 */
import { services, type ServiceName } from '@membership/contracts/claims';
import { allEvents } from '@membership/contracts/events/index';
import { callsExchange } from '@membership/platform/bus/calls';
import { definitionsOf, topologyNames } from '@membership/platform/topology';
import { jsonFile, type GeneratedFile } from './text-file.ts';

const VHOST = '/';
/** Whose facts each service may bind its queue to, by the first word of their types. The gateway sends tenants whatever they want. */
export const HEARD: Readonly<Record<ServiceName, readonly string[] | 'all'>> = {
  gateway: 'all',
  points: ['tenant', 'member', 'vip', 'vip_tag', 'assignment', 'device', 'feedback'],
  vip: ['tenant', 'member', 'points', 'points_settings'],
  licenses: ['tenant', 'member', 'application'],
  applications: ['tenant', 'member', 'license', 'assignment', 'device', 'product', 'plan'],
  stats: [],
};
/** Reads the log of all facts in place of a queue of its own. */
const READS_THE_LOG: ServiceName = 'stats';

const literal = (name: string) => name.replaceAll('.', '\\.');
const oneOf = (names: readonly string[], calls: string) => `^(${[...names.map(literal), calls].join('|')})$`;
/** Where the replicas of a service call each other, each with a queue of its own for as long as it listens. */
function callsOf(service: ServiceName): string {
  const { events } = topologyNames(service);
  const names = ['relay', ...(service === READS_THE_LOG ? ['archived'] : [])];
  return names.map((name) => `${literal(callsExchange(events, name))}(\\.[0-9a-f-]+)?`).join('|');
}
const NOTHING = '^$';
const typesOf = (owners: readonly string[]) =>
  owners.length === 0 ? NOTHING : `^(${owners.join('|')})\\.[a-z_]+\\.v[0-9]+$`;

/** First words of the types that a service announces: further facts of the same things need no other rights. */
export const ownersOf = (service: ServiceName): string[] =>
  [
    ...new Set(
      allEvents
        .filter(({ producer }) => producer === service)
        .map(({ type }) => type.split('.')[0] as string),
    ),
  ].sort();

function rightsOf(service: ServiceName) {
  const names = topologyNames(service);
  const reading =
    service === READS_THE_LOG ? [names.exchange, names.log] : [names.exchange, names.events, names.dead];
  const writing = service === READS_THE_LOG ? [] : [names.exchange, names.events, names.own];
  const heard = HEARD[service];
  const calls = callsOf(service);
  return {
    permission: {
      user: service,
      vhost: VHOST,
      // A service makes a lock, since whoever looks at parked events does it alone, and what its replicas call each other by.
      configure: oneOf(service === READS_THE_LOG ? [] : [`${names.dead}.lock`], calls),
      write: oneOf(writing, calls),
      read: oneOf(reading, calls),
    },
    topic: {
      user: service,
      vhost: VHOST,
      exchange: names.exchange,
      write: typesOf(ownersOf(service)),
      read: heard === 'all' ? '.*' : typesOf(heard),
    },
  };
}

/** Names that stand once, whichever services share them. */
const once = <T extends { name: string }>(all: readonly T[]): T[] => [
  ...new Map(all.map((one) => [one.name, one])).values(),
];

export function brokerDefinitions(): GeneratedFile {
  const made = services.map((service) =>
    definitionsOf(topologyNames(service), { hasQueues: service !== READS_THE_LOG }),
  );
  const all = { configure: '.*', write: '.*', read: '.*' };
  const here = <T extends object>(one: T) => ({ vhost: VHOST, ...one });
  const bindings = made.flatMap((one) => one.bindings);
  return jsonFile('deploy/rabbitmq/definitions.json', {
    vhosts: [{ name: VHOST }],
    users: [
      { name: 'membership', password: '@RABBITMQ_PASSWORD@', tags: ['administrator'] },
      ...services.map((name) => ({ name, password: `@RABBITMQ_PASSWORD_${name.toUpperCase()}@`, tags: [] })),
    ],
    permissions: [
      { user: 'membership', vhost: VHOST, ...all },
      ...services.map((service) => rightsOf(service).permission),
    ],
    topic_permissions: services.map((service) => rightsOf(service).topic),
    exchanges: once(made.flatMap((one) => one.exchanges)).map((one) =>
      here({ ...one, auto_delete: false, internal: false, arguments: {} }),
    ),
    queues: once(made.flatMap((one) => one.queues)).map((one) => here({ ...one, auto_delete: false })),
    bindings: [...new Map(bindings.map((one) => [JSON.stringify(one), one])).values()].map((one) =>
      here({ ...one, arguments: {} }),
    ),
  });
}
