/** The command that proves the audit trail: `node services/stats/src/verify-audit.ts`, or `npm run verify-audit` beside a local stack. */
import { parseArgs } from 'node:util';
import {
  overlappingSecret,
  processEnvironment,
  readSettings,
  serviceSettings,
} from '@membership/platform/config';
import { createLogger } from '@membership/platform/log';
import { connectMongo } from '@membership/platform/mongo';
import { assertTenantIsKnown, idFrom } from '@membership/platform/verified-tenant';
import { verifyChains, type Kept, type Verified } from './hash-chain/verify-chains.ts';

const HELP = `Proves the audit trail while the service runs: finds every entry that was changed, left out or put in. Changes nothing.

  npm run verify-audit                                          every tenant
  npm run verify-audit -- --tenant 3                            one tenant, by its id
  npm run verify-audit -- --tenant 3 --kept 18204:mT0cVq7b…     the chain still has the hash that somebody kept (number:hash of an anchor)
  npm run verify-audit -- --key 11qYAYKxCrfVS…                  anchors are believed by this public key alone (may be given again)
  npm run verify-audit -- --json                                one line a fault, and one with the sum

The hash of each entry covers the one before; the anchors, once a day, are signed. Whose keys are believed: those of --key; else, with
INTERNAL_KEY, those whose private part lies under it; else all that are in the database, which proves nothing against somebody who can
write there. What came since the last anchor rests on the chain alone.

Ends with 0 when all holds, with 1 when something does not, with 2 when it could not look.

Environment:
  MONGODB_URI, MONGODB_URI_FILE     the database of the stats service (npm run verify-audit: unless given, that of the local stack)
  INTERNAL_KEY, INTERNAL_KEY_FILE   the service's own, if at hand
`;
const PATIENCE_MS = 10_000;
const PROGRESS_MS = 5_000;
const options = {
  tenant: { type: 'string' },
  kept: { type: 'string', multiple: true },
  key: { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;
type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

function keptFrom({ kept, tenant }: Values): Kept[] | undefined {
  if (!kept) return undefined;
  if (tenant === undefined) throw new Error('--kept is about one tenant: name it with --tenant.');
  return kept.map((text) => {
    const [, number, hash] = /^([1-9]\d{0,15}):([\w-]{43})$/.exec(text) ?? [];
    if (!number || !hash) throw new Error('--kept is number:hash of an anchor.');
    return { number: Number(number), hash };
  });
}

async function verify(values: Values): Promise<Verified> {
  const tenantId = idFrom(values.tenant, 'tenant');
  const kept = keptFrom(values);
  for (const key of values.key ?? [])
    if (!/^[\w-]{43}$/.test(key))
      throw new Error('--key is a public key as GET /api/v1/stats/audit-anchors/ shows it.');
  const fields = { MONGODB_URI: serviceSettings.MONGODB_URI, INTERNAL_KEY: overlappingSecret.optional() };
  const { MONGODB_URI: uri, INTERNAL_KEY: secrets } = readSettings(fields, processEnvironment, []);
  const logger = createLogger({ service: 'stats', level: 'silent' });
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const { connection } = await connectMongo({ uri, logger, poolSize: 2, signal });
  try {
    await assertTenantIsKnown(connection, tenantId).catch(async (error: unknown) => {
      // The statistics keep no register of tenants: one is known by what was archived.
      if (!(await connection.collection('archive').findOne({ tenantId }))) throw error;
    });
    let told = Date.now();
    return await verifyChains(connection, {
      ...{ tenantId, kept, secrets, publicKeys: values.key },
      onFault: (fault) =>
        say(
          values.json
            ? JSON.stringify(fault)
            : `tenant ${fault.tenantId}${fault.number === null ? '' : `, entry ${fault.number}`}: ${fault.found}`,
        ),
      onProgress(entries) {
        if (Date.now() - told < PROGRESS_MS) return;
        told = Date.now();
        process.stderr.write(`… ${entries} entries so far\n`);
      },
    });
  } finally {
    await connection.close();
  }
}

const sumOf = ({ tenants, entries, anchors, faults, waiting }: Verified): string =>
  `${tenants} ${tenants === 1 ? 'tenant' : 'tenants'}, ${entries} entries, ${anchors} anchors: ${faults === 0 ? 'all holds' : `${faults} faults`}${
    waiting === 0 ? '' : `; ${waiting} events wait to be covered`
  }`;

try {
  const { values } = parseArgs({ options });
  if (values.help) process.stdout.write(HELP);
  else {
    const verified = await verify(values);
    say(values.json ? JSON.stringify(verified) : sumOf(verified));
    process.exitCode = verified.faults === 0 ? 0 : 1;
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
