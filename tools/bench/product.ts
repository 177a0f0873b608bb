// The platform under measurement: real services, and what the measurements need of them, loaded through the real API.
import { MongoClient, type Db } from 'mongodb';
import { type Client, createClient as clientFor } from '@membership/contracts/client';
import {
  createClient,
  createTenant,
  importMembers,
  issueServiceToken,
  login,
} from '@membership/contracts/endpoints/gateway/index';
import { earnPoints, getProfile } from '@membership/contracts/endpoints/points/index';
import { pathFor } from '@membership/contracts/routes';
import type { Infrastructure } from '../stack/infrastructure.ts';
import { eventuallyTrue } from '../stack/reachable.ts';
import { type RunningServices, startServices } from '../stack/services.ts';
import type { Log } from '../stack/store.ts';
import type { Call } from './load.ts';
import { STATIC_ANSWER } from './nginx.ts';

/** Cell whose points service is the static upstream: what the gateway alone costs. */
const STATIC_CELL = 'static';
/** Cell whose points service is the floor of the reads. */
export const FLOOR_CELL = 'floor';
export const PASSWORD = 'bench-pass-2026';
export const EARNED = 5;
const KNOWN_MS = 60_000;
const NO_LIMIT = '10000000';

export type Tenant = {
  readonly id: number;
  readonly serviceToken: string;
  readonly memberIds: readonly number[];
};
export type Product = {
  readonly services: RunningServices;
  readonly port: number;
  /** A tenant whose earnings are measured. */
  readonly tenant: Tenant;
  /** A member of a tenant in the static cell: JWT, tenant, limits, breaker, metrics, and an upstream that costs nothing. */
  readonly staticCall: Call | null;
  /** The platform administrator's. */
  readonly superToken: string;
  /** As a platform administrator within a tenant. */
  asSuper(tenantId?: number): Client;
  /** With `cell`, its requests go to that cell's points service. */
  newTenant(code: string, options: { members: number; password?: string; cell?: string }): Promise<Tenant>;
  /** The access token of one of a tenant's members that has a password. */
  tokenOf(tenantCode: string, member: number): Promise<string>;
  /** The points service's own database. */
  readonly pointsDatabase: Db;
  /** Resolves when the outbox of the points service is empty. */
  outboxDrained(): Promise<void>;
  stop(): Promise<void>;
};

/** An earning of a member, as a service client asks for it. */
export const earning = (tenant: Tenant, memberId: number): Call => ({
  method: 'POST',
  path: pathFor(earnPoints.path, { id: memberId }),
  headers: { authorization: `Bearer ${tenant.serviceToken}` },
  body: { points_amount: EARNED, category: 'manual' },
  expects: `"actual_points_added":${EARNED}`,
});

