// S2: how soon what a member did is in the statistics' answers, while 200 events/s are counted.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@membership/contracts/client';
import { earnPoints } from '@membership/contracts/endpoints/points/index';
import { getOwnRank, getPointsSummary } from '@membership/contracts/endpoints/stats/index';
import type { Bench, Measurement } from '../bench.ts';
import { earning } from '../product.ts';
import { quantile, type Measurements } from '../report.ts';

const PACE = 200;
const CONNECTIONS = 32;
const WARM_MS = 3_000;
/** Earnings that are looked for, twice each. */
const LOOKS = 100;
/** Between an answer and the next look: nearer than what is measured. */
const LOOK_MS = 20;
const GIVEN_UP_MS = 60_000;
const TENANT = 'watching';
const POINTS = 7;

async function measure(bench: Bench): Promise<Measurements> {
  const { generator, product } = bench;
  const tenant = await product.newTenant(TENANT, { members: 1 });
  const admin = product.asSuper(tenant.id);
  const memberId = tenant.memberIds[0] as number;
  const load = {
    port: product.port,
    connections: CONNECTIONS,
    calls: product.tenant.memberIds.map((id) => earning(product.tenant, id)),
    perSecond: PACE,
  };
  await generator.run({ ...load, milliseconds: WARM_MS });
  let isOver = false;
  const delays: { figure: number[]; board: number[] } = { figure: [], board: [] };
  const loaded = (async () => {
    let failures = 0;
    while (!isOver) failures += (await generator.run({ ...load, milliseconds: WARM_MS })).failures;
    return failures;
  })();
  try {
    for (let looked = 0; looked < LOOKS; looked++) {
      const [figure, board] = await delaysOf(admin, memberId);
      delays.figure.push(figure);
      delays.board.push(board);
    }
  } finally {
    isOver = true;
    await loaded;
  }
  const failures = await loaded;
  if (failures > 0) throw new Error(`${failures} earnings failed meanwhile`);
  const ascending = (of: number[]): number[] => of.sort((left, right) => left - right);
  const all = ascending([...delays.figure, ...delays.board]);
  const shown = (of: number[]): string =>
    `p50 ${quantile(ascending(of), 0.5).toFixed(0)} ms, p99 ${quantile(of, 0.99).toFixed(0)} ms`;
  return {
    S2: {
      values: [quantile(all, 0.99)],
      note: `from an earning's answer, ${LOOKS} of them, looked at every ${LOOK_MS} ms through the gateway: points summary ${shown(delays.figure)}; rank ${shown(delays.board)}`,
    },
  };
}

/** Milliseconds from an earning's answer until the points summary holds it, and the member's rank. */
async function delaysOf(admin: Client, memberId: number): Promise<[number, number]> {
  const earned = async () => (await admin.ask(getPointsSummary, { query: {} })).outstanding;
  const score = async () =>
    (await admin.ask(getOwnRank, { query: { member_id: `${memberId}`, window: 'all', around: '0' } })).score;
  const [before, scoreBefore] = [await earned(), await score()];
  await admin.ask(earnPoints, {
    params: { id: String(memberId) },
    body: { points_amount: POINTS, category: 'manual' },
  });
  const answered = performance.now();
  const until = async (read: () => Promise<number>, expected: number): Promise<number> => {
    while ((await read()) < expected) {
      if (performance.now() - answered > GIVEN_UP_MS)
        throw new Error(`the statistics do not hold an earning after ${GIVEN_UP_MS / 1_000} s`);
      await sleep(LOOK_MS);
    }
    return performance.now() - answered;
  };
  return Promise.all([until(earned, before + POINTS), until(score, scoreBefore + POINTS)]);
}

export const freshnessMeasurement: Measurement = { rows: ['S2'], measure };
