// What `npm run bench` was asked for.
import { parseArgs } from 'node:util';
import { ROW_IDS, type RowId } from './rows.ts';

export type BenchArguments = {
  readonly help: boolean;
  readonly strict: boolean;
  readonly only: readonly RowId[];
  readonly seconds: number;
  readonly rounds: number;
};

export const HELP = `Measures the hot paths against their floors, in turn, in one process tree on this machine.

  npm run bench                              every row there is (about 8 minutes)
  npm run bench -- --only G1,E1,E2           some rows
  npm run bench -- --seconds 3 --rounds 5    length and number of the interleaved rounds (5 and 3)
  npm run bench -- --strict                  ends with 1 when a bar is missed (otherwise the report says so)

Starts its own MongoDB, RabbitMQ, services and nginx, and stops them again; nothing of a platform that runs is touched.
The report goes to bench-results/<time>.json and .md. Only its ratios mean anything, and only inside one run.

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
      strict: { type: 'boolean', default: false },
      only: { type: 'string' },
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const asked = values.only
    ?.split(',')
    .map((id) => id.trim().toUpperCase())
    .filter(Boolean) ?? [...ROW_IDS];
  const unknown = asked.filter((id) => !ROW_IDS.some((each) => each === id));
  if (unknown.length > 0)
    throw new Error(`--only: no row ${unknown.join(', ')}; there are ${ROW_IDS.join(', ')}`);
  return {
    help: values.help,
    strict: values.strict,
    only: asked as RowId[],
    seconds: numberFrom('--seconds', values.seconds, { least: 0.2, most: MOST_SECONDS }),
    rounds: Math.round(numberFrom('--rounds', values.rounds, { least: 1, most: MOST_ROUNDS })),
  };
}

function numberFrom(name: string, text: string, { least, most }: { least: number; most: number }): number {
  const value = Number(text);
  if (!(value >= least && value <= most)) throw new Error(`${name} needs a number from ${least} to ${most}`);
  return value;
}
