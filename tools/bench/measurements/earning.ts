// E1 to E4: the points write, from the client's request to its answer, over what the driver alone does.
import { type Bench, driven, type Measurement, roundsOf, wants } from '../bench.ts';
import type { FloorResult, FloorRun } from '../floor.ts';
import { checkLedger, recordsOf } from '../ledger-check.ts';
import { earning } from '../product.ts';
import { byCpu, cpuMilliseconds, ratiosOf, type Measurements, type Side } from '../report.ts';
import type { Contender } from '../rounds.ts';
import { startWorker, type Worker } from '../worker.ts';

const MANY = 32;
type Floor = Worker<FloorRun, FloorResult>;

async function measure(bench: Bench): Promise<Measurements> {
  const { product, floorUri } = bench;
  const { tenant, port } = product;
  const environment = { MONGODB_URI: floorUri };
  const transactions: Floor = await startWorker('transaction-loop', environment);
  const groups: Floor = await startWorker('group-commit-loop', environment);
  const endpoint = await startWorker<null, { port: number }>('transaction-endpoint', environment);
  try {
    const loop = (label: string, floor: Floor, hot = false): Contender => ({
      label,
      run: (milliseconds) => floor.run({ milliseconds, concurrency: MANY, hot }),
    });
    let earned = 0;
    const earn = (label: string, connections: number, memberIds: readonly number[]): Contender => {
      const calls = memberIds.map((memberId) => earning(tenant, memberId));
      const { run } = driven(bench, label, { port, connections, calls });
      return {
        label,
        async run(milliseconds) {
          const ran = await run(milliseconds);
          earned += ran.count;
          return ran;
        },
      };
    };
    const { port: endpointPort } = await endpoint.run(null);
    const body = { points_amount: 5, category: 'manual' };

    const wanted: Record<string, Contender | false> = {
      transactions: wants(bench, 'E1') && loop('raw transactions, c=32', transactions),
      groups: wants(bench, 'E2') && loop('raw group commit, c=32', groups),
      earn: wants(bench, 'E1', 'E2', 'E5') && earn('earn through the gateway, c=32', MANY, tenant.memberIds),
      hotTransactions:
        wants(bench, 'E3') && loop('raw transactions on one profile, c=32', transactions, true),
      hotEarn: wants(bench, 'E3') && earn('earn on one profile, c=32', MANY, tenant.memberIds.slice(0, 1)),
      endpoint:
        wants(bench, 'E4') &&
        driven(bench, 'transaction endpoint direct, c=1', {
          port: endpointPort,
          connections: 1,
          calls: [{ method: 'POST', path: '/', body }],
        }),
      oneEarn: wants(bench, 'E4', 'E5') && earn('earn through the gateway, c=1', 1, tenant.memberIds),
    };
    const contenders = Object.entries(wanted).filter(
      (each): each is [string, Contender] => each[1] !== false,
    );
    const workers = { transactions: transactions.pid, groups: groups.pid, endpoint: endpoint.pid };
    const before = await recordsOf(product.pointsDatabase, tenant.id);
    const sides = await roundsOf(
      bench,
      contenders.map(([, contender]) => contender),
      workers,
    );
    await checkLedger(product.pointsDatabase, { tenantId: tenant.id, atLeast: before + earned });
    const side = (name: string): Side => sides[contenders.findIndex(([each]) => each === name)] as Side;
    const compared = (product: string, floor: string) => ({
      values: [ratiosOf(side(product), side(floor))],
      sides: [side(floor), side(product)],
      note: byCpu(side(product), side(floor)),
    });
    return {
      ...(wants(bench, 'E1') ? { E1: compared('earn', 'transactions') } : {}),
      ...(wants(bench, 'E2') ? { E2: compared('earn', 'groups') } : {}),
      ...(wants(bench, 'E3') ? { E3: hot(side('hotEarn'), side('hotTransactions')) } : {}),
      ...(wants(bench, 'E4') ? { E4: compared('oneEarn', 'endpoint') } : {}),
      ...(wants(bench, 'E5') ? { E5: costOf(side('earn'), side('oneEarn')) } : {}),
    };
  } finally {
    await Promise.all([transactions.stop(), groups.stop(), endpoint.stop()]);
  }
}

const costOf = (many: Side, one: Side) => ({
  values: [cpuMilliseconds(many), cpuMilliseconds(one)],
  sides: [many, one],
  note: 'of what follows an answer (relay, statistics) as much as ran in the round',
});
const hot = (product: Side, floor: Side) => ({
  values: [ratiosOf(product, floor), product.samples.map(({ p99Ms }) => p99Ms)],
  sides: [floor, product],
  note: byCpu(product, floor),
});

export const earningMeasurement: Measurement = { rows: ['E1', 'E2', 'E3', 'E4', 'E5'], measure };
