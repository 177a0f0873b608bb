/** The command that proves a ledger: `node services/points/src/verify.ts`, or `npm run verify-ledger` beside a local stack. */
import { parseArgs } from 'node:util';
import { processEnvironment, readSettings, serviceSettings } from '@membership/platform/config';
import { createLogger } from '@membership/platform/log';
import { connectMongo } from '@membership/platform/mongo';
import { assertTenantIsKnown, idFrom } from '@membership/platform/verified-tenant';
import type { Fault } from './ledger/audit.ts';
import { verifyLedger, type Verified } from './ledger/verify-ledger.ts';

const HELP = `Looks through the points ledger for anything that does not add up, while the service runs. Changes nothing.

  npm run verify-ledger                     every tenant
  npm run verify-ledger -- --tenant 3       one tenant, by its id
  npm run verify-ledger -- --profile 123    one profile, by its member's id
  npm run verify-ledger -- --json           one line a fault, and one with the sum

For every profile: total = available + frozen = earned − spent − expired = what its records add up to; the records chain
without a gap; nothing is negative; lots hold the total, held lots and open holds what is frozen; nothing was taken from a
lot that had ended; what ends next is looked for in time; what was spent is what the orders cost less their refunds; lots are where
the profile says that they are.

Ends with 0 when all adds up, with 1 when something does not, with 2 when it could not look.

Environment:
  MONGODB_URI, MONGODB_URI_FILE   the database of the points service (npm run verify-ledger: unless given, that of the local stack)
`;
const PATIENCE_MS = 10_000;
const PROGRESS_MS = 5_000;
const options = {
  tenant: { type: 'string' },
  profile: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const lineOf = ({ tenantId, profileId, rule, found }: Fault): string =>
  `tenant ${tenantId}, profile ${profileId}: ${rule}: ${found}`;
const sumOf = ({ profiles, records, faults }: Verified): string =>
  `${profiles} profiles, ${records} records: ${faults === 0 ? 'all adds up' : `${faults} faults`}`;

async function verify({
  tenantId,
  profileId,
  json,
}: {
  tenantId: number | undefined;
  profileId: number | undefined;
  json: boolean;
}): Promise<Verified> {
  const { MONGODB_URI: uri } = readSettings(
    { MONGODB_URI: serviceSettings.MONGODB_URI },
    processEnvironment,
    [],
  );
  const logger = createLogger({ service: 'points', level: 'silent' });
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const { connection } = await connectMongo({ uri, logger, poolSize: 2, signal });
  try {
    let told = Date.now();
    const verified = await verifyLedger(connection, {
      tenantId,
      profileIds: profileId === undefined ? undefined : [profileId],
      onFault: (fault) => say(json ? JSON.stringify(fault) : lineOf(fault)),
      onProgress(sofar) {
        if (Date.now() - told < PROGRESS_MS) return;
        told = Date.now();
        process.stderr.write(`… ${sumOf(sofar)} so far\n`);
      },
    });
    if (verified.profiles > 0) return verified;
    await assertTenantIsKnown(connection, tenantId);
    if (profileId !== undefined) throw new Error(`There is no profile ${profileId} in this database.`);
    return verified;
  } finally {
    await connection.close();
  }
}

try {
  const { values } = parseArgs({ options });
  if (values.help) say(HELP);
  else {
    const verified = await verify({
      tenantId: idFrom(values.tenant, 'tenant'),
      profileId: idFrom(values.profile, 'profile'),
      json: values.json,
    });
    if (values.json) say(JSON.stringify(verified));
    else say(sumOf(verified));
    process.exitCode = verified.faults === 0 ? 0 : 1;
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
