/** Parked events of a service, from the command line: list, show, replay, discard. */
import { services, type ServiceName } from '@membership/contracts/claims';
import { connectBus, type Bus } from '@membership/platform/bus';
import {
  deadLettersOf,
  LOOK_LIMIT,
  type DeadLetter,
  type Selection,
} from '@membership/platform/dead-letters';
import { createLogger } from '@membership/platform/log';
import { createMetrics } from '@membership/platform/metrics';
import { parseArgs } from './command-line.ts';
import { localAmqpUrl } from './stack/local-stores.ts';

const HELP = `Events that a service could not handle, parked at the broker in <service>.events.dead.

  npm run dead-letters -- list    --service points [--type points.earned.v1] [--json]
  npm run dead-letters -- show    --service points --id <event id>
  npm run dead-letters -- replay  --service points --id <event id> | --type <type> | --all
  npm run dead-letters -- discard --service points --id <event id> | --type <type> | --all

list shows the first ${LOOK_LIMIT}. replay sends events to the service as if they came for the first time; what it has
handled already has no second effect. discard deletes them for good.

  --service   ${services.join(', ')}
  --json      list as JSON, one event a line

Environment:
  AMQP_URL     the broker, such as amqp://user:password@host:5672 (unless given, that of the local stack)
  BUS_PREFIX   what the platform puts before its names at the broker, if anything
  LOG_LEVEL    what is said about the connection (silent)
`;
/** What the operator got wrong; shown without a stack. */
class Wrong extends Error {}

const options = {
  service: { type: 'string' },
  id: { type: 'string' },
  type: { type: 'string' },
  all: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;
type Values = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>['values'];

const isService = (name: string | undefined): name is ServiceName => services.includes(name as ServiceName);

function selectionFrom({ id, type, all }: Values): Selection {
  if ([id, type, all || undefined].filter((given) => given !== undefined).length !== 1)
    throw new Wrong('Say which: one of --id, --type and --all.');
  if (id !== undefined) return { id };
  return type === undefined ? { all: true } : { type };
}

function connect(service: ServiceName): Bus {
  const { AMQP_URL, BUS_PREFIX: prefix, LOG_LEVEL: level = 'silent' } = process.env;
  const url = AMQP_URL || localAmqpUrl();
  if (!url)
    throw new Wrong(
      'AMQP_URL is not set, and there is no local stack: give the address of the broker, such as amqp://user:password@host:5672.',
    );
  if (!/^amqps?:\/\//.test(url)) throw new Wrong('AMQP_URL is no amqp:// address.');
  return connectBus({
    url,
    service,
    prefix,
    name: `dead-letters ${process.pid}`,
    logger: createLogger({ service, level }),
    metrics: createMetrics(service),
  });
}

const lineOf = ({ id, type, parkedAt, retries, reason, error }: DeadLetter) =>
  [
    id.padEnd(36),
    (type ?? '(no event)').padEnd(28),
    parkedAt ?? '-'.padEnd(24),
    String(retries).padStart(8),
    reason.padEnd(14),
    error ?? '',
  ].join('  ');
const HEADING = [
  'id'.padEnd(36),
  'type'.padEnd(28),
  'parked at'.padEnd(24),
  'attempts',
  'reason'.padEnd(14),
  'error',
].join('  ');

async function run(action: string | undefined, values: Values): Promise<void> {
  const { service, id, type, json } = values;
  if (!action || !['list', 'show', 'replay', 'discard'].includes(action))
    throw new Wrong(`Say what to do: list, show, replay or discard. --help tells more.`);
  if (!isService(service)) throw new Wrong(`--service is one of ${services.join(', ')}.`);
  if (action === 'show' && id === undefined) throw new Wrong('show needs --id.');
  const selection = action === 'replay' || action === 'discard' ? selectionFrom(values) : undefined;
  const bus = connect(service);
  try {
    const letters = deadLettersOf(bus);
    if (action === 'list') {
      const found = await letters.list({ type });
      if (json) for (const letter of found) console.log(JSON.stringify(letter));
      else if (found.length === 0)
        console.log(`${service} has no parked events${type ? ` of type ${type}` : ''}.`);
      else for (const line of [HEADING, ...found.map(lineOf)]) console.log(line);
    } else if (action === 'show') {
      const letter = await letters.show(id as string);
      if (!letter) throw new Wrong(`No parked event of ${service} has the id ${id}.`);
      console.log(JSON.stringify(letter, null, 2));
    } else {
      const count = await letters[action as 'replay' | 'discard'](selection as Selection);
      if (count === 0) throw new Wrong(`No parked event of ${service} matches.`);
      console.log(
        `${action === 'replay' ? 'Replayed' : 'Discarded'} ${count} ${count === 1 ? 'event' : 'events'} of ${service}.`,
      );
    }
  } finally {
    await bus.close();
  }
}

try {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) console.log(HELP);
  else await run(positionals[0], values);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
