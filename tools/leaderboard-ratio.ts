// npm run leaderboard-ratio: what a leaderboard of a million members costs to read, against one of a thousand, in one interleaved run.
import { getOwnRank, listLeaderboard } from '@membership/contracts/endpoints/stats/index';
import { runTransaction } from '@membership/platform/run-transaction';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { parseArgs } from './command-line.ts';
import { ScoresRepository } from '../services/stats/src/boards/scores-repository.ts';
import type { ScoreChange } from '../services/stats/src/boards/tally-scores.ts';
import { statsService } from '../services/stats/src/service.ts';
import { boardGeneration } from './stack/board-generation.ts';
import { startInfrastructure } from './stack/infrastructure.ts';

const HELP = `The leaderboard of a tenant with 1,000,000 members against that of one with 1,000: top 100, pages anywhere, rank and
neighbours, asked in turn. Half of the scores are few values that very many share: ties are the hard case.

  npm run leaderboard-ratio                       about 10 minutes, most of it loading
  npm run leaderboard-ratio -- --large 100000     a smaller large board
  npm run leaderboard-ratio -- --rounds 100       how often each is asked (60)
  npm run leaderboard-ratio -- --bar 2            ends with 1 when a ratio of medians is over it (2)

Starts its own MongoDB and RabbitMQ and the real service, whose answers it takes over HTTP. Every answer is held to a count of
the scores themselves: a wrong rank ends with 1, too.
`;
const { values } = parseArgs({
  options: {
    large: { type: 'string', default: '1000000' },
    small: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '60' },
    bar: { type: 'string', default: '2' },
    help: { type: 'boolean', default: false },
  },
});

const BATCH = 2_000;
const SIZE = 100;
const BOARD = { metric: 'earned', window: 'all', period: 'all' } as const;
const started = Date.now();
const log = (line: string): void =>
  console.log(`${String(Math.round((Date.now() - started) / 1_000)).padStart(4)} s  ${line}`);

/** The same numbers in every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Every member's score, the index being its id less one: counted as the service counts a batch of the log. */
async function load(kit: ServiceKit, tenantId: number, members: number): Promise<Int32Array> {
  const repository = new ScoresRepository(await kit.connection.useDb(kit.connection.name).asPromise());
  const generation = await boardGeneration(kit);
  const random = dice(tenantId);
  const scores = Int32Array.from({ length: members }, (_, index) =>
    index % 2 === 0 ? 100 * (1 + Math.floor(random() * 5)) : 1 + Math.floor(random() ** 3 * 50_000),
  );
  for (let from = 0; from < members; from += BATCH) {
    const changes = Array.from({ length: Math.min(BATCH, members - from) }, (_, offset): ScoreChange => {
      const [memberId, points] = [from + offset + 1, scores[from + offset] as number];
      const reachedAt = started - Math.floor(random() * 1_000_000);
      return { tenantId, board: BOARD, memberId, points, reachedAt };
    });
    await runTransaction(kit.connection, (session) =>
      repository.add(generation, { changes, zones: new Map() }, session),
    );
    if ((from / BATCH) % 50 === 49) log(`tenant ${tenantId}: ${from + BATCH} of ${members}`);
  }
  return scores;
}

type Side = {
  readonly tenantId: number;
  readonly scores: Int32Array;
  /** The highest first. */
  readonly sorted: Int32Array;
};
const sideOf = (tenantId: number, scores: Int32Array): Side => ({
  tenantId,
  scores,
  sorted: Int32Array.from(scores).sort().reverse(),
});
function rankOf({ sorted }: Side, score: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) > score) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}

function must(isRight: boolean, what: string): void {
  if (!isRight) throw new Error(`wrong: ${what}`);
}

type Question = {
  readonly name: string;
  readonly ask: (kit: ServiceKit, side: Side, at: number) => Promise<void>;
};

async function page(kit: ServiceKit, side: Side, number: number): Promise<void> {
  const { body } = await kit
    .as({ role: 'admin', tenantId: side.tenantId, userId: 3 })
    .call(listLeaderboard, { query: { window: 'all', page: number, page_size: SIZE } });
  must(body.count === side.scores.length, `${body.count} members`);
  const rows = body.results as { rank: number; score: number }[];
  must(rows.length === SIZE, `page ${number} has ${rows.length} rows`);
  for (const [index, { rank, score }] of [...rows.entries()].filter(([at]) => at % 33 === 0)) {
    must(score === side.sorted[(number - 1) * SIZE + index], `score ${score} on page ${number}`);
    must(rank === rankOf(side, score), `rank ${rank} of score ${score}`);
  }
}

const QUESTIONS: readonly Question[] = [
  { name: 'top 100', ask: (kit, side) => page(kit, side, 1) },
  {
    name: 'a page anywhere',
    ask: (kit, side, at) => page(kit, side, 1 + Math.floor((at * side.scores.length) / SIZE)),
  },
  {
    name: 'rank and neighbours',
    ask: async (kit, side, at) => {
      const memberId = 1 + Math.floor(at * side.scores.length);
      const { body } = await kit
        .as({ role: 'admin', tenantId: side.tenantId, userId: 3 })
        .call(getOwnRank, { query: { window: 'all', member_id: memberId, around: 5 } });
      const score = side.scores[memberId - 1] as number;
      must(body.score === score, `score ${body.score} of member ${memberId}`);
      must(body.rank === rankOf(side, score), `rank ${body.rank} of member ${memberId}`);
    },
  },
];
const median = (times: readonly number[]): number =>
  [...times].sort((left, right) => left - right)[Math.floor(times.length / 2)] as number;

async function measure(kit: ServiceKit, small: Side, large: Side, rounds: number): Promise<number> {
  const random = dice(7);
  let worst = 0;
  console.log(
    `\n${'question'.padEnd(24)}${'small, ms'.padStart(12)}${'large, ms'.padStart(12)}${'ratio'.padStart(8)}`,
  );
  for (const { name, ask } of QUESTIONS) {
    const times = { small: [] as number[], large: [] as number[] };
    const timed = async (side: Side, at: number): Promise<number> => {
      const begun = performance.now();
      await ask(kit, side, at);
      return performance.now() - begun;
    };
    for (let round = -5; round < rounds; round++) {
      const at = random();
      const [one, other] = [await timed(small, at), await timed(large, at)];
      if (round < 0) continue;
      times.small.push(one);
      times.large.push(other);
    }
    const [few, many] = [median(times.small), median(times.large)];
    worst = Math.max(worst, many / few);
    console.log(
      `${name.padEnd(24)}${few.toFixed(1).padStart(12)}${many.toFixed(1).padStart(12)}${(many / few).toFixed(2).padStart(8)}`,
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
  const kit = await startServiceKit(statsService);
  endings.push(() => kit.stop());
  const small = sideOf(1, await load(kit, 1, Number(values.small)));
  const large = sideOf(2, await load(kit, 2, Number(values.large)));
  log('asking');
  const worst = await measure(kit, small, large, Number(values.rounds));
  const isWell = worst <= Number(values.bar);
  console.log(
    `\n${values.large} members / ${values.small}: worst ratio ${worst.toFixed(2)} (bar ${values.bar}): ${isWell ? 'passed' : 'missed'}`,
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
