/** The whole platform as processes of this machine, for tests that cross services. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServiceName } from '@membership/contracts/claims';
import { createClient, type Client } from '@membership/contracts/client';
import * as identity from '@membership/contracts/endpoints/gateway/index';
import * as licensing from '@membership/contracts/endpoints/licenses/index';
import { DEMO_LICENSE_KEY, loadDemoData, loginAs } from '../tools/demo-data.ts';
import { withDatabase } from '../tools/stack/database-uri.ts';
import { PROJECT_DIR } from '../tools/stack/folders.ts';
import { startInfrastructure, type Infrastructure } from '../tools/stack/infrastructure.ts';
import { startServices, type RunningServices } from '../tools/stack/services.ts';

export const PASSWORD = 'demo-pass-2026';
/** The tests ask more often than a member of a shop would. */
const UNHURRIED = { RATE_LIMIT_MEMBER: '100000', RATE_LIMIT_ADMIN: '100000', RATE_LIMIT_ADDRESS: '100000' };
/** However slow the machine is: a write that it takes long for is no failure. */
const WRITES_IN_PEACE = { WRITE_DEADLINE_MS: '60000' };
const ANSWERS_IN_PEACE = { UPSTREAM_TIMEOUT_MS: '90000' };
export type PlatformKit = {
  readonly services: RunningServices;
  readonly infrastructure: Pick<
    Infrastructure,
    'mongodbUri' | 'amqpUrl' | 'restartBroker' | 'mongodb' | 'redis'
  >;
  /** The address of a service's own database. */
  databaseUri(service: ServiceName): string;
  /** Without a token. */
  readonly anonymous: Client;
  /** Logged in as one of the demo accounts. */
  as(username: string): Promise<Client>;
  idOf(username: string): Promise<number>;
  /** Assigns fresh licences to John; ids of the assignments. */
  assignToJohn(count: number): Promise<number[]>;
  stop(): Promise<void>;
  /** Proves what was left behind by the three commands that operators have, then stops. For the end of a drill. */
  proveAndStop(): Promise<void>;
};

/**
 * Starts the six services and loads the demo data. The stores are those of the test run; `ownBroker` starts a RabbitMQ that
 * the test may stop, `ownDatabase` a MongoDB, `ownRedis` a Redis.
 */
export async function startPlatformKit({
  ownBroker = false,
  ownDatabase = false,
  ownRedis = false,
  environment: settings = {},
}: {
  ownBroker?: boolean;
  ownDatabase?: boolean;
  ownRedis?: boolean;
  /** Settings of services that the test wants otherwise. */
  environment?: NonNullable<Parameters<typeof startServices>[0]['environment']>;
} = {}): Promise<PlatformKit> {
  const isolation = `e2e${randomBytes(4).toString('hex')}`;
  const stackDir = mkdtempSync(join(tmpdir(), 'membership-e2e-'));
  const { AMQP_URL, MONGODB_URI, REDIS_URL, ...without } = process.env;
  const environment = {
    ...without,
    ...(ownBroker ? {} : { AMQP_URL }),
    ...(ownDatabase ? {} : { MONGODB_URI }),
    ...(ownRedis ? {} : { REDIS_URL }),
  };
  const infrastructure = await startInfrastructure({
    log: () => undefined,
    inMemory: true,
    redis: true,
    environment,
  });
  let services: RunningServices | undefined;
  const stop = async () => {
    await services?.stop();
    await infrastructure.stop();
    rmSync(stackDir, { recursive: true, force: true });
  };
  try {
    services = await startServices({
      infrastructure,
      stackDir,
      isolation,
      superPassword: PASSWORD,
      logLevel: 'warn',
      isBrief: true,
      environment: {
        ...settings,
        all: { ...WRITES_IN_PEACE, ...settings.all },
        gateway: { ...UNHURRIED, ...ANSWERS_IN_PEACE, ...settings.gateway },
      },
    });
    await services.ready();
    await loadDemoData({
      gatewayUrl: services.url,
      superPassword: PASSWORD,
      demoPassword: PASSWORD,
      log: () => undefined,
    });
    return await kitOf(services, infrastructure, isolation, stop);
  } catch (error) {
    const logs = services
      ? (['gateway', 'points', 'vip', 'licenses', 'applications', 'stats'] as const)
          .map((name) => `--- ${name}\n${services?.logs(name, { lines: 15 })}`)
          .join('\n')
      : '';
    await stop();
    throw new Error(`The platform did not start: ${(error as Error).message}\n${logs}`, { cause: error });
  }
}

async function kitOf(
  services: RunningServices,
  infrastructure: Infrastructure,
  isolation: string,
  stop: () => Promise<void>,
): Promise<PlatformKit> {
  const anonymous = createClient({ baseUrl: services.url });
  const clients = new Map<string, Promise<Client>>();
  const as = (username: string) => {
    let client = clients.get(username);
    if (!client) clients.set(username, (client = loginAs(anonymous, username, PASSWORD)));
    return client;
  };
  const idOf = async (username: string) => (await (await as(username)).ask(identity.me, {})).user.id;
  return {
    services,
    infrastructure,
    databaseUri: (service) => withDatabase(infrastructure.mongodbUri, `${isolation}_${service}`),
    anonymous,
    as,
    idOf,
    async assignToJohn(count) {
      const admin = await as('admin_acme');
      const john = await idOf('john_doe');
      const [demo] = (await admin.ask(licensing.listLicenses, { query: { license_key: DEMO_LICENSE_KEY } }))
        .items;
      if (!demo) throw new Error('the demo licence is missing');
      const ids: number[] = [];
      for (let made = 0; made < count; made++) {
        const { id: license_id } = await admin.ask(licensing.issueLicense, {
          body: { product_id: demo.product_id, plan_id: demo.plan_id, max_activations: 3 },
        });
        ids.push(
          (await admin.ask(licensing.createAssignment, { body: { member_id: john, license_id } }))
            .assignment_id,
        );
      }
      return ids;
    },
    stop,
    async proveAndStop() {
      try {
        for (const proof of PROOFS) await prove(services, proof);
      } finally {
        await stop();
      }
    },
  };
}

type Proof = { readonly command: string; readonly stores: Readonly<Record<string, ServiceName>> };
const PROOFS: readonly Proof[] = [
  { command: 'tools/verify-ledger.ts', stores: { MONGODB_URI: 'points' } },
  { command: 'tools/verify-licenses.ts', stores: { MONGODB_URI: 'licenses' } },
  { command: 'tools/verify-purchases.ts', stores: { VIP_MONGODB_URI: 'vip', POINTS_MONGODB_URI: 'points' } },
];
/** Throws with what the command found when something does not add up. */
async function prove(services: RunningServices, { command, stores }: Proof): Promise<void> {
  const uris = Object.entries(stores).map(([name, service]) => [
    name,
    services.environmentOf(service)['MONGODB_URI'],
  ]);
  const env = { ...process.env, ...Object.fromEntries(uris) };
  await promisify(execFile)(process.execPath, [command], { cwd: PROJECT_DIR, env }).catch(
    ({ stdout, stderr }: { stdout?: string; stderr?: string }) => {
      throw new Error(`${command} at the end of the drill:\n${stdout}${stderr}`);
    },
  );
}
