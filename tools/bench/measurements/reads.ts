// T2, R1 to R4: reads, and T1's mix with nothing held back, over what the bare driver needs for the same answers.
import {
  getProfile,
  getProfilePermissions,
  listPointsRecords,
  listUserLevels,
} from '@membership/contracts/endpoints/points/index';
import { pathFor } from '@membership/contracts/routes';
import { type Bench, driven, type Measurement, roundsOf, wants } from '../bench.ts';
import type { FloorAnswers } from '../floor-service.ts';
import type { Call } from '../load.ts';
import { earning, FLOOR_CELL, PASSWORD, type Tenant } from '../product.ts';
import { byCpu, ratiosOf, type Measurements, type Side } from '../report.ts';
import type { Contender } from '../rounds.ts';
import { requestsOf } from './mixed.ts';

const MANY = 32;
const MIXED = 64;
const MEMBERS = 32;
/** Records that every member has: a full page. */
const RECORDS = 20;
const FILLING_MS = 60_000;

type Member = { readonly memberId: number; readonly headers: Record<string, string>; readonly token: string };

async function membersOf({ product }: Bench, code: string, tenant: Tenant): Promise<Member[]> {
  const members: Member[] = [];
  for (const [index, memberId] of tenant.memberIds.entries()) {
    const token = await product.tokenOf(code, index);
    members.push({ memberId, token, headers: { authorization: `Bearer ${token}` } });
  }
  return members;
}

async function answerOf({ product }: Bench, { path, headers }: Call): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${product.port}${path}`, { headers: { ...headers } });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

const get = (path: string, headers: Record<string, string>, expects: string): Call => ({
  method: 'GET',
  path,
  headers,
  expects,
});
const profileOf = ({ memberId, headers }: Member): Call =>
  get(pathFor(getProfile.path, { id: memberId }), headers, '"points_summary"');
const permissionsOf = ({ memberId, headers }: Member): Call =>
  get(pathFor(getProfilePermissions.path, { id: memberId }), headers, '"effective_permissions"');
const recordsOf = ({ headers }: Member): Call => get(listPointsRecords.path, headers, '"results":[{');
const levelsOf = ({ headers }: Member): Call => get(listUserLevels.path, headers, '"results":[{');

/** What the floor answers with: the platform's own answers, so that both send the same. */
async function answersFor(
  bench: Bench,
  members: readonly Member[],
  ids: readonly number[],
): Promise<FloorAnswers['members']> {
  return Promise.all(
    members.map(async (member, index) => {
      const { results } = (await answerOf(bench, recordsOf(member))) as { results: unknown[] };
      return {
        memberId: ids[index] as number,
        profile: await answerOf(bench, profileOf(member)),
        permissions: await answerOf(bench, permissionsOf(member)),
        record: results[0],
        records: results,
      };
    }),
  );
}

async function measure(bench: Bench): Promise<Measurements> {
  const { product, floor } = bench;
  if (!floor) throw new Error('the floor was not started');
  const tenant = await product.newTenant('reads', { members: MEMBERS, password: PASSWORD });
  const members = await membersOf(bench, 'reads', tenant);
  await bench.generator.run({
    port: product.port,
    connections: MANY,
    calls: tenant.memberIds.map((memberId) => earning(tenant, memberId)),
    milliseconds: FILLING_MS,
    count: RECORDS * MEMBERS,
  });
  const behindGateway = await product.newTenant(FLOOR_CELL, {
    members: MEMBERS,
    password: PASSWORD,
    cell: FLOOR_CELL,
  });
  const floorMembers = await membersOf(bench, FLOOR_CELL, behindGateway);
  const { port: floorPort } = await floor.run({
    members: [
      ...(await answersFor(bench, members, tenant.memberIds)),
      ...(await answersFor(bench, members, behindGateway.memberIds)),
    ],
    levels: JSON.stringify(await answerOf(bench, levelsOf(members[0] as Member))),
  });
  const { port } = product;
  const through = (label: string, of: (member: Member) => Call): Contender =>
    driven(bench, `${label} through the gateway, c=32`, { port, connections: MANY, calls: members.map(of) });
  const bare = (label: string, path: (memberId: number) => string): Contender =>
    driven(bench, `${label} by the bare driver, c=32`, {
      port: floorPort,
      connections: MANY,
      calls: tenant.memberIds.map((memberId) => get(path(memberId), {}, '"')),
    });
  const mixed = (label: string, of: Tenant, all: readonly Member[]): Contender =>
    driven(bench, label, {
      port,
      connections: MIXED,
      calls: all.flatMap(({ memberId, token }) => requestsOf(of, memberId, token)),
    });
  const { staticCall } = product;
  const pairs: Record<'T2' | 'R1' | 'R2' | 'R3' | 'R4', readonly [Contender, Contender] | null> = {
    T2: [
      mixed("T1's mix, c=64", tenant, members),
      mixed("T1's mix, the floor behind the gateway, c=64", behindGateway, floorMembers),
    ],
    R1: [through('profile', profileOf), bare('profile', (id) => `/bare/profiles/${id}/`)],
    R2: [through('page of records', recordsOf), bare('page of records', (id) => `/bare/records/${id}/`)],
    R3: [
      through('permissions', permissionsOf),
      bare('permissions', (id) => `/bare/profiles/${id}/permissions/`),
    ],
    R4: staticCall && [
      through('levels', levelsOf),
      driven(bench, 'static upstream through the gateway, c=32', {
        port,
        connections: MANY,
        calls: [staticCall],
      }),
    ],
  };
  const found: Measurements = {};
  for (const [row, pair] of Object.entries(pairs) as [keyof typeof pairs, (typeof pairs)['T2']][]) {
    if (!wants(bench, row)) continue;
    if (!pair) {
      found[row] = { reason: bench.nginxMissing ?? 'no nginx' };
      continue;
    }
    const [side, under] = (await roundsOf(bench, pair, { floor: floor.pid })) as [Side, Side];
    found[row] = { values: [ratiosOf(side, under)], sides: [under, side], note: byCpu(side, under) };
  }
  return found;
}

export const readsMeasurement: Measurement = { rows: ['T2', 'R1', 'R2', 'R3', 'R4'], measure };
