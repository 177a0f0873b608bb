/** Settings of the gateway. */
import { z } from 'zod';
import { services, type ServiceName } from '@membership/contracts/claims';
import {
  commonSettings,
  overlappingSecret,
  redisSettings,
  wholeNumber,
  type Settings,
} from '@membership/platform/config';
import { parseNetwork } from './addresses/addresses.ts';

export type Upstreams = Exclude<ServiceName, 'gateway'>;
export const upstreams = services.filter((name): name is Upstreams => name !== 'gateway');

/** Which requests have a line: all; `changes`: all but reads that went well; `refusals`: all that did not go well; none. */
export const accessLogs = ['all', 'changes', 'refusals', 'none'] as const;

const url = (fallback: string) => z.url({ protocol: /^https?$/ }).default(fallback);
const perMinute = (fallback: number) => wholeNumber(fallback, 0, 10_000_000);

/** `{"cell-b": {"points": "http://…"}}`: a service that a cell does not name is the common one. */
const cells = z
  .string()
  .default('{}')
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: `must be JSON: ${(error as Error).message}` });
      return z.NEVER;
    }
  })
  .pipe(
    z.record(z.string().min(1).max(64), z.partialRecord(z.enum(upstreams), z.url({ protocol: /^https?$/ }))),
  );

/** With commas between. */
const listed = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text) =>
      text
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean),
    );