/** Starts the services and loads a tenant of 256 members. `staticUpstreamPort` makes the static cell. */
export async function startProduct({
  infrastructure,
  stackDir,
  isolation,
  members,
  staticUpstreamPort,
  floorPort,
  gateway = {},
  log,
}: {
  infrastructure: Infrastructure;
  stackDir: string;
  isolation: string;
  members: number;
  staticUpstreamPort: number | null;
  floorPort: number | null;
  /** Further settings of the gateway. */
  gateway?: Readonly<Record<string, string>>;
  log: Log;
}): Promise<Product> {
  const cellOf = (name: string, cellPort: number | null) =>
    cellPort === null ? {} : { [name]: { points: `http://127.0.0.1:${cellPort}` } };
  const cells = { ...cellOf(STATIC_CELL, staticUpstreamPort), ...cellOf(FLOOR_CELL, floorPort) };
  const services = await startServices({
    infrastructure,
    stackDir,
    isolation,
    log,
    // Limits are counted as ever, but let the load through.
    environment: {
      gateway: {
        CELLS: JSON.stringify(cells),
        RATE_LIMIT_MEMBER: NO_LIMIT,
        RATE_LIMIT_ADMIN: NO_LIMIT,
        RATE_LIMIT_ADDRESS: NO_LIMIT,
        ...gateway,
      },
    },
  });
  const client = new MongoClient(services.environmentOf('points')['MONGODB_URI'] as string);
  try {
    await services.ready();
    const pointsDatabase = client.db();
    const publicClient = clientFor({ baseUrl: services.url });
    const root = await publicClient.ask(login, {
      body: { username: 'root', password: services.superPassword },
    });
    const asSuper = (tenantId?: number): Client =>
      publicClient.as(root.access_token, tenantId === undefined ? {} : { 'x-tenant-id': String(tenantId) });
    const newTenant = async (
      code: string,
      { members: count, password, cell }: { members: number; password?: string; cell?: string },
    ): Promise<Tenant> => {
      const { id } = await asSuper().ask(createTenant, {
        body: { code, name: code, ...(cell ? { cell } : {}) },
      });
      const secret = await asSuper(id).ask(createClient, {
        body: { name: 'bench', scopes: ['points:read', 'points:write'] },
      });
      const token = await publicClient.ask(issueServiceToken, {
        body: {
          grant_type: 'client_credentials',
          client_id: secret.client_id,
          client_secret: secret.client_secret,
        },
      });
      if (!('access_token' in token)) throw new Error(`no service token: ${JSON.stringify(token)}`);
      const tenant = {
        id,
        serviceToken: token.access_token,
        memberIds: await importAll(asSuper(id), count, password),
      };
      if (cell === undefined) await untilKnown(publicClient, tenant);
      return tenant;
    };
    const tenant = await newTenant('bench', { members });
    const staticCall = staticUpstreamPort === null ? null : await callIntoStaticCell(publicClient, asSuper);
    return {
      services,
      port: Number(new URL(services.url).port),
      tenant,
      staticCall,
      superToken: root.access_token,
      asSuper,
      newTenant,
      tokenOf: async (tenantCode, member) =>
        (
          await publicClient.ask(login, {
            body: { username: usernameOf(member), password: PASSWORD, tenant: tenantCode },
          })
        ).access_token,
      pointsDatabase,
      async outboxDrained() {
        const outbox = pointsDatabase.collection('outbox');
        if (
          !(await eventuallyTrue(async () => (await outbox.countDocuments({}, { limit: 1 })) === 0, {
            timeoutMs: KNOWN_MS,
          }))
        )
          log('the outbox of the points service does not get empty');
      },
      async stop() {
        await services.stop();
        await client.close();
      },
    };
  } catch (error) {
    await services.stop();
    await client.close();
    throw error;
  }
}

const usernameOf = (member: number): string => `member-${member}`;

/** Members, in imports of a thousand; their ids. */
async function importAll(admin: Client, count: number, password?: string): Promise<number[]> {
  const rows = Array.from({ length: count }, (_, index) =>
    JSON.stringify({ username: usernameOf(index), email: `${usernameOf(index)}@bench.example`, password }),
  );
  const ids: number[] = [];
  for (let from = 0; from < rows.length; from += 1_000) {
    const answer = await admin.send(importMembers.method.toUpperCase(), importMembers.path, {
      raw: rows.slice(from, from + 1_000).join('\n'),
      headers: { 'content-type': 'application/x-ndjson' },
    });
    const report = answer.body?.data as { failed: number; rows: { member_id: number | null }[] } | undefined;
    if (answer.status >= 300 || !report || report.failed > 0)
      throw new Error(
        `the import of members answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 300)}`,
      );
    ids.push(...report.rows.flatMap(({ member_id }) => (member_id === null ? [] : [member_id])));
  }
  return ids;
}

/** Every profile is there, so that what is measured is the earning. */
async function untilKnown(client: Client, tenant: Tenant): Promise<void> {
  for (const memberId of tenant.memberIds) {
    const { method, path, headers, body } = earning(tenant, memberId);
    let last = '';
    const isKnown = async (): Promise<boolean> => {
      const answer = await client.send(method, path, { body, headers: { ...headers } });
      last = JSON.stringify(answer.body);
      return answer.status < 300;
    };
    if (!(await eventuallyTrue(isKnown, { timeoutMs: KNOWN_MS })))
      throw new Error(`member ${memberId} cannot earn: ${last}`);
  }
}

/** A member's call whose answer comes from the static upstream. */
async function callIntoStaticCell(
  publicClient: Client,
  asSuper: (tenantId?: number) => Client,
): Promise<Call> {
  const { id } = await asSuper().ask(createTenant, {
    body: { code: STATIC_CELL, name: STATIC_CELL, cell: STATIC_CELL },
  });
  const [memberId] = (await importAll(asSuper(id), 1, PASSWORD)) as [number];
  const session = await publicClient.ask(login, {
    body: { username: usernameOf(0), password: PASSWORD, tenant: STATIC_CELL },
  });
  return {
    method: 'GET',
    path: pathFor(getProfile.path, { id: memberId }),
    headers: { authorization: `Bearer ${session.access_token}` },
    expects: STATIC_ANSWER,
  };
}
