/** The gateway as its tests need it: the real one, with small HTTP servers in place of the services behind it. */
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import jwt from 'jsonwebtoken';
import { createClient as clientFor, type Client } from '@membership/contracts/client';
import * as auth from '@membership/contracts/endpoints/gateway/auth';
import { createMember } from '@membership/contracts/endpoints/gateway/members';
import { createTenant } from '@membership/contracts/endpoints/gateway/tenants';
import { startService, type RunningService } from '@membership/platform/service';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { gatewayService } from '../src/service.ts';
import { FakeService, keyFor } from './fake-service.ts';

export const PASSWORD = 'a-good-password';
export const JWT_SECRET = 'the-secret-of-the-tests-0123456789-0123456789';
export const ISSUER = 'membership-platform';

export type GatewayKit = {
  readonly kit: ServiceKit;
  readonly points: FakeService;
  readonly others: FakeService;
  readonly internalUrl: string;
  /** A client without a token. */
  readonly anyone: Client;
  /** The platform administrator. */
  readonly root: Client;
  readonly rootToken: string;
  aTenant(code?: string): Promise<ATenant>;
  /** Somebody's client, logged in. */
  logIn(
    username: string,
    tenant?: string,
  ): Promise<{ client: Client; accessToken: string; refreshToken: string }>;
  /** Facts of one kind about one thing, as `<type> <sequence>`. Ids are counted by kind: a tenant's may be a member's too. */
  factsAbout(kind: 'tenant' | 'member', subject: number): string[];
  /** A second gateway on the same database and the same names at the broker. */
  aReplica(
    environment?: Record<string, string>,
  ): Promise<{ url: string; running: RunningService; anyone: Client; stop(): Promise<void> }>;
  stop(): Promise<void>;
};
export type ATenant = {
  readonly id: number;
  readonly code: string;
  readonly admin: Client;
  readonly adminId: number;
  readonly adminToken: string;
  aMember(name?: string): Promise<AMember>;
};
export type AMember = {
  readonly id: number;
  readonly username: string;
  readonly client: Client;
  readonly accessToken: string;
  readonly refreshToken: string;
};

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** Starts the gateway with its look-ups on a port that is free: between finding it and listening, another may take it. */
async function startOnFreePort(
  settings: Record<string, string>,
): Promise<{ kit: ServiceKit; internalPort: number }> {
  for (let attempt = 1; ; attempt++) {
    const internalPort = await freePort();
    try {
      const kit = await startServiceKit(gatewayService, { ...settings, INTERNAL_PORT: String(internalPort) });
      return { kit, internalPort };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt === 5) throw error;
    }
  }
}

let counter = 0;

export async function startGateway(environment: Record<string, string> = {}): Promise<GatewayKit> {
  const points = new FakeService(['points']);
  const others = new FakeService(['vip', 'licenses', 'applications', 'stats']);
  const [pointsUrl, othersUrl] = await Promise.all([points.listen(), others.listen()]);
  const settings = {
    JWT_SECRET,
    JWT_ISSUER: ISSUER,
    SUPER_USERNAME: 'root',
    SUPER_PASSWORD: PASSWORD,
    WEBHOOK_SECRET_KEY: 'a-key-for-webhook-secrets-0123456789-0123456789',
    POINTS_URL: pointsUrl,
    ...Object.fromEntries(
      ['VIP', 'LICENSES', 'APPLICATIONS', 'STATS'].map((name) => [`${name}_URL`, othersUrl]),
    ),
    ...Object.fromEntries(
      ['points', 'vip', 'licenses', 'applications', 'stats'].map((name) => [
        `INTERNAL_KEY_${name.toUpperCase()}`,
        keyFor(name),
      ]),
    ),
    RATE_LIMIT_MEMBER: '10000',
    RATE_LIMIT_ADMIN: '100000',
    RATE_LIMIT_ADDRESS: '100000',
    ...environment,
  };
  const { kit, internalPort } = await startOnFreePort(settings);
  const anyone = clientFor({ baseUrl: kit.url, fetch: kit.fetch });
  const logIn: GatewayKit['logIn'] = async (username, tenant) => {
    const signedIn = await anyone.ask(auth.login, {
      body: { username, password: PASSWORD, ...(tenant === undefined ? {} : { tenant }) },
    });
    return {
      client: anyone.as(signedIn.access_token),
      accessToken: signedIn.access_token,
      refreshToken: signedIn.refresh_token,
    };
  };
  const { client: root, accessToken: rootToken } = await logIn('root');
  return {
    kit,
    points,
    others,
    internalUrl: `http://127.0.0.1:${internalPort}`,
    anyone,
    root,
    rootToken,
    logIn,
    factsAbout: (kind, subject) =>
      kit.heard
        .filter((event) => event.type.startsWith(`${kind}.`) && event.subject === String(subject))
        .map((event) => `${event.type} ${event.sequence}`),
    async aReplica(own = {}) {
      const uri = new URL(process.env.MONGODB_URI ?? '');
      uri.pathname = `/${kit.connection.name}`;
      const ports = { HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', INTERNAL_PORT: '0' };
      const shared = {
        NODE_ENV: 'test',
        LOG_LEVEL: 'silent',
        MONGODB_URI: uri.href,
        AMQP_URL: process.env.AMQP_URL,
        BUS_PREFIX: kit.running.bus.names.exchange.replace(/domain\.events$/, ''),
        PUBLIC_URL: 'http://gateway.test',
      };
      const running = await startService(gatewayService, { ...settings, ...shared, ...ports, ...own });
      const url = `http://127.0.0.1:${running.port}`;
      return {
        url,
        running,
        anyone: clientFor({ baseUrl: url, fetch: kit.fetch }),
        stop: () => running.stop(),
      };
    },
    async aTenant(code = `tenant-${++counter}`) {
      const tenant = await root.ask(createTenant, {
        body: { code, name: `Tenant ${code}`, timezone: 'Asia/Shanghai' },
      });
      const inTenant = root.as(rootToken, { 'x-tenant-id': code });
      const boss = `boss_${++counter}`;
      const { id: adminId } = await inTenant.ask(createMember, {
        body: { username: boss, email: `${boss}@example.com`, password: PASSWORD, role: 'admin' },
      });
      const admin = await logIn(boss, code);
      return {
        id: tenant.id,
        code,
        admin: admin.client,
        adminId,
        adminToken: admin.accessToken,
        async aMember(username = `member_${++counter}`) {
          const { id } = await admin.client.ask(createMember, {
            body: { username, email: `${username}@example.com`, password: PASSWORD },
          });
          return { id, username, ...(await logIn(username, code)) };
        },
      };
    },
    async stop() {
      await kit.stop();
      await Promise.all([points.close(), others.close()]);
    },
  };
}

/** A token with claims of the test's own, signed as the gateway signs. */
export const forge = (
  claims: Record<string, unknown>,
  { secret = JWT_SECRET, ...options }: jwt.SignOptions & { secret?: string } = {},
): string =>
  jwt.sign({ exp: Math.floor(Date.now() / 1000) + 600, ...claims }, secret, {
    algorithm: 'HS256',
    ...options,
  });

/**
 * Checks what every replica must hold to a second after it was decided (spec/architecture.md): a look that begins later than
 * that must pass, however slow the machine is.
 */
export async function withinASecond(look: () => Promise<unknown>): Promise<void> {
  const decided = performance.now();
  for (;;) {
    const begun = performance.now();
    try {
      await look();
      return;
    } catch (error) {
      if (begun - decided >= 1_000) throw error;
      await pause(20);
    }
  }
}
