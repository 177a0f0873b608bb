// The environment of each service on this machine: the one place that knows how the services are told about each other.
// npm start, the end-to-end tests, the drills and the benchmark all start their processes with it.
import { withDatabase } from './database-uri.ts';

export const SERVICES = ['points', 'vip', 'licenses', 'applications', 'stats', 'gateway'] as const;
export type ServiceName = (typeof SERVICES)[number];

type Behind = Exclude<ServiceName, 'gateway'>;
const BEHIND_THE_GATEWAY = SERVICES.filter((name): name is Behind => name !== 'gateway');

/** Ports by name: each service's own, each one's metrics, and the gateway's door for the services. */
export type ServicePort = ServiceName | `${ServiceName}-metrics` | 'gateway-internal';
export const SERVICE_PORTS: readonly ServicePort[] = [
  ...SERVICES.flatMap((name) => [name, `${name}-metrics` as const]),
  'gateway-internal',
];

/** Secrets by name; a stack makes its own once. */
export const SECRETS = [
  'JWT_SECRET',
  'WEBHOOK_SECRET_KEY',
  'INTERNAL_KEY_POINTS',
  'INTERNAL_KEY_VIP',
  'INTERNAL_KEY_LICENSES',
  'INTERNAL_KEY_APPLICATIONS',
  'INTERNAL_KEY_STATS',
] as const;
export type SecretName = (typeof SECRETS)[number];

export type LocalPlatform = {
  ports: Readonly<Record<ServicePort, number>>;
  secrets: Readonly<Record<SecretName, string>>;
  /** Server addresses: MongoDB's without a database. */
  mongodbUri: string;
  amqpUrl: string;
  /** Absent: each gateway counts by itself. */
  redisUrl?: string | undefined;
  superPassword: string;
  logLevel: string;
  /** Several platforms on the same servers: each with a prefix of its own for databases, queues and keys. */
  isolation?: string;
};

const HOST = '127.0.0.1';
const SHUTDOWN_SECONDS = 8;
const SUPER_USERNAME = 'root';

const keyName = (service: Behind): SecretName => `INTERNAL_KEY_${service.toUpperCase()}` as SecretName;

/** The address that people and clients use. */
export const publicUrlOf = (gatewayPort: number): string => `http://localhost:${gatewayPort}`;

/** Everything that a service reads from its environment. */
export function serviceEnvironment(service: ServiceName, platform: LocalPlatform): Record<string, string> {
  const { ports, secrets, isolation } = platform;
  const common = {
    NODE_ENV: 'development',
    LOG_LEVEL: platform.logLevel,
    HOST,
    PORT: String(ports[service]),
    METRICS_PORT: String(ports[`${service}-metrics`]),
    MONGODB_URI: withDatabase(platform.mongodbUri, `${isolation ?? 'membership'}_${service}`),
    AMQP_URL: platform.amqpUrl,
    PUBLIC_URL: publicUrlOf(ports.gateway),
    SHUTDOWN_SECONDS: String(SHUTDOWN_SECONDS),
    ...(isolation ? { BUS_PREFIX: `${isolation}.` } : {}),
  };
  if (service === 'gateway') return { ...common, ...gatewayEnvironment(platform) };
  return {
    ...common,
    INTERNAL_KEY: secrets[keyName(service)],
    GATEWAY_INTERNAL_URL: `http://${HOST}:${ports['gateway-internal']}`,
    // Its processes start and end together: there is none to wait for.
    ...(KEEP_ANSWERS.includes(service)
      ? { ...redisEnvironment(platform), ANSWER_CACHE_SETTLE_SECONDS: '0' }
      : {}),
  };
}

/** Services that keep answers in Redis. */
const KEEP_ANSWERS: readonly ServiceName[] = ['points', 'licenses'];
/** Empty is none: an address that this process has in its own environment is not the platform's. */
const redisEnvironment = ({ redisUrl, isolation }: Pick<LocalPlatform, 'redisUrl' | 'isolation'>) => ({
  REDIS_URL: redisUrl ?? '',
  ...(isolation ? { REDIS_PREFIX: `${isolation}:` } : {}),
});

function gatewayEnvironment({
  ports,
  secrets,
  superPassword,
  ...platform
}: LocalPlatform): Record<string, string> {
  const urls = BEHIND_THE_GATEWAY.map((name) => [
    `${name.toUpperCase()}_URL`,
    `http://${HOST}:${ports[name]}`,
  ]);
  const keys = BEHIND_THE_GATEWAY.map((name) => [keyName(name), secrets[keyName(name)]]);
  return {
    INTERNAL_PORT: String(ports['gateway-internal']),
    JWT_SECRET: secrets.JWT_SECRET,
    WEBHOOK_SECRET_KEY: secrets.WEBHOOK_SECRET_KEY,
    SUPER_USERNAME,
    SUPER_PASSWORD: superPassword,
    ...redisEnvironment(platform),
    ...Object.fromEntries([...urls, ...keys]),
  };
}
