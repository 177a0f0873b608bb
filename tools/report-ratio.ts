// npm run report-ratio: what the licence reports cost over many assignments, against few, in one interleaved run.
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { parseArgs } from './command-line.ts';
import { auditTallies } from '../services/licenses/src/reports/audit-tallies.ts';
import { rebuildTallies } from '../services/licenses/src/reports/count-again.ts';
import { licensesService } from '../services/licenses/src/service.ts';
import { startInfrastructure } from './stack/infrastructure.ts';

const HELP = `The licence reports over 1,000,000 assignments and usage intervals of one tenant against 10,000 of another, asked in turn.

  npm run report-ratio                       about 10 minutes, most of it loading
  npm run report-ratio -- --large 100000     a smaller large tenant
  npm run report-ratio -- --rounds 40        how often each is asked (30)
  npm run report-ratio -- --bar 3            ends with 1 when a ratio of medians is over it (3)

Starts its own MongoDB and RabbitMQ and the real service, whose answers it takes over HTTP, none out of a cache.
`;
const { values } = parseArgs({
  options: {
    large: { type: 'string', default: '1000000' },
    small: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '30' },
    bar: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
});

const DAY = 86_400_000;
const HOUR = 3_600_000;
const CHUNK = 5_000;
const PLANS = 10;
/** Assignments that a member has. */
const EACH = 2;
const NEVER = new Date('9999-12-31T00:00:00.000Z');
const LOADED = ['assignments', 'devices', 'usage_intervals', 'directory_members'];
const started = Date.now();
const log = (line: string): void =>
  console.log(`${String(Math.round((Date.now() - started) / 1_000)).padStart(4)} s  ${line}`);

/** Puts assignments, a device and an interval for each, spread over 90 days, under the service's own indexes. */
async function load(kit: ServiceKit, tenantId: number, count: number): Promise<void> {
  const now = Math.floor(Date.now() / 1_000) * 1_000;
  const collection = (name: string) => kit.connection.collection<{ _id: number | string }>(name);
  const base = tenantId * 10_000_000;
  const named = (index: number) => ({
    _id: base + index,
    tenantId,
    name: `Number ${index}`,
    isRetired: false,
  });
  const catalogue = Array.from({ length: PLANS }, (_, index) => named(index));
  await collection('products').insertMany(catalogue.map((one) => ({ ...one, version: '1' })));
  await collection('plans').insertMany(
    catalogue.map((one) => ({ ...one, productId: one._id, features: {} })),
  );
  await collection('licenses').insertMany(
    catalogue.map((one) => ({
      ...{ _id: one._id, tenantId, productId: one._id, planId: one._id, licenseKey: `RATIO-${one._id}` },
      ...{ maxActivations: count, boundDevices: count / PLANS, openAssignments: count / PLANS },
      ...{ status: 'active', expiresAt: NEVER, isRemoved: false, sequence: 1 },
    })),
  );
  for (let from = 0; from < count; from += CHUNK) {
    const indexes = Array.from({ length: Math.min(CHUNK, count - from) }, (_, offset) => from + offset);
    const at = (index: number) => new Date(now - ((index * 7_919) % 90) * DAY - ((index * 31) % 24) * HOUR);
    const memberOf = (index: number) => base + Math.floor(index / EACH) + 1;
    const planOf = (index: number) => base + (index % PLANS);
    await collection('assignments').insertMany(
      indexes.map((index) => ({
        ...{ _id: base + index, tenantId, memberId: memberOf(index), licenseId: planOf(index) },
        ...{
          productId: planOf(index),
          planId: planOf(index),
          status: 'active',
          isOpen: true,
          type: 'direct',
        },
        ...{ assignedAt: at(index), activatedAt: at(index), lastUsedAt: at(index), updatedAt: at(index) },
        ...{ expiresAt: new Date(now + (1 + (index % 365)) * DAY), ownExpiresAt: NEVER, boundDevices: 1 },
        ...{ usedSeconds: 1_800, sequence: 3, reason: null },
      })),
      { ordered: false },
    );
    await collection('devices').insertMany(
      indexes.map((index) => ({
        ...{ _id: `${tenantId}:${base + index}:pc`, tenantId, assignmentId: base + index, deviceId: 'pc' },
        ...{ licenseId: planOf(index), memberId: memberOf(index), boundAt: at(index), lastSeenAt: at(index) },
      })),
      { ordered: false },
    );
    await collection('usage_intervals').insertMany(
      indexes.map((index) => ({
        ...{ _id: base + index, tenantId, assignmentId: base + index, deviceId: 'pc' },
        ...{ startedAt: new Date(at(index).getTime() - HOUR / 2), endedAt: at(index) },
      })),
      { ordered: false },
    );
    await collection('directory_members').insertMany(
      [...new Set(indexes.map(memberOf))].map((memberId) => ({
        ...{ _id: memberId, memberId, tenantId, username: `m${memberId}`, email: `m${memberId}@example.com` },
        ...{ isActive: true, sequence: 1 },
      })),
      { ordered: false },
    );
    if ((from / CHUNK) % 20 === 19) log(`tenant ${tenantId}: ${from + CHUNK} of ${count}`);
  }
}

