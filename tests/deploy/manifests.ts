/** What the tests of compose, Kubernetes and the operating guide read: the manifests, and the settings that the code knows. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { services, type ServiceName } from '@membership/contracts/claims';
import { settings as applications } from '../../services/applications/src/config.ts';
import { courierSettings, secretSettings, settings as gateway } from '../../services/gateway/src/config.ts';
import { settings as licenses } from '../../services/licenses/src/config.ts';
import { pointsSettings as points } from '../../services/points/src/config.ts';
import { statsSettings as stats } from '../../services/stats/src/config.ts';
import { settings as vip } from '../../services/vip/src/config.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A file of the project as text. */
export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
export const exists = (path: string): boolean => existsSync(join(ROOT, path));

export const names: readonly ServiceName[] = services;
export const behindTheGateway = services.filter((name) => name !== 'gateway');

type Fields = Readonly<Record<string, z.ZodType>>;
/** The settings of each service, as its config.ts declares them. */
export const settingsOf: Readonly<Record<ServiceName, Fields>> = {
  gateway,
  points,
  vip,
  licenses,
  applications,
  stats,
};
/** The gateway's image in another role, and what it reads. */
export const courier = {
  name: 'outgoing-webhooks',
  settings: courierSettings as Fields,
  secrets: ['WEBHOOK_SECRET_KEY'],
} as const;
export const secretsOf = (name: ServiceName): readonly string[] =>
  name === 'gateway' ? secretSettings : ['INTERNAL_KEY'];

const plain = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const composeService = z.looseObject({
  image: z.string(),
  build: z.looseObject({ args: z.record(z.string(), z.string()).optional() }).optional(),
  user: z.string().optional(),
  environment: plain.default({}),
  healthcheck: z.looseObject({ test: z.array(z.string()).optional() }).optional(),
  command: z.array(z.string()).optional(),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  networks: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  stop_grace_period: z.string().optional(),
});
export type ComposeService = z.output<typeof composeService>;

type Given = Readonly<Record<string, string>>;

/** `${NAME:-default}` as docker compose fills it in where this is set. */
export function interpolate(text: string, given: Given = {}): string {
  const filled = text.replaceAll(
    /\$\{(\w+)(?::-([^${}]*))?\}/g,
    (_whole, name: string, fallback?: string) => given[name] || (fallback ?? ''),
  );
  return filled === text ? text : interpolate(filled, given);
}

/** The services of a compose file, filled in as on a machine that sets this, or nothing. */
export function composeServices(
  path = 'docker-compose.yml',
  given: Given = {},
): Readonly<Record<string, ComposeService>> {
  const file: unknown = parse(interpolate(read(path), given), { merge: true });
  return z.looseObject({ services: z.record(z.string(), composeService) }).parse(file).services;
}

const composeNetwork = z.strictObject({
  internal: z.boolean().default(false),
  driver_opts: z.record(z.string(), z.string()).default({}),
});
/** The networks of docker-compose.yml. */
export const composeNetworks = () =>
  z.looseObject({ networks: z.record(z.string(), composeNetwork) }).parse(parse(read('docker-compose.yml')))
    .networks;

const kubernetesObject = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string().default(''),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.looseObject({}).default({}),
});
export type KubernetesObject = z.output<typeof kubernetesObject>;

/** Every object of a file. */
export const objectsIn = (path: string): KubernetesObject[] =>
  parseAllDocuments(read(path)).map((document) => kubernetesObject.parse(document.toJS()));

const literals = z.array(z.string()).default([]);
const generator = z.looseObject({ name: z.string(), literals });
const kustomization = z.looseObject({
  resources: z.array(z.string()).default([]),
  components: z.array(z.string()).default([]),
  configMapGenerator: z.array(generator).default([]),
  secretGenerator: z.array(generator).default([]),
  images: z.array(z.object({ name: z.string(), newTag: z.union([z.string(), z.number()]) })).default([]),
});
export const kustomizationIn = (folder: string) =>
  kustomization.parse(parse(read(`${folder}/kustomization.yaml`)));

/** `NAME=value` lines of a generator as a record. */
export const literalsOf = (from: readonly { name: string; literals: string[] }[], name: string) =>
  Object.fromEntries(
    from
      .filter((one) => one.name === name)
      .flatMap((one) => one.literals)
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  ) as Record<string, string>;

const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).default([]),
  ports: z.array(z.looseObject({ name: z.string(), containerPort: z.int() })).default([]),
  resources: z.object({
    requests: z.object({ cpu: z.string(), memory: z.string() }),
    limits: z.looseObject({ memory: z.string() }),
  }),
  securityContext: z.looseObject({
    allowPrivilegeEscalation: z.boolean(),
    readOnlyRootFilesystem: z.boolean().default(false),
    capabilities: z.object({ drop: z.array(z.string()) }),
  }),
  startupProbe: z.looseObject({ httpGet: z.unknown().optional() }).optional(),
  livenessProbe: z.looseObject({ httpGet: z.unknown().optional() }).optional(),
  readinessProbe: z.looseObject({ httpGet: z.unknown().optional() }).optional(),
  lifecycle: z.object({ preStop: z.object({ sleep: z.object({ seconds: z.int() }) }) }).optional(),
});
const podTemplate = z.object({
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()).default({}) }).optional(),
  spec: z.looseObject({
    automountServiceAccountToken: z.boolean(),
    terminationGracePeriodSeconds: z.int().optional(),
    securityContext: z.looseObject({
      runAsNonRoot: z.boolean(),
      runAsUser: z.int(),
      seccompProfile: z.object({ type: z.string() }),
    }),
    containers: z.tuple([container]),
  }),
});

/** The pod of a Deployment, StatefulSet or Job, and its one container. */
export function podOf(object: KubernetesObject) {
  const { spec, metadata } = podTemplate.parse(object.spec['template']);
  return { pod: spec, labels: metadata?.labels ?? {}, container: spec.containers[0] };
}
