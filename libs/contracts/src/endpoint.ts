/** One record per endpoint: router, gateway table, role check, OpenAPI and client are read from it. */
import { z } from 'zod';
import type { Deprecation } from './deprecation.ts';
import { refuse, type ErrorCode, type Refusal } from './errors.ts';
import type { TagName } from './tags.ts';
import type { Text, TextParams } from './text.ts';
import type { Role, ServiceName } from './claims.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
/** Who may call. A row's role includes those above it (member < admin < super); `internal` stands outside the ladder. */
export type Access = 'public' | 'member' | 'admin' | 'super' | 'internal';
export type Dialect = 'drf' | 'data' | 'code' | 'app';
/**
 * What the answer is, before the dialect wraps it:
 * object – one thing; action – something done, with a sentence; list – a page of things;
 * bare – as the handler made it (RFC answers, documents); empty – 204; stream – written by the handler (CSV, NDJSON, SSE).
 */
export type Kind = 'object' | 'action' | 'list' | 'bare' | 'empty' | 'stream';
type Shape = z.ZodType | undefined;

export type Endpoint<
  Path extends string = string,
  Params extends Shape = Shape,
  Query extends Shape = Shape,
  Body extends Shape = Shape,
  Response extends Shape = Shape,
  K extends Kind = Kind,
> = {
  readonly name: string;
  readonly method: Method;
  readonly path: Path;
  readonly service: ServiceName;
  readonly access: readonly [Access, ...Access[]];
  /** A signature by the tenant's webhook secret may stand in for a service token; the gateway checks it. */
  readonly proof?: 'webhook-signature';
  /** Public: without a token, the tenant may be the one whose host was asked (`<code>.<host of the gateway>`). */
  readonly tenantByHost?: true;
  /** Scope that a service token needs; default `<service>:read` or `:write`. */
  readonly scope?: string;
  readonly dialect: Dialect;
  readonly kind: K;
  /** One line: what it does. */
  readonly summary: Text;
  /** What the line does not say. Of fields: `.meta({ description: both('…', '…') })`. */
  readonly description?: Text;
  readonly tag: TagName;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Media types accepted besides application/json. */
  readonly accepts?: readonly string[];
  /** false: application/json is not accepted, only `accepts`. */
  readonly acceptsJson?: boolean;
  /** The thing, or one item of the list; the dialect's wrapping is not part of it. */
  readonly response: Response;
  /** Media types that the answer has besides JSON, by a parameter of the query. */
  readonly alsoAs?: readonly string[];
  /** Dialect `code`, lists: the key that holds the items (transactions, activities …). */
  readonly itemsKey?: string;
  /** Lists: what stands beside the items on each page. */
  readonly beside?: z.ZodObject;
  readonly status?: number;
  /** The sentence of a success; the handler may say another. */
  readonly message?: Text;
  readonly refusals?: readonly ErrorCode[];
  /** Answers of another standard, by status: where RFC 6749 says what an error looks like. */
  readonly others?: Readonly<Record<number, { readonly schema: z.ZodType; readonly example: unknown }>>;
  /**
   * What somebody sends and what comes back, in Chinese; `exampleWords` has the English of it. `params` fill the places of
   * `message` that neither names.
   */
  readonly examples?: {
    readonly request?: unknown;
    readonly response?: unknown;
    /** Of `beside`, where the response is one item. */
    readonly beside?: Readonly<Record<string, unknown>>;
    readonly params?: TextParams;
    /** What comes as each type of `alsoAs`; what is sent as one of `accepts`, where it is not `request`. */
    readonly files?: Readonly<Record<string, string>>;
  };
  /** On its way out: its answers and the documents say so. What is over may be removed: docs/api-changes.md. */
  readonly deprecated?: Deprecation;
  /** Largest body in bytes; default 100 kB. */
  readonly bodyLimit?: number;
  /** Seconds the gateway waits for the service, or takes itself; default 15. */
  readonly timeoutSeconds?: number;
};

/** Declares an endpoint. `name` is its operation id, unique over the platform. */
export function endpoint<
  const Path extends string,
  Response extends z.ZodType | undefined,
  const K extends Kind,
  Params extends Shape = undefined,
  Query extends Shape = undefined,
  Body extends Shape = undefined,
