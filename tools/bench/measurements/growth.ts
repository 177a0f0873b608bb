// C1: whether an earning costs the same in a profile of ten thousand records as in a new one, and over a thousand tenants as in one.
import { importMembers, createTenant } from '@membership/contracts/endpoints/gateway/index';
import { earnPoints } from '@membership/contracts/endpoints/points/index';
import { pathFor } from '@membership/contracts/routes';
import { eventuallyTrue } from '../../stack/reachable.ts';
import { type Bench, driven, type Measurement, roundsOf } from '../bench.ts';
import type { Call } from '../load.ts';
import { earning, type Product } from '../product.ts';
import { type Found, ratiosOf, type Measurements, type Side } from '../report.ts';

const MANY = 32;
const RECORDS = 10_000;
const TENANTS = 1_000;
const GROW_MS = 120_000;
const KNOWN_MS = 60_000;
const SETTING_UP_AT_ONCE = 4;
const EARNINGS = 200;
const ROUNDS_A_ROUND = 3;

async function measure(bench: Bench): Promise<Measurements> {
  const records = await recordsRatio(bench);
  const { ratio, sides } = await tenantsRatio(bench);
  return {
    C1: {
      values: [records, ratio],
      sides,
      note: 'records: mean time of 200 earnings in a row by one client, new profiles and the grown one in turn',
    },
  };
}

async function recordsRatio({ product, generator, asked, log }: Bench): Promise<Found> {
  const rounds = asked.rounds * ROUNDS_A_ROUND;
  const tenant = await product.newTenant('growing', { members: rounds + 2 });
  const [grown, warming, ...fresh] = tenant.memberIds as [number, number, ...number[]];
  const { port } = product;
  await generator.run({
    port,
    connections: MANY,
    calls: [earning(tenant, grown)],
    milliseconds: GROW_MS,
    count: RECORDS,
  });
  await product.outboxDrained();
  const meanOf = async (memberId: number): Promise<number> =>
    (
      await generator.run({
        port,
        connections: 1,
        calls: [earning(tenant, memberId)],
        milliseconds: GROW_MS,
        count: EARNINGS,
      })
    ).meanMs;
  await meanOf(warming);
  const ratios: number[] = [];
  for (const memberId of fresh) {
    const ofNew = await meanOf(memberId);
    const ofGrown = await meanOf(grown);
    ratios.push(ofGrown / ofNew);
    log(
      `an earning in a new profile ${ofNew.toFixed(2)} ms, in one of ${RECORDS} records ${ofGrown.toFixed(2)} ms`,
    );
    await product.outboxDrained();
  }
  return ratios;
}

async function tenantsRatio(bench: Bench): Promise<{ ratio: Found; sides: Side[] }> {
  const { product } = bench;
  const many = await earnOfManyTenants(product, bench.log);
  const one = await product.newTenant('one-of-many', { members: TENANTS });
  const token = many[0]?.headers?.['authorization'] as string;
  const asSuper = one.memberIds.map(
    (memberId): Call => ({
      ...earning(one, memberId),
      headers: { authorization: token, 'x-tenant-id': String(one.id) },
    }),
  );
  const sides = (await roundsOf(bench, [
    driven(bench, 'one tenant of 1,000 members, c=32', {
      port: product.port,
      connections: MANY,
      calls: asSuper,
    }),
    driven(bench, '1,000 tenants of one member, c=32', {
      port: product.port,
      connections: MANY,
      calls: many,
    }),
  ])) as [Side, Side];
  return { ratio: ratiosOf(sides[1], sides[0], ({ perSecond }) => 1 / perSecond), sides };
}

/** A thousand tenants with a member each, and the earning of each as the platform's administrator asks for it. */
async function earnOfManyTenants(product: Product, log: (line: string) => void): Promise<Call[]> {
  const calls: Call[] = [];
  let next = 0;
  const setUp = async (): Promise<void> => {
    while (next < TENANTS) {
      const code = `tenant-${next++}`;
      const { id } = await product.asSuper().ask(createTenant, { body: { code, name: code } });
      const row = JSON.stringify({ username: 'member', email: 'member@bench.example' });
      const { body } = await product
        .asSuper(id)
        .send('POST', importMembers.path, { raw: row, headers: { 'content-type': 'application/x-ndjson' } });
      const memberId = body?.data?.rows?.[0]?.member_id as number | null | undefined;
      if (!memberId) throw new Error(`the import of a member answered ${JSON.stringify(body).slice(0, 300)}`);
      calls.push({
        method: 'POST',
        path: pathFor(earnPoints.path, { id: memberId }),
        headers: { authorization: `Bearer ${product.superToken}`, 'x-tenant-id': String(id) },
        body: { points_amount: 5, category: 'manual' },
      });
      const answers = async (): Promise<boolean> =>
        (
          await product.asSuper(id).call(earnPoints, {
            params: { id: String(memberId) },
            body: { points_amount: 5, category: 'manual' },
          })
        ).status < 300;
      if (!(await eventuallyTrue(answers, { timeoutMs: KNOWN_MS })))
        throw new Error(`member ${memberId} cannot earn`);
    }
  };
  log(`setting up ${TENANTS} tenants`);
  await Promise.all(Array.from({ length: SETTING_UP_AT_ONCE }, setUp));
  return calls;
}

export const growthMeasurement: Measurement = { rows: ['C1'], measure };
