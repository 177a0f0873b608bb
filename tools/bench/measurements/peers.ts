// P1: an earning through the whole platform beside the same one of the seeds' own stack, bare.
import { PassedOver } from '../../stack/store.ts';
import { driven, roundsOf, type Bench, type Measurement } from '../bench.ts';
import { checkLedger, recordsOf } from '../ledger-check.ts';
import { bareEarning, startDjangoStack, type DjangoStack } from '../peers/django-stack.ts';
import { earning, EARNED } from '../product.ts';
import { ratiosOf, type Measurements, type Side } from '../report.ts';

const MANY = 32;

async function measure(bench: Bench): Promise<Measurements> {
  const { product, stackDir, log } = bench;
  const { tenant, port } = product;
  let peer: DjangoStack;
  try {
    peer = await startDjangoStack({ stackDir, profiles: tenant.memberIds.length, log });
  } catch (error) {
    if (!(error instanceof PassedOver)) throw error;
    return { P1: { reason: `no PostgreSQL can be had: ${error.message}` } };
  }
  try {
    const ours = tenant.memberIds.map((memberId) => earning(tenant, memberId));
    const theirs = tenant.memberIds.map((_, index) => bareEarning(index + 1, EARNED));
    let earned = 0;
    const of = (connections: number) => {
      const label = `earn through the gateway, c=${connections}`;
      const { run } = driven(bench, label, { port, connections, calls: ours });
      return [
        driven(bench, `${peer.version}, gunicorn 2 × 8, c=${connections}`, {
          ...{ port: peer.port, connections, calls: theirs },
        }),
        {
          label,
          async run(milliseconds: number) {
            const ran = await run(milliseconds);
            earned += ran.count;
            return ran;
          },
        },
      ];
    };
    const before = await recordsOf(product.pointsDatabase, tenant.id);
    const sides = (await roundsOf(bench, [...of(MANY), ...of(1)])) as [Side, Side, Side, Side];
    const [theirMany, ourMany, theirOne, ourOne] = sides;
    await checkLedger(product.pointsDatabase, { tenantId: tenant.id, atLeast: before + earned });
    return { P1: { values: [ratiosOf(ourMany, theirMany), ratiosOf(ourOne, theirOne)], sides } };
  } finally {
    await peer.stop();
  }
}

export const peersMeasurement: Measurement = { rows: ['P1'], measure };