const origins = listed('').pipe(z.array(z.union([z.literal('*'), z.url()])));
const networks = listed('').pipe(
  z.array(
    z.string().superRefine((text, context) => {
      try {
        parseNetwork(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
      }
    }),
  ),
);
const ports = (fallback: string) =>
  listed(fallback).pipe(
    z
      .array(
        z
          .string()
          .regex(/^\d{1,5}$/, 'must be ports, with commas between')
          .transform(Number)
          .pipe(z.int().min(1).max(65_535)),
      )
      .min(1)
      .max(100),
  );
const waits = (fallback: string) =>
  listed(fallback).pipe(
    z
      .array(
        z
          .string()
          .regex(/^\d{1,6}$/, 'must be whole seconds, with commas between')
          .transform(Number),
      )
      .max(50),
  );

/** Of what speaks to addresses outside: the courier's, and the gateway's where there is none. */
const outgoing = {
  /** Encrypts webhook secrets, second factors and the keys of tokens at rest. */
  WEBHOOK_SECRET_KEY: overlappingSecret,
  /** Where services look up ids (the courier: where the gateway asks for keys); never reachable from outside. */
  INTERNAL_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  /** Outgoing webhooks: networks that are not public but may be sent to, such as `10.1.0.0/16`. */
  WEBHOOK_ALLOWED_NETWORKS: networks,
  /** Networks that are not sent to, though they are public or allowed. */
  WEBHOOK_DENIED_NETWORKS: networks,
  /** Ports of public addresses that may be sent to. */
  WEBHOOK_PORTS: ports('80,443,8080,8443'),
  /** Seconds between attempts; one that fails after the last is given up. */
  WEBHOOK_RETRY_SECONDS: waits('5,300,1800,7200,18000,36000,50400,72000,86400'),
  /** Milliseconds that a receiver may take. */
  WEBHOOK_TIMEOUT_MS: wholeNumber(15_000, 100, 60_000),
  /** Requests to one endpoint at a time, and to all together. */
  WEBHOOK_REQUESTS_PER_ENDPOINT: wholeNumber(5, 1, 100),
  WEBHOOK_REQUESTS_AT_ONCE: wholeNumber(400, 1, 10_000),
  /** Hours of nothing but failures after which an endpoint is disabled. */
  WEBHOOK_DISABLE_AFTER_HOURS: wholeNumber(120, 0, 8_760),
  /** Days that the log of deliveries goes back. */
  WEBHOOK_LOG_DAYS: wholeNumber(30, 1, 3_650),
};
/** Settings of the courier (`courier-service.ts`). */
export const courierSettings = { ...commonSettings, ...outgoing };

export const settings = {
  ...commonSettings,
  ...outgoing,
  PORT: z.coerce.number().int().min(0).max(65_535).default(8000),
  JWT_ALGORITHM: z.enum(['HS256', 'RS256', 'ES256', 'EdDSA']).default('HS256'),
  /** HS256 alone. Refresh tokens, proofs of contexts and salts of names are made with it, too. */
  JWT_SECRET: overlappingSecret.optional(),
  /** The same in PEM; the other algorithms. */
  JWT_PRIVATE_KEY: overlappingSecret.optional(),
  JWT_ISSUER: z.string().min(1).default('membership-platform'),
  JWT_AUDIENCE: z.string().min(1).optional(),
  /** External issuers: seconds after which their keys are fetched anew, and between two attempts. */
  ISSUER_KEYS_SECONDS: wholeNumber(600, 1, 86_400),
  ISSUER_COOL_DOWN_SECONDS: wholeNumber(30, 0, 3_600),
  ACCESS_TOKEN_SECONDS: wholeNumber(3_600, 10, 86_400),
  REFRESH_TOKEN_DAYS: wholeNumber(30, 1, 365),
  /** Days after which a session ends for good, however often it was refreshed. */
  SESSION_DAYS: wholeNumber(180, 1, 3_650),
  /** Seconds in which a refresh token that was just used gives the same successor again. */
  REFRESH_GRACE_SECONDS: wholeNumber(30, 0, 300),
  /** Seconds after the start in which an update is over: then keys of names of the version before are folded. */
  NAME_FOLDING_AFTER_SECONDS: wholeNumber(3_600, 0, 604_800),
  /** Hours that links to choose a password work, of who has none yet and of who forgot it. */
  INVITATION_HOURS: wholeNumber(168, 1, 8_760),
  PASSWORD_RESET_HOURS: wholeNumber(24, 1, 720),
  /** Whether platform administrators need a second factor. */
  SUPER_SECOND_FACTOR: z.enum(['optional', 'required']).default('optional'),
  /** Made at the start while there is no platform administrator. */
  SUPER_USERNAME: z.string().min(1).max(64).optional(),
  SUPER_PASSWORD: z.string().min(8).max(128).optional(),
  POINTS_URL: url('http://localhost:3001'),
  VIP_URL: url('http://localhost:3002'),
  LICENSES_URL: url('http://localhost:3003'),
  APPLICATIONS_URL: url('http://localhost:3004'),
  STATS_URL: url('http://localhost:3005'),
  INTERNAL_KEY_POINTS: overlappingSecret,
  INTERNAL_KEY_VIP: overlappingSecret,
  INTERNAL_KEY_LICENSES: overlappingSecret,
  INTERNAL_KEY_APPLICATIONS: overlappingSecret,
  INTERNAL_KEY_STATS: overlappingSecret,
  /** The folder that the console was built into; unless set, that beside the services. */
  CONSOLE_DIR: z.string().min(1).optional(),
  CELLS: cells,
  /** Requests a minute; 0: no limit. A tenant's own limits go before. */
  RATE_LIMIT_MEMBER: perMinute(100),
  RATE_LIMIT_ADMIN: perMinute(1_000),
  RATE_LIMIT_INTERNAL: perMinute(0),
  RATE_LIMIT_ADDRESS: perMinute(300),
  ...redisSettings,
  /** Networks of the proxies in front that write X-Forwarded-For; none: the address is the connection's. */
  TRUST_PROXY: networks,
  /** Which requests leave a line in the log: all, all but reads that went well, all that did not go well, none. */
  ACCESS_LOG: z.enum(accessLogs).default('changes'),
  /** Of those that went well and leave none, the share that does all the same. */
  ACCESS_LOG_SAMPLE: z.coerce.number().min(0).max(1).default(0),
  /** Origins that browsers may call from, with commas between, or `*`; none unless set. */
  CORS_ORIGINS: origins,
  /** Connections to one service. */
  UPSTREAM_CONNECTIONS: wholeNumber(128, 1, 4_096),
  /** Of these, those that one tenant (or, without one, one address) may have in use; three quarters unless set. */
  UPSTREAM_CONNECTIONS_PER_TENANT: z.coerce.number().int().min(1).max(4_096).optional(),
  /**
   * Connections to one service that follow its events (Server-Sent Events), beside those of requests. One tenant may have as
   * many of them in use as of those; three quarters of these where they are fewer, unless that is set.
   */
  UPSTREAM_LISTENERS: wholeNumber(1_024, 1, 65_536),
  /** Requests that may wait for a connection to one service, of one tenant half of them. */
  UPSTREAM_WAITING: wholeNumber(4_096, 0, 100_000),
  /** Seconds that a connection is used: one made later may lead to a replica that was added since. */
  UPSTREAM_CONNECTION_SECONDS: wholeNumber(60, 1, 86_400),
  /** Milliseconds that a service may take to begin its answer, where the endpoint does not say. */
  UPSTREAM_TIMEOUT_MS: wholeNumber(15_000, 100, 600_000),
  /** Milliseconds that an open breaker waits before it tries again. */
  BREAKER_RESET_MS: wholeNumber(2_000, 50, 600_000),
  /** Milliseconds between two looks at a service, and what one may take. */
  PROBE_INTERVAL_MS: wholeNumber(1_000, 20, 60_000),
  PROBE_TIMEOUT_MS: wholeNumber(1_500, 20, 60_000),
  /**
   * Where the courier is, which then sends outgoing webhooks and fetches the keys of external issuers: this process connects to
   * nothing outside. Unless set, it does both itself.
   */
  COURIER_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Endpoints of one tenant. */
  WEBHOOK_ENDPOINT_LIMIT: wholeNumber(20, 1, 1_000),
};
export type GatewaySettings = Settings<typeof settings>;

export const secretSettings = [
  'JWT_SECRET',
  'SUPER_PASSWORD',
  'WEBHOOK_SECRET_KEY',
  ...upstreams.map((name) => keyName(name)),
] as const;

/** The setting of the key that the gateway shares with a service. */
export function keyName<Name extends Upstreams>(name: Name): `INTERNAL_KEY_${Uppercase<Name>}` {
  return `INTERNAL_KEY_${name.toUpperCase() as Uppercase<Name>}`;
}
/** Where a service is, for tenants of a cell. */
export const urlOf = (from: GatewaySettings, name: Upstreams, cell: string | null): string =>
  (cell === null ? undefined : from.CELLS[cell]?.[name]) ??
  from[`${name.toUpperCase() as Uppercase<Upstreams>}_URL`];
