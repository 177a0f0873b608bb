// What `npm run bench` was asked for.
import { parseArgs } from 'node:util';
import { ROW_IDS, type RowId } from './rows.ts';

export type BenchArguments = {
  readonly help: boolean;
  /** A bar that is missed does not make the command fail. */
  readonly isReportOnly: boolean;
  readonly only: readonly RowId[];
  readonly seconds: number;
  readonly rounds: number;
  /** The gateway counts its limits in a Redis. */
  readonly redis: boolean;
};

/** Rows that build up much data before they can measure anything. */
const SLOW: readonly RowId[] = ['L1', 'C1'];
/** Beside other products, which are downloaded for it. */
const PEERS: readonly RowId[] = ['P1'];
const FULL = { seconds: 2, rounds: 7 };
const QUICK = { seconds: 1, rounds: 3 };

export const HELP = `Measures the hot paths against their floors, in turn, in one process tree on this machine.

  npm run bench                              every row but ${PEERS.join(' and ')} (about 10 minutes)
  npm run bench -- --quick                   without ${SLOW.join(' and ')}, ${QUICK.rounds} rounds of ${QUICK.seconds} s (about 3 minutes)
  npm run bench -- --peers                   ${PEERS.join(' and ')} alone: beside the seeds' own stack, which is downloaded for it
  npm run bench -- --only G1,E1,E2           some rows
  npm run bench -- --seconds 3 --rounds 5    length and number of the interleaved rounds (${FULL.seconds} and ${FULL.rounds})
  npm run bench -- --redis                   with a Redis in which the gateway counts its limits
  npm run bench -- --report-only             ends with 0 even when a bar is missed

Starts its own MongoDB, RabbitMQ, services and nginx, downloading what this machine lacks, and stops them again; nothing of
a platform that runs is touched. Where no nginx can be had, G1 and G2 are passed over, and it says so.
The report goes to bench-results/<time>.json and .md. Only its ratios mean anything, and only inside one run.
Ends with 1 when a bar is missed or a row could not be measured. docs/performance.md says what each row compares.

Rows: ${ROW_IDS.join(' ')}
`;

const MOST_SECONDS = 120;
const MOST_ROUNDS = 50;

/** Throws a sentence for an unknown row or a number out of range. */
export function parseBenchArguments(args: readonly string[]): BenchArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      quick: { type: 'boolean', default: false },
      peers: { type: 'boolean', default: false },
      redis: { type: 'boolean', default: false },
      'report-only': { type: 'boolean', default: false },
      only: { type: 'string' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
    },
  });
  const lengths = values.quick ? QUICK : FULL;
  const own = ROW_IDS.filter((id) => !PEERS.includes(id) && !(values.quick && SLOW.includes(id)));
  const all = values.peers ? PEERS : own;
  const asked =
    values.only
      ?.split(',')
      .map((id) => id.trim().toUpperCase())
      .filter(Boolean) ?? all;
  const unknown = asked.filter((id) => !ROW_IDS.some((each) => each === id));
  if (unknown.length > 0)
    throw new Error(`--only: no row ${unknown.join(', ')}; there are ${ROW_IDS.join(', ')}`);
  return {
    help: values.help,
    isReportOnly: values['report-only'],
    redis: values.redis,
    only: asked as RowId[],
    seconds: numberFrom('--seconds', values.seconds ?? String(lengths.seconds), {
      least: 0.2,
      most: MOST_SECONDS,
    }),
    rounds: Math.round(
      numberFrom('--rounds', values.rounds ?? String(lengths.rounds), { least: 1, most: MOST_ROUNDS }),
    ),
  };
}

function numberFrom(name: string, text: string, { least, most }: { least: number; most: number }): number {
  const value = Number(text);
  if (!(value >= least && value <= most)) throw new Error(`${name} needs a number from ${least} to ${most}`);
  return value;
}
