/** The command that proves the audit trail: `node services/stats/src/verify-audit.ts`, or `npm run verify-audit` beside a local stack. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { counted } from '@membership/contracts/text';
import { connectBus } from '@membership/platform/bus';
import {
  overlappingSecret,
  processEnvironment,
  readSettings,
  serviceSettings,
} from '@membership/platform/config';
import { createLogger, type Logger } from '@membership/platform/log';
import { createMetrics } from '@membership/platform/metrics';
import { connectMongo } from '@membership/platform/mongo';
import { assertTenantIsKnown, idFrom } from '@membership/platform/verified-tenant';
import type { Connection } from 'mongoose';
import { compareLog } from './hash-chain/compare-log.ts';
import { keptAnchorsIn, keptPair, type Kept } from './hash-chain/kept-anchors.ts';
import { verifyChains, type Fault, type Verified } from './hash-chain/verify-chains.ts';

const HELP = `Proves the audit trail while the service runs: finds every entry that was changed, left out or put in. Changes nothing.

  npm run verify-audit                                          every tenant
  npm run verify-audit -- --tenant 3                            one tenant, by its id
  npm run verify-audit -- --tenant 3 --kept 18204:mT0cVq7b…     the chain still has the hash that somebody kept (number:hash of an anchor)
  npm run verify-audit -- --anchors anchors.ndjson              and so have all in a file: GET /api/v1/stats/export/?report=audit_anchors&format=ndjson,
                                                                answers of GET /api/v1/stats/audit-anchors/, or the service's log (lines
                                                                “the audit trail was signed”); - is standard input
  npm run verify-audit -- --log                                 the broker's log is gone through, too (30 days): what it tells stands in the archive
  npm run verify-audit -- --key 11qYAYKxCrfVS…                  anchors are believed by this public key alone (may be given again)
  npm run verify-audit -- --json                                one line a fault, and one with the sum

The hash of each entry covers the one before; the anchors, once a day, are signed. Whose keys are believed: those of --key; else, with
INTERNAL_KEY, those whose private part lies under it; else all that are in the database, which proves nothing against somebody who can
write there. What came since the last anchor rests on the chain alone. Of an erased tenant nothing is left: the service signed that
it was erased when the log told it, and by that what was kept of it is known as good once; another’s chain cannot be made to look so.

Ends with 0 when all holds, with 1 when something does not, with 2 when it could not look.

Environment:
  MONGODB_URI, MONGODB_URI_FILE     the database of the stats service (npm run verify-audit: unless given, that of the local stack)
  INTERNAL_KEY, INTERNAL_KEY_FILE   the service's own, if at hand
  AMQP_URL, AMQP_URL_FILE           for --log: the broker (npm run verify-audit: unless given, that of the local stack)
  BUS_PREFIX                        for --log: what stands before its names at the broker, if anything
`;
const PATIENCE_MS = 10_000;
/** Its number: `process.stdin` would make it one that is not waited for, which what arrives slowly needs. */
const STANDARD_INPUT = 0;
const PROGRESS_MS = 5_000;
const options = {
  tenant: { type: 'string' },
  kept: { type: 'string', multiple: true },
  anchors: { type: 'string', multiple: true },
  log: { type: 'boolean', default: false },
  key: { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;
type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

function keptFrom({ kept = [], anchors = [] }: Values, tenantId: number | undefined): Kept[] {
  const pairs = kept.map((text) => {
    if (tenantId === undefined) throw new Error('--kept is about one tenant: name it with --tenant.');
    return keptPair(text, tenantId);
  });
  const files = anchors.flatMap((file) => {
    const found = keptAnchorsIn(readFileSync(file === '-' ? STANDARD_INPUT : file, 'utf8'), tenantId);
    if (found.length === 0) throw new Error(`There is no anchor in ${file} that says which tenant it is of.`);
    return found;
  });
  return [...pairs, ...files];
}

/** What the command found; `compared`: events of the broker's log. */
type Found = Verified & { readonly compared?: number };

async function verify(values: Values): Promise<Found> {
  const tenantId = idFrom(values.tenant, 'tenant');
  const kept = keptFrom(values, tenantId);
  for (const key of values.key ?? [])
    if (!/^[\w-]{43}$/.test(key))
      throw new Error('--key is a public key as GET /api/v1/stats/audit-anchors/ shows it.');
  const { MONGODB_URI, AMQP_URL, BUS_PREFIX } = serviceSettings;
  const fields = {
    ...{ MONGODB_URI, BUS_PREFIX, INTERNAL_KEY: overlappingSecret.optional() },
    AMQP_URL: values.log ? AMQP_URL : AMQP_URL.optional(),
  };
  const settings = readSettings(fields, processEnvironment, []);
  const logger = createLogger({ service: 'stats', level: 'silent' });
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const { connection } = await connectMongo({ uri: settings.MONGODB_URI, logger, poolSize: 2, signal });
  const onFault = (fault: Fault) => say(values.json ? JSON.stringify(fault) : sentenceOf(fault));
  try {
    await assertTenantIsKnown(connection, tenantId).catch(async (error: unknown) => {
      // The statistics keep no register of tenants: one is known by what was archived, by what was kept, or by its erasure.
      if (kept.some((one) => one.tenantId === tenantId)) return;
      if (await connection.collection<{ _id: number }>('audit_erasures').findOne({ _id: tenantId as number }))
        return;
      if (!(await connection.collection('archive').findOne({ tenantId }))) throw error;
    });
    let told = Date.now();
    const verified = await verifyChains(connection, {
      ...{ tenantId, kept, secrets: settings.INTERNAL_KEY, publicKeys: values.key, onFault },
      onProgress(entries) {
        if (Date.now() - told < PROGRESS_MS) return;
        told = Date.now();
        process.stderr.write(`… ${entries} entries so far\n`);
      },
    });
    if (!values.log || settings.AMQP_URL === undefined) return verified;
    const broker = { url: settings.AMQP_URL, prefix: settings.BUS_PREFIX };
    const { compared, faults } = await withLog(broker, logger, connection, { tenantId, onFault });
    return { ...verified, compared, faults: verified.faults + faults };
  } finally {
    await connection.close();
  }
}

async function withLog(
  broker: { readonly url: string; readonly prefix: string },
  logger: Logger,
  connection: Connection,
  options: Parameters<typeof compareLog>[2],
): ReturnType<typeof compareLog> {
  const bus = connectBus({ ...broker, service: 'stats', logger, metrics: createMetrics('stats') });
  try {
    await bus.connected(PATIENCE_MS);
    return await compareLog(connection, bus, options);
  } finally {
    await bus.close();
  }
}

const sentenceOf = ({ tenantId, number, found }: Fault): string =>
  `tenant ${tenantId}${number === null ? '' : `, entry ${number}`}: ${found}`;
const sumOf = ({ tenants, erased, entries, anchors, compared, faults, waiting }: Found): string =>
  `${counted(tenants, 'tenant')}${erased === 0 ? '' : ` (${erased} erased)`}, ${entries} ${entries === 1 ? 'entry' : 'entries'}, ${counted(anchors, 'anchor')}${compared === undefined ? '' : `, ${counted(compared, 'event')} of the log`}: ${faults === 0 ? 'all holds' : counted(faults, 'fault')}${
    waiting === 0 ? '' : `; ${counted(waiting, 'event')} still to be covered`
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
