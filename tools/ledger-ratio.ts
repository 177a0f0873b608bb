// npm run ledger-ratio: what lists of the points service cost over many records against few, and an earning in a profile of
// many records and lots against one of few, in interleaved runs.
import type { Client } from '@membership/contracts/client';
import * as contracts from '@membership/contracts/endpoints/points/index';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { parseArgs } from './command-line.ts';
import { pointsService } from '../services/points/src/app.ts';
import { fillProfile, fillTenant, LOADED, type Filling } from './bench/points-filling.ts';
import { startInfrastructure } from './stack/infrastructure.ts';

const HELP = `The points service over many records of one tenant against few of another, and over many records and lots of one profile
against few of another, asked in turn.

  npm run ledger-ratio                       about 5 minutes, most of it loading
  npm run ledger-ratio -- --large 100000     fewer records in the large tenant (1,000,000; the small one has 1,000)
  npm run ledger-ratio -- --rounds 40        how often each list is asked (60), and each profile moved
  npm run ledger-ratio -- --page-bar 2       ends with 1 when a list's ratio of medians is over it (2)
  npm run ledger-ratio -- --earn-bar 1.3     … or an earning's (1.3)

Starts its own MongoDB and RabbitMQ and the real service, whose answers it takes over HTTP.
`;
const { values } = parseArgs({
  options: {
    large: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '60' },
    'page-bar': { type: 'string', default: '2' },
    'earn-bar': { type: 'string', default: '1.3' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const SMALL = 1_000;
const FEW = 10;
const MANY = 10_000;
const WARMING = 10;
const started = Date.now();
const log = (line: string): void =>
  console.log(`${String(Math.round((Date.now() - started) / 1_000)).padStart(4)} s  ${line}`);

type Ask = (filling: Filling) => Promise<{ readonly status: number }>;
type Times = { readonly few: number[]; readonly many: number[] };

const median = (times: readonly number[]): number =>
  [...times].sort((left, right) => left - right)[Math.floor(times.length / 2)] as number;

async function timed(ask: () => Promise<{ readonly status: number }>): Promise<number> {
  const begun = performance.now();
  const { status } = await ask();
  const took = performance.now() - begun;
  if (status >= 300) throw new Error(`answered ${status}`);
  return took;
}

/** One few, one many, and the other way round: what the machine does meanwhile falls on both. */
async function inTurn(
  rounds: number,
  few: (round: number) => Promise<number>,
  many: (round: number) => Promise<number>,
): Promise<Times> {
  const times: Times = { few: [], many: [] };
  for (let round = 0; round < rounds + WARMING; round++) {
    const taken =
      round % 2 === 0 ? [await few(round), await many(round)] : [await many(round), await few(round)];
    if (round < WARMING) continue;
    const [one, other] = round % 2 === 0 ? taken : taken.reverse();
    times.few.push(one as number);
    times.many.push(other as number);
  }
  return times;
}

/** Prints a row and returns its ratio. */
function told(name: string, { few, many }: Times): number {
  const ratio = median(many) / median(few);
  const cells = [median(few).toFixed(1), median(many).toFixed(1), ratio.toFixed(2)];
  console.log(`${name.padEnd(52)}${cells.map((cell) => cell.padStart(12)).join('')}`);
  return ratio;
}
const heading = (name: string, few: string, many: string): void =>
  console.log(`\n${name.padEnd(52)}${[few, many, 'ratio'].map((cell) => cell.padStart(12)).join('')}`);

/** First pages, each under a filter or order of its own. */
function questions(kit: ServiceKit): [string, Ask][] {
  const admin = ({ tenantId }: Filling): Client => kit.as({ role: 'admin', tenantId, userId: 3 });
  const member = ({ tenantId, memberId }: Filling): Client => kit.as({ tenantId, userId: memberId });
  const records =
    (query: Record<string, string>): Ask =>
    (filling) =>
      admin(filling).call(contracts.listPointsRecords, { query: query as never });
  const since = new Date(Date.now() - 86_400_000).toISOString();
  return [
    ['points-records', records({})],
    ['points-records ?ordering=created_at', records({ ordering: 'created_at' })],
    ['points-records ?point_type=earn', records({ point_type: 'earn' })],
    ['points-records ?category=login', records({ category: 'login' })],
    ['points-records ?status=active', records({ status: 'active' })],
    ['points-records ?is_manual=true', records({ is_manual: 'true' })],
    ['points-records ?created_at__gte=', records({ created_at__gte: since })],
    ['points-records, a member’s own', (filling) => member(filling).call(contracts.listPointsRecords, {})],
    ['points-records/summary', (filling) => admin(filling).call(contracts.summarizePointsRecords, {})],
    [
      'points-records/summary, a member’s own',
      (filling) => member(filling).call(contracts.summarizePointsRecords, {}),
    ],
    [
      'member-system/points/transactions',
      (filling) => member(filling).call(contracts.listPointsTransactions, {}),
    ],
    [
      'member-system/points/transactions ?type=EARN',
      (filling) =>
        member(filling).call(contracts.listPointsTransactions, { query: { type: 'EARN' } as never }),
    ],
    [
      'profiles/{id}/statement',
      (filling) => member(filling).call(contracts.getStatement, { params: { id: String(filling.memberId) } }),
    ],
  ];
}

async function measureLists(kit: ServiceKit, rounds: number): Promise<number> {
  const few = await fillTenant(kit, { tenantId: 1, records: SMALL, log });
  const many = await fillTenant(kit, { tenantId: 2, records: Number(values.large), log });
  log('building the indexes');
  for (const name of LOADED) await kit.connection.model(name).createIndexes();
  heading('first page of', `${few.records}, ms`, `${many.records}, ms`);
  let worst = 0;
  for (const [name, ask] of questions(kit)) {
    const times = await inTurn(
      rounds,
      () => timed(() => ask(few)),
      () => timed(() => ask(many)),
    );
    worst = Math.max(worst, told(name, times));
  }
  return worst;
}

/** Each profile of few records is moved once, so that it stays one of few. */
async function measureMovements(kit: ServiceKit, rounds: number): Promise<number> {
  const tenantId = await kit.aTenant({ tenantId: 3 });
  const count = rounds + WARMING;
  log(`writing ${2 * count} profiles of ${FEW} records and lots, one of ${MANY}`);
  const small = await Promise.all(
    Array.from({ length: 2 * count }, (_, index) =>
      fillProfile(kit, { tenantId, memberId: 30_000_001 + index, records: FEW }),
    ),
  );
  const large = await fillProfile(kit, { tenantId, memberId: 39_000_000, records: MANY });
  const internal = kit.as({ role: 'internal', tenantId });
  const earn = (memberId: number) =>
    timed(() =>
      internal.call(contracts.earnPoints, {
        params: { id: String(memberId) },
        body: { points_amount: 5, category: 'license' },
      }),
    );
  const spend = (memberId: number) =>
    timed(() =>
      internal.call(contracts.spendPoints, {
        params: { id: String(memberId) },
        body: { points_amount: 5, category: 'vip_upgrade' },
      }),
    );
  heading('in a profile of', `${FEW}, ms`, `${MANY}, ms`);
  const earning = told(
    'an earning',
    await inTurn(
      rounds,
      (round) => earn(small[round] as number),
      () => earn(large),
    ),
  );
  told(
    'a spending (no bar)',
    await inTurn(
      rounds,
      (round) => spend(small[count + round] as number),
      () => spend(large),
    ),
  );
  return earning;
}

function judged(what: string, ratio: number, bar: string): boolean {
  const isWell = ratio <= Number(bar);
  console.log(`${what}: ratio ${ratio.toFixed(2)} (bar ${bar}): ${isWell ? 'passed' : 'missed'}`);
  return isWell;
}

async function main(): Promise<void> {
  const infrastructure = await startInfrastructure({ log });
  process.env.MONGODB_URI = infrastructure.mongodbUri;
  process.env.AMQP_URL = infrastructure.amqpUrl;
  let kit: ServiceKit | undefined;
  try {
    kit = await startServiceKit(pointsService, { EXPIRY_JOB_SECONDS: '3600' });
    const rounds = Number(values.rounds);
    // Loading under ten indexes would take longer than all the rest.
    for (const name of LOADED) await kit.connection.collection(name).dropIndexes();
    const worst = await measureLists(kit, rounds);
    const earning = await measureMovements(kit, rounds);
    console.log('');
    const results = [
      judged(`First pages of ${values.large} records / of ${SMALL}, the worst`, worst, values['page-bar']),
      judged(`An earning over ${MANY} records and lots / over ${FEW}`, earning, values['earn-bar']),
    ];
    process.exitCode = results.every(Boolean) ? 0 : 1;
  } finally {
    await kit?.stop();
    await infrastructure.stop();
  }
}

if (values.help) console.log(HELP);
else await main();
