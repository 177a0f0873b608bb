// A1: binding a device to an assignment, through the gateway, over the driver's own writes of it.
import {
  issueLicense,
  createPlan,
  createProduct,
  activateLicense,
  createAssignment,
} from '@membership/contracts/endpoints/licenses/index';
import { pathFor } from '@membership/contracts/routes';
import { eventuallyTrue } from '../../stack/reachable.ts';
import { type Bench, driven, type Measurement, roundsOf } from '../bench.ts';
import type { FloorResult, FloorRun } from '../floor.ts';
import { type Call, NUMBERED } from '../load.ts';
import { PASSWORD } from '../product.ts';
import { byCpu, ratiosOf, type Measurements, type Side } from '../report.ts';
import { startWorker } from '../worker.ts';

const MANY = 32;
const TENANT = 'activating';
const DEVICES = 1_000_000;
const KNOWN_MS = 60_000;

async function measure(bench: Bench): Promise<Measurements> {
  const calls = await assignmentsToActivate(bench);
  const floor = await startWorker<FloorRun, FloorResult>('activation-loop', { MONGODB_URI: bench.floorUri });
  try {
    const [raw, activation] = (await roundsOf(
      bench,
      [
        {
          label: 'raw transactions of 4 writes, c=32',
          run: (milliseconds) => floor.run({ milliseconds, concurrency: MANY }),
        },
        driven(bench, 'activation through the gateway, c=32', {
          port: bench.product.port,
          connections: MANY,
          calls,
        }),
      ],
      { floor: floor.pid },
    )) as [Side, Side];
    return {
      A1: {
        values: [ratiosOf(activation, raw)],
        sides: [raw, activation],
        note: `${byCpu(activation, raw)}; each activation binds a further device; 32 licences, one assignment each`,
      },
    };
  } finally {
    await floor.stop();
  }
}

/** A licence and an assignment for each of 32 members, and the call that each of them makes. */
async function assignmentsToActivate({ product }: Bench): Promise<Call[]> {
  const tenant = await product.newTenant(TENANT, { members: MANY, password: PASSWORD });
  const admin = product.asSuper(tenant.id);
  const { id: productId } = await admin.ask(createProduct, { body: { name: 'Bench' } });
  const { id: planId } = await admin.ask(createPlan, { body: { product_id: productId, name: 'Bench' } });
  const calls: Call[] = [];
  for (const [index, memberId] of tenant.memberIds.entries()) {
    const license = await admin.ask(issueLicense, {
      body: { product_id: productId, plan_id: planId, max_activations: DEVICES },
    });
    let assignment: number | undefined;
    const isAssigned = async (): Promise<boolean> => {
      const answer = await admin.call(createAssignment, {
        body: { member_id: memberId, license_id: license.id },
      });
      assignment = answer.status === 201 ? answer.body.data.assignment_id : undefined;
      return assignment !== undefined;
    };
    if (!(await eventuallyTrue(isAssigned, { timeoutMs: KNOWN_MS })))
      throw new Error(`member ${memberId} cannot be assigned a licence`);
    calls.push({
      method: 'POST',
      path: pathFor(activateLicense.path, { assignment_id: assignment as number }),
      headers: { authorization: `Bearer ${await product.tokenOf(TENANT, index)}` },
      body: { device_info: { device_id: `device-${NUMBERED}` } },
      expects: '"success":true',
    });
  }
  return calls;
}

export const activationMeasurement: Measurement = { rows: ['A1'], measure };
