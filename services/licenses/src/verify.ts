/** The command that proves licences: `node services/licenses/src/verify.ts`, or `npm run verify-licenses` beside a local stack. */
import { parseArgs } from 'node:util';
import { processEnvironment, readSettings, serviceSettings } from '@membership/platform/config';
import { createLogger } from '@membership/platform/log';
import { connectMongo } from '@membership/platform/mongo';
import { assertTenantIsKnown, idFrom } from '@membership/platform/verified-tenant';
import { auditTallies } from './reports/audit-tallies.ts';
import { verifySlots } from './verify-slots.ts';

const HELP = `Looks through the licences for anything that does not add up, while the service runs. Changes nothing unless told to.

  npm run verify-licenses                     every tenant
  npm run verify-licenses -- --tenant 3       one tenant, by its id
  npm run verify-licenses -- --mend           also counts the figures of the reports again where they are wrong

Slots: no licence has more devices than max_activations, and the counters of licences and assignments equal the devices that
are bound; one that left keeps its slot until its licence file ends, no longer. Figures of the reports: each member's equal what its assignments, devices and usage come to, each plan's what its
members have.

Ends with 0 when all adds up (with --mend: when all that was wrong is mended), with 1 when something does not, with 2 when it
could not look.

Environment:
  MONGODB_URI, MONGODB_URI_FILE   the database of the licences service (npm run verify-licenses: unless given, that of the local stack)
`;
const PATIENCE_MS = 10_000;
const PROGRESS_MS = 5_000;
const options = {
  tenant: { type: 'string' },
  mend: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const told = (count: number, what: string): string => `${count} ${count === 1 ? what : `${what}s`}`;

/** Looks, says what it found, and returns how much of it is still wrong. */
async function verify(tenantId: number | undefined, mend: boolean): Promise<number> {
  const { MONGODB_URI: uri } = readSettings(
    { MONGODB_URI: serviceSettings.MONGODB_URI },
    processEnvironment,
    [],
  );
  const logger = createLogger({ service: 'licenses', level: 'silent' });
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const { connection } = await connectMongo({ uri, logger, poolSize: 2, signal });
  try {
    const slots = await verifySlots(connection, tenantId === undefined ? {} : { tenantId });
    if (slots.licenses === 0) await assertTenantIsKnown(connection, tenantId);
    for (const problem of slots.problems) say(problem);
    say(
      `${told(slots.licenses, 'licence')}, ${told(slots.assignments, 'assignment')}, ${told(slots.devices, 'device')}`,
    );
    let last = Date.now();
    const { members, faults } = await auditTallies(connection, {
      tenantId,
      mend,
      onProgress(done) {
        if (Date.now() - last < PROGRESS_MS) return;
        last = Date.now();
        process.stderr.write(`… figures of ${told(done, 'member')} so far\n`);
      },
    });
    for (const fault of faults) say(mend ? `mended: ${fault}` : fault);
    const wrong = slots.problems.length + (mend ? 0 : faults.length);
    const mended = mend && faults.length > 0 ? `, ${told(faults.length, 'figure')} mended` : '';
    say(
      `figures of ${told(members, 'member')}: ${wrong === 0 ? `all adds up${mended}` : told(wrong, 'fault')}`,
    );
    return wrong;
  } finally {
    await connection.close();
  }
}

try {
  const { values } = parseArgs({ options });
  if (values.help) say(HELP);
  else process.exitCode = (await verify(idFrom(values.tenant, 'tenant'), values.mend)) === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
