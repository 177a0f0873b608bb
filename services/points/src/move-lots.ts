/** The command that moves lots into their records: `node services/points/src/move-lots.ts`, or `npm run move-lots` beside a local stack. */
import { parseArgs } from 'node:util';
import { processEnvironment, readSettings, serviceSettings } from '@membership/platform/config';
import { createLogger } from '@membership/platform/log';
import { connectMongo } from '@membership/platform/mongo';
import { moveLots, type Moved } from './ledger/move-lots.ts';

const HELP = `Moves the lots of points into the records that made them, while the service runs: an earning then writes a document less.
Profiles that are new in this version have theirs there already.

  npm run move-lots

Run it once, when every process of the points service is of this version: one of a version before does not find what has been
moved, and there is no way back to such a version. It may be stopped and run again. Each profile is moved in one transaction;
its member's own requests wait for that: some seconds where it has 5,000 lots.

Ends with 0 when all are moved, with 2 when it could not move them.

Environment:
  MONGODB_URI, MONGODB_URI_FILE   the database of the points service (npm run move-lots: unless given, that of the local stack)
`;
const PATIENCE_MS = 10_000;
const PROGRESS_MS = 5_000;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const sumOf = ({ profiles, lots }: Moved): string => `${profiles} profiles, ${lots} lots`;

async function move(): Promise<void> {
  const { MONGODB_URI: uri } = readSettings(
    { MONGODB_URI: serviceSettings.MONGODB_URI },
    processEnvironment,
    [],
  );
  const logger = createLogger({ service: 'points', level: 'silent' });
  const { connection } = await connectMongo({
    uri,
    logger,
    poolSize: 2,
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  process.once('SIGTERM', () => stopping.abort());
  try {
    let told = Date.now();
    const moved = await moveLots(connection, {
      signal: stopping.signal,
      onProgress(sofar) {
        if (Date.now() - told < PROGRESS_MS) return;
        told = Date.now();
        process.stderr.write(`… ${sumOf(sofar)} so far\n`);
      },
    });
    say(`${sumOf(moved)} moved${stopping.signal.aborted ? '; stopped: run it again' : ''}`);
    if (stopping.signal.aborted) process.exitCode = 2;
  } finally {
    await connection.close();
  }
}

try {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } });
  if (values.help) say(HELP);
  else await move();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
