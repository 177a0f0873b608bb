// Proves that every purchase of a tag is granted and paid, or neither: see --help.
import { createLogger } from '@membership/platform/log';
import { connectMongo } from '@membership/platform/mongo';
import { assertTenantIsKnown, idFrom } from '@membership/platform/verified-tenant';
import { parseArgs } from './command-line.ts';
import { localDatabaseUri } from './stack/local-stores.ts';
import { verifyPurchases, type Verified } from './verify-purchases/verify-purchases.ts';

const HELP = `Holds every purchase of a VIP tag against the points that paid for it, while the services run. Changes nothing.

  npm run verify-purchases                     every tenant
  npm run verify-purchases -- --tenant 3       one tenant, by its id
  npm run verify-purchases -- --json           one line a fault, and one with the sum

A completed purchase was granted once and paid once, at its price, and nothing of it was given back later; a failed one was neither granted nor paid, and what was
frozen for it was given back; no hold outlives its purchase. What is on its way is left alone for five minutes.

Ends with 0 when all adds up, with 1 when something does not, with 2 when it could not look.

Environment (unless given, the databases of the local stack):
  VIP_MONGODB_URI      the database of the vip service
  POINTS_MONGODB_URI   the database of the points service
`;
const PATIENCE_MS = 10_000;
const LATE_MS = 5 * 60_000;
const options = {
  tenant: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** What the operator got wrong; shown without a stack. */
class Wrong extends Error {}

function uriOf(service: 'vip' | 'points'): string {
  const name = `${service.toUpperCase()}_MONGODB_URI`;
  const uri = process.env[name] || localDatabaseUri(service);
  if (uri) return uri;
  throw new Wrong(`${name} is not set, and there is no local stack: give the address of the database.`);
}

const sumOf = ({ purchases, completed, failed, compensated, requested, faults }: Verified): string =>
  `${purchases} purchases: ${completed} completed, ${failed} failed, ${compensated} failed and given back, ${requested} on their way; ${faults === 0 ? 'all adds up' : `${faults} faults`}`;

async function verify(tenantId: number | undefined, json: boolean): Promise<Verified> {
  const logger = createLogger({ service: 'vip', level: 'silent' });
  const [vipUri, pointsUri] = [uriOf('vip'), uriOf('points')];
  const connect = (uri: string) =>
    connectMongo({ uri, logger, poolSize: 2, signal: AbortSignal.timeout(PATIENCE_MS) });
  const { connection: vip } = await connect(vipUri);
  try {
    const { connection: points } = await connect(pointsUri);
    try {
      const verified = await verifyPurchases(
        { vip, points },
        {
          tenantId,
          lateMs: LATE_MS,
          onFault: (fault) =>
            console.log(
              json
                ? JSON.stringify(fault)
                : `tenant ${fault.tenantId}, purchase ${fault.purchaseId}: ${fault.found}`,
            ),
        },
      );
      if (verified.purchases === 0) await assertTenantIsKnown(vip, tenantId);
      return verified;
    } finally {
      await points.close();
    }
  } finally {
    await vip.close();
  }
}

try {
  const { values } = parseArgs({ options });
  if (values.help) console.log(HELP);
  else {
    const verified = await verify(idFrom(values.tenant, 'tenant'), values.json);
    console.log(values.json ? JSON.stringify(verified) : sumOf(verified));
    process.exitCode = verified.faults === 0 ? 0 : 1;
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