const QUESTIONS = [
  ['license-usage by product', contracts.reportLicenseUsage, { group_by: 'product' }],
  ['license-usage by plan', contracts.reportLicenseUsage, { group_by: 'plan' }],
  ['license-usage by user', contracts.reportLicenseUsage, { group_by: 'user' }],
  ['license-usage by date', contracts.reportLicenseUsage, { group_by: 'date' }],
  ['expiry-alerts', contracts.reportExpiryAlerts, {}],
  ['user-activity', contracts.reportUserActivity, {}],
] as const;
const median = (times: readonly number[]): number =>
  [...times].sort((left, right) => left - right)[Math.floor(times.length / 2)] as number;

async function measure(kit: ServiceKit, small: number, large: number, rounds: number): Promise<number> {
  const ask = async ([, endpoint, query]: (typeof QUESTIONS)[number], tenantId: number): Promise<number> => {
    // Another version of the tallies, so that no answer comes out of the cache.
    await kit.connection
      .collection('plan_days')
      .updateOne({ tenantId, day: 'all' }, { $inc: { version: 1 } });
    const admin = kit.as({ role: 'admin', tenantId, userId: 3 });
    const begun = performance.now();
    const { status } = await admin.call(endpoint, { query: query as never });
    const took = performance.now() - begun;
    if (status !== 200) throw new Error(`${endpoint.path} answered ${status}`);
    return took;
  };
  let worst = 0;
  console.log(
    `\n${'report'.padEnd(28)}${'small, ms'.padStart(12)}${'large, ms'.padStart(12)}${'ratio'.padStart(8)}`,
  );
  for (const question of QUESTIONS) {
    const times = { small: [] as number[], large: [] as number[] };
    for (let round = -3; round < rounds; round++) {
      const [one, other] = [await ask(question, small), await ask(question, large)];
      if (round < 0) continue;
      times.small.push(one);
      times.large.push(other);
    }
    const [few, many] = [median(times.small), median(times.large)];
    worst = Math.max(worst, many / few);
    console.log(
      `${question[0].padEnd(28)}${few.toFixed(1).padStart(12)}${many.toFixed(1).padStart(12)}${(many / few).toFixed(2).padStart(8)}`,
    );
  }
  return worst;
}

/** How to end what has been started, the last first. One that fails does not keep the others from ending. */
const endings: (() => Promise<unknown>)[] = [];
async function endAll(): Promise<void> {
  for (let end = endings.pop(); end; end = endings.pop())
    await end().catch((error: Error) => log(`not stopped cleanly: ${error.message}`));
}

async function main(): Promise<void> {
  const infrastructure = await startInfrastructure({ log });
  endings.push(() => infrastructure.stop());
  process.env.MONGODB_URI = infrastructure.mongodbUri;
  process.env.AMQP_URL = infrastructure.amqpUrl;
  const kit = await startServiceKit(licensesService, { EXPIRY_JOB_SECONDS: '3600' });
  endings.push(() => kit.stop());
  const [small, large] = [await kit.aTenant({ tenantId: 1 }), await kit.aTenant({ tenantId: 2 })];
  // Loading under ten indexes each would take longer than all the rest.
  for (const name of LOADED) await kit.connection.collection(name).dropIndexes();
  await load(kit, small, Number(values.small));
  await load(kit, large, Number(values.large));
  log('building the indexes');
  for (const name of LOADED) await kit.connection.model(name).createIndexes();
  log('counting the figures of the reports');
  await rebuildTallies(kit.connection);
  if (Number(values.large) <= 100_000)
    log(`${(await auditTallies(kit.connection)).faults.length} differences`);
  log('asking');
  const worst = await measure(kit, small, large, Number(values.rounds));
  const isWell = worst <= Number(values.bar);
  console.log(
    `\n${values.large} assignments and intervals / ${values.small}: worst ratio ${worst.toFixed(2)} (bar ${values.bar}): ${isWell ? 'passed' : 'missed'}`,
  );
  process.exitCode = isWell ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => void endAll().then(() => process.exit(130)));
try {
  if (values.help) console.log(HELP);
  else await main();
} catch (error) {
  console.error(error instanceof Error ? error.stack : error);
  process.exitCode = 1;
} finally {
  await endAll();
}
process.exit();
