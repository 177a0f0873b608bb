/** Whoever has no token asks whatever the gateway answers without one, again and again, each time something else. */
import { randomBytes, randomInt } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Endpoint } from '@membership/contracts/endpoint';
import { allEndpoints } from '@membership/contracts/endpoints/index';
import { pathFor } from '@membership/contracts/routes';
import { rawRequest } from './raw-http.ts';

const word = (length = 12) =>
  randomBytes(Math.ceil(length / 2))
    .toString('hex')
    .slice(0, length);
const pick = <T>(...some: T[]): T => some[randomInt(some.length)] as T;

type Request = { method: string; path: string; headers: Record<string, string>; body?: string };
export type Kind = {
  readonly name: string;
  /** Costs a password hash, or a whole page: asked less often. */
  readonly isDear: boolean;
  /** What it names is looked up: what nobody knows could be kept. */
  readonly isLookedUp: boolean;
  make(): Request;
};

/** Headers that somebody reads on the way in, none of them twice the same. */
const headers = (): Record<string, string> => ({
  'x-forwarded-for': pick(
    `198.51.${randomInt(256)}.${randomInt(256)}:${randomInt(1, 65_535)}`,
    `[2001:db8:${word(4)}:${word(4)}::1]`,
    word(),
  ),
  'x-tenant-id': randomInt(4) === 0 ? String(randomInt(1, 2 ** 40)) : word(pick(14_000, 14_000, 12)),
  host: pick(`${word()}.gateway.test`, `${word()}:80`, word()),
  'x-request-id': word(64),
  'accept-language': pick('zh', 'en', word()),
  'accept-encoding': pick('gzip', 'br', 'identity', word()),
  origin: `https://${word()}.example`,
  traceparent: `00-${word(32)}-${word(16)}-01`,
  'idempotency-key': word(64),
  'user-agent': word(200),
});

const bodyOf = (one: Endpoint): string | undefined => {
  if (!one.body) return undefined;
  const example = (one.examples?.request ?? {}) as Record<string, unknown>;
  const said = Object.fromEntries(Object.keys(example).map((key) => [key, word(30)]));
  return pick(
    JSON.stringify({ ...example, ...said }),
    JSON.stringify({ ...example, [word()]: word(500) }),
    JSON.stringify({ ...example, ...said, timestamp: new Date().toISOString(), signature: word(64) }),
    word(2_000),
  );
};

function kindOf(one: Endpoint): Kind {
  const names = [...one.path.matchAll(/:(\w+)/g)].map(([, name]) => name as string);
  return {
    name: `${one.method.toUpperCase()} ${one.path}`,
    isLookedUp: one.proof !== undefined || one.tenantByHost === true,
    isDear: /\/auth\/(login|token)\/$/.test(one.path) || one.kind === 'stream',
    make() {
      const body = bodyOf(one);
      const path = pathFor(one.path, Object.fromEntries(names.map((name) => [name, word()])));
      return {
        method: one.method.toUpperCase(),
        path: pick(path, `${path}?${word()}=${word(200)}`),
        headers: { ...headers(), 'content-type': pick('application/json', 'text/plain', word()) },
        ...(body === undefined ? {} : { body }),
      };
    },
  };
}

const TOKEN_LESS = [
  '/',
  '/healthz',
  '/readyz',
  '/internal/dead-letters',
  '/api/v1/docs/start.js',
  '/api/v1/redoc/redoc.css',
];

/** Read from the contracts, so that a new endpoint is covered by itself; and what the gateway answers besides. */
export function kinds(): Kind[] {
  const open = allEndpoints.filter(({ access, proof }) => access.includes('public') || proof !== undefined);
  const guarded = allEndpoints.find(({ access }) => !access.includes('public')) as Endpoint;
  const simple = (name: string, make: () => Partial<Request> & { path: string }): Kind => ({
    name,
    isDear: false,
    isLookedUp: false,
    make() {
      const own = make();
      return { method: 'GET', ...own, headers: { ...headers(), ...own.headers } };
    },
  });
  return [
    ...open.map(kindOf),
    ...TOKEN_LESS.map((path) => simple(path, () => ({ path }))),
    simple('a path that is nowhere', () => ({ path: `/api/v1/${word()}/${word(300)}/` })),
    simple('a path that is none', () => ({ path: `/${word()}/../%${word(2)}` })),
    simple('a method that is not allowed', () => ({
      method: pick('PUT', 'DELETE', 'PROPFIND'),
      path: '/api/v1/auth/login/',
    })),
    simple('a preflight', () => ({
      method: 'OPTIONS',
      path: guarded.path.replace(/:\w+/g, '1'),
      headers: { 'access-control-request-method': 'GET', 'access-control-request-headers': word(100) },
    })),
    simple('a token that does not hold', () => ({
      path: guarded.path.replace(/:\w+/g, '1'),
      headers: { authorization: `Bearer ${pick(word(300), `${word(20)}.${word(80)}.${word(40)}`)}` },
    })),
  ];
}

/** Asks `count` times over a few connections. Returns what was answered, by status; 0 where a connection ended. */
export async function flood(url: string, kind: Kind, count: number): Promise<Record<number, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const answered: Record<number, number> = {};
  let left = count;
  const lanes = Array.from({ length: 16 }, async () => {
    while (left-- > 0) {
      const { path, ...request } = kind.make();
      const status = await rawRequest(url, path, { ...request, agent }).then(
        (answer) => answer.status,
        () => 0,
      );
      answered[status] = (answered[status] ?? 0) + 1;
    }
  });
  await Promise.all(lanes);
  agent.destroy();
  return answered;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const SETTLED_BYTES = 200_000;
const SETTLING_ROUNDS = 20;
/**
 * Bytes on the heap and beside it that something still holds. What hangs on weak references, ended signals and closing sockets is
 * free only some turns after it was let go: this collects until no more goes.
 */
export async function heldBytes(): Promise<number> {
  let held = Number.POSITIVE_INFINITY;
  for (let round = 0, still = 0; round < SETTLING_ROUNDS && still < 3; round++) {
    if (round > 0) await pause(100);
    collect();
    const { heapUsed, external } = process.memoryUsage();
    still = held - heapUsed - external < SETTLED_BYTES ? still + 1 : 0;
    held = heapUsed + external;
  }
  return held;
}
/** Open descriptors of this process, where the system tells. */
export function descriptors(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}