>(
  declaration: Endpoint<Path, Params, Query, Body, Response, K>,
): Endpoint<Path, Params, Query, Body, Response, K> {
  return Object.freeze(declaration);
}

type Out<S> = S extends z.ZodType ? z.output<S> : undefined;
type In<S> = S extends z.ZodType ? z.input<S> : undefined;

/** What a handler receives: every part parsed. */
export type RequestOf<E> =
  E extends Endpoint<string, infer P, infer Q, infer B, infer _R, infer _K>
    ? { params: Out<P>; query: Out<Q>; body: Out<B> }
    : never;
/** The input side of the response schema: the thing, or one item of a list. */
export type ItemOf<E> =
  E extends Endpoint<string, infer _P, infer _Q, infer _B, infer R, infer _K> ? In<R> : never;
/** What a client reads: the thing, or one item of a list. */
export type ResultOf<E> =
  E extends Endpoint<string, infer _P, infer _Q, infer _B, infer R, infer _K> ? Out<R> : never;
export type KindOf<E> =
  E extends Endpoint<string, infer _P, infer _Q, infer _B, infer _R, infer K> ? K : never;

type Present<T> = { [Key in keyof T as [T[Key]] extends [undefined] ? never : Key]: T[Key] };
/** What a client sends: only the parts that the endpoint has; a query without required fields may be left out. */
export type CallOf<E> =
  E extends Endpoint<string, infer P, infer Q, infer B, infer _R, infer _K>
    ? Present<{ params: In<P>; body: In<B> }> &
        (Q extends z.ZodType ? { query?: QueryInput<In<Q>> } : unknown)
    : never;
type QueryInput<Q> = { [Key in keyof Q]?: Q[Key] | number | boolean };

/** Scope that a service token needs for an endpoint. */
export const scopeOf = (one: Pick<Endpoint, 'scope' | 'service' | 'method'>): string =>
  one.scope ?? `${one.service}:${one.method === 'get' ? 'read' : 'write'}`;

/**
 * Health, keys, documents: probes and browsers put parameters of their own behind them, which are passed over. The names of
 * those that count there (of a `z.object`); undefined where every parameter counts.
 */
export function countingParameters(
  one: Pick<Endpoint, 'access' | 'method' | 'query' | 'kind'>,
): readonly string[] | undefined {
  if (one.method !== 'get' || !one.access.includes('public') || one.kind === 'list') return undefined;
  if (one.query === undefined) return [];
  const isOpen = one.query instanceof z.ZodObject && one.query.def.catchall === undefined;
  return isOpen ? Object.keys((one.query as z.ZodObject).shape) : undefined;
}

/** Health and documents are not counted: whoever looks after the platform must always see it. */
export const isFree = ({ service, tag }: Pick<Endpoint, 'service' | 'tag'>): boolean =>
  service === 'gateway' && tag === 'Platform';

const LADDER = ['member', 'admin', 'super'];
/** Whether a role may call an endpoint (spec/api.md, "Who may call"). */
export function mayCall(
  access: readonly Access[],
  role: 'anonymous' | 'member' | 'admin' | 'super' | 'internal',
): boolean {
  if (access.includes('public')) return true;
  if (role === 'anonymous') return false;
  if (role === 'internal') return access.includes('internal');
  const rank = LADDER.indexOf(role);
  return access.some((row) => LADDER.includes(row) && rank >= LADDER.indexOf(row));
}

const ROLES: readonly Role[] = ['member', 'admin', 'super', 'internal'];
/** Why a role may not call: nobody is told to prove itself (AUTH_001), others which roles may (PERM_001). */
export const wrongRole = (access: readonly Access[], role: Parameters<typeof mayCall>[1]): Refusal =>
  role === 'anonymous'
    ? refuse('AUTH_001')
    : refuse('PERM_001', {
        details: { role, allowed_roles: ROLES.filter((one) => mayCall(access, one)) },
      });

const isEndpoint = (value: unknown): value is Endpoint =>
  typeof value === 'object' && value !== null && 'access' in value && 'dialect' in value && 'path' in value;

/** The endpoints among a module's exports. */
export const endpointsIn = (module: Readonly<Record<string, unknown>>): Endpoint[] =>
  Object.values(module).filter(isEndpoint);
