// Counts the statistics anew from the databases of the services, and holds them against it: see --help.
import { createLogger } from '@membership/platform/log';
import { connectMongo, type Connection } from '@membership/platform/mongo';
import { idFrom } from '@membership/platform/verified-tenant';
import { parseArgs } from './command-line.ts';
import { localDatabaseUri } from './stack/local-stores.ts';
import { verifyStatistics, type Books, type Verified } from './verify-statistics/verify-statistics.ts';

const HELP = `Counts the statistics anew from the databases of the services, not from the log, and holds them against it, while everything runs.
Changes nothing.

  npm run verify-statistics                     every tenant
  npm run verify-statistics -- --tenant 3       one tenant, by its id
  npm run verify-statistics -- --json           one line a fault, and one with the sum

Each member, profile, level, tag, product, plan, licence, assignment, application, article and feedback is counted as its service has
it, also what it is called, and so are who is not shown on leaderboards and the zone of the tenant's days; totals are what these and the
quarter hours add up to. Points earned, spent and expired, by category too, each step of each tag, purchases, licences issued, assigned
and activated by plan, and articles and feedback by application are, up to the end of each quarter hour, what was written down by then;
joinings, assignments revoked and expired, hours of use, and feedback that was opened again are compared as of now. Assignments were
used last when their intervals say; members were active last no earlier than the services know, and on the last of their days. Scores of
all time are the members' own, what a member has on the boards of its months, weeks and days comes to the same, and on every board as
many members stand in each segment as it says, which all ranks are made of. Liability and breakage are what the lots add up to, by month
of the tenant and of UTC. Cohorts and active members are what the days of the members add up to; each member joined, and was active
last, when the gateway says. What differs is looked at again for some seconds: only what differs in the same way all the time is a
fault.

No service has written down, so the log alone knows: how often anybody logged in (the gateway has the last login of each member), was
deactivated or reactivated; the steps between levels (each profile has its level of now); on which days a member was active before its
last login, and what it did since then but activate licences and give feedback; when assignments ended, and in which quarter hour their
use was told; when feedback that was opened again was closed before; of which application a licence was when it was told; when a score
was reached; what of the points of a month was taken back, and what used (together they are compared). Tags that were granted or
renewed before their events told the status before may be told as gained one too often or too seldom. Boards of days and weeks are not
compared with each other where some of the days are forgotten (after 98 days).

Ends with 0 when all adds up, with 1 when something does not, with 2 when it could not look.

Environment (unless given, the databases of the local stack):
  STATS_MONGODB_URI, GATEWAY_MONGODB_URI, POINTS_MONGODB_URI, VIP_MONGODB_URI, LICENSES_MONGODB_URI,
  APPLICATIONS_MONGODB_URI
`;
const PATIENCE_MS = 10_000;
const PROGRESS_MS = 5_000;
const SERVICES = ['stats', 'gateway', 'points', 'vip', 'licenses', 'applications'] as const;
const options = {
  tenant: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** What the operator got wrong; shown without a stack. */
class Wrong extends Error {}

function uriOf(service: (typeof SERVICES)[number]): string {
  const name = `${service.toUpperCase()}_MONGODB_URI`;
  const uri = process.env[name] || localDatabaseUri(service);
  if (uri) return uri;
  throw new Wrong(`${name} is not set, and there is no local stack: give the address of the database.`);
}

const sumOf = ({ tenants, compared, faults, moving }: Verified): string =>
  `${tenants} ${tenants === 1 ? 'tenant' : 'tenants'}, ${compared} figures compared: ${faults === 0 ? 'all adds up' : `${faults} faults`}${
    moving === 0 ? '' : `; ${moving} changed all the time and were not judged`
  }`;

async function verify(tenantId: number | undefined, json: boolean): Promise<Verified> {
  const logger = createLogger({ service: 'stats', level: 'silent' });
  const uris = SERVICES.map((service) => [service, uriOf(service)] as const);
  const open: [string, Connection][] = [];
  try {
    for (const [service, uri] of uris)
      open.push([
        service,
        (await connectMongo({ uri, logger, poolSize: 2, signal: AbortSignal.timeout(PATIENCE_MS) }))
          .connection,
      ]);
    const books = Object.fromEntries(open) as Books;
    if (
      tenantId !== undefined &&
      !(await books.gateway.collection<{ _id: number }>('tenants').findOne({ _id: tenantId }))
    )
      throw new Wrong(`There is no tenant ${tenantId}: GET /api/v1/tenants/ shows their ids.`);
    let told = Date.now();
    return await verifyStatistics(books, {
      tenantId,
      onFault: (fault) =>
        console.log(
          json ? JSON.stringify(fault) : `tenant ${fault.tenantId}, ${fault.figure}: ${fault.found}`,
        ),
      onProgress({ tenants, compared }) {
        if (Date.now() - told < PROGRESS_MS) return;
        told = Date.now();
        console.error(`… ${compared} figures of ${tenants} tenants so far`);
      },
    });
  } finally {
    for (const [, connection] of open) await connection.close();
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
