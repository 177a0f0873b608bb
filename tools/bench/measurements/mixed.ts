// T1: the load that the platform was asked to carry, as its users would make it: mostly reads, some writes.
import {
  getProfile,
  listPointsRecords,
  listUserLevels,
  spendPoints,
} from '@membership/contracts/endpoints/points/index';
import { pathFor } from '@membership/contracts/routes';
import type { Bench, Measurement } from '../bench.ts';
import type { Call } from '../load.ts';
import { earning, PASSWORD, type Tenant } from '../product.ts';
import type { Measurements } from '../report.ts';

const PER_SECOND = 1_000;
const CONNECTIONS = 64;
const WARM_UP_MS = 3_000;
const TENANT = 'mixed';
const MEMBERS = 32;

/** Of ten requests: four profiles, three pages of a member's records, one list of levels, one earning, one spending. */
export function requestsOf(tenant: Tenant, memberId: number, token: string): Call[] {
  const headers = { authorization: `Bearer ${token}` };
  const id = { id: memberId };
  const profile: Call = { method: 'GET', path: pathFor(getProfile.path, id), headers };
  const records: Call = { method: 'GET', path: `${listPointsRecords.path}?point_type=earn`, headers };
  const levels: Call = { method: 'GET', path: listUserLevels.path, headers };
  const spending: Call = {
    method: 'POST',
    path: pathFor(spendPoints.path, id),
    headers,
    body: { points_amount: 1, category: 'feature_unlock' },
  };
  return [
    profile,
    records,
    profile,
    earning(tenant, memberId),
    records,
    profile,
    levels,
    records,
    profile,
    spending,
  ];
}

async function measure({ asked, generator, product, log }: Bench): Promise<Measurements> {
  const tenant = await product.newTenant(TENANT, { members: MEMBERS, password: PASSWORD });
  const requests: Call[][] = [];
  for (const [index, memberId] of tenant.memberIds.entries())
    requests.push(requestsOf(tenant, memberId, await product.tokenOf(TENANT, index)));
  const load = {
    port: product.port,
    connections: CONNECTIONS,
    calls: requests.flat(),
    perSecond: PER_SECOND,
  };
  await generator.run({ ...load, milliseconds: WARM_UP_MS });
  const milliseconds = asked.seconds * asked.rounds * 1_000;
  const { count, failures, firstFailure, meanMs, p50Ms, p99Ms } = await generator.run({
    ...load,
    milliseconds,
  });
  await product.outboxDrained();
  if (failures > 0) log(`mixed load: ${failures} requests failed, the first with ${firstFailure}`);
  const due = (PER_SECOND * milliseconds) / 1_000;
  const note = `${count} of ${due} requests answered in time, p50 ${p50Ms.toFixed(1)} ms; time counts from when a request was due`;
  return { T1: { values: [meanMs, p99Ms, (failures * 100) / due, (count + failures) / due], note } };
}

export const mixedMeasurement: Measurement = { rows: ['T1'], measure };
