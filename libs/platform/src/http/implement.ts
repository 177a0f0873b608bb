/** How a service answers an endpoint of the contracts. The answer's type is the contract's. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Page } from '@membership/contracts/dialects';
import type { Endpoint, ItemOf, KindOf, RequestOf } from '@membership/contracts/endpoint';
import type { Language, Text, TextParams } from '@membership/contracts/text';
import type { GroupCommit } from '../group-commit.ts';
import type { Actor, TenantScope } from '../scope.ts';
import type { UnitOfWork } from '../transaction.ts';

export type RequestFacts = {
  readonly id: string;
  readonly language: Language;
  readonly now: Date;
  /** On the clock of `performance.now()`: no write of this request is committed after it. */
  readonly deadline: number;
  /** The gateway's public URL with this request's path and query. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly actor: Actor;
  readonly raw: {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly body: Buffer | undefined;
    /** Of a file: what it was read in. */
    readonly encoding: string | undefined;
  };
};

export type ReplyOptions = {
  readonly message?: Text;
  readonly params?: TextParams;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The whole answer as something else than JSON (a table as CSV), in the place of the dialect's envelope. */
  readonly document?: { readonly type: string; readonly text: string; readonly fileName?: string };
  /** What a repeated Idempotency-Key gets in place of the value: for secrets, which are shown once and not stored. */
  readonly repeated?: unknown;
  /** When it was answered first, for a repeat whose value the handler itself has kept. */
  readonly answeredAt?: Date;
};
/** A value with something said about it: another sentence or status. */
export class Reply<T> {
  readonly value: T;
  readonly options: ReplyOptions;
  constructor(value: T, options: ReplyOptions) {
    this.value = value;
    this.options = options;
  }
}
export const reply = <T>(value: T, options: ReplyOptions = {}): Reply<T> => new Reply(value, options);

/** What a handler returns: a page for a list, nothing for 204 and streams (which it writes itself), else the thing. */
export type ValueOf<E> =
  KindOf<E> extends 'list' ? Page<ItemOf<E>> : KindOf<E> extends 'empty' | 'stream' ? void : ItemOf<E>;
type Answering<E> = ValueOf<E> | Reply<ValueOf<E>>;
type Scoped = { readonly scope: TenantScope; readonly http: RequestFacts };
type Unscoped = { readonly scope: TenantScope | null; readonly http: RequestFacts };

export type Incoming = {
  scope: TenantScope | null;
  http: RequestFacts;
  params: unknown;
  query: unknown;
  body: unknown;
  /** What `prepare` of a write made. */
  prepared?: unknown;
};
export type Implementation = {
  readonly endpoint: Endpoint;
  readonly needsTenant: boolean;
  readonly run:
    | { readonly kind: 'plain'; readonly handle: (request: Incoming) => unknown }
    | {
        readonly kind: 'write';
        readonly handle: (request: Incoming, unit: UnitOfWork) => Promise<unknown>;
        readonly inTurn?: (request: Incoming) => string;
        readonly prepare?: (request: Incoming) => Promise<unknown>;
      }
    | {
        readonly kind: 'grouped';
        /** The group's own command and outcome, tied together by implementGrouped. */
        readonly group: Pick<GroupCommit<unknown, unknown>, 'submit'>;
        readonly command: (request: Incoming) => unknown;
        readonly view: (outcome: unknown, request: Incoming) => unknown;
      };
};

/** A read, or a write that takes care of its own transaction. */
export function implement<E extends Endpoint>(
  endpoint: E,
  handle: (request: RequestOf<E> & Scoped) => Promise<Answering<E>> | Answering<E>,
): Implementation {
  return { endpoint, needsTenant: true, run: { kind: 'plain', handle: handle as never } };
}

/** An endpoint that has no tenant, or may have none: public ones, and the platform administrator's. */
export function implementOpen<E extends Endpoint>(
  endpoint: E,
  handle: (request: RequestOf<E> & Unscoped) => Promise<Answering<E>> | Answering<E>,
): Implementation {
  return { endpoint, needsTenant: false, run: { kind: 'plain', handle: handle as never } };
}

/**
 * A write: runs in one transaction with its facts and, when the request has an Idempotency-Key, with its stored answer.
 * The handler may run again after a write conflict, so it may have no effect but through `unit`. `inTurn` names the thing of
 * the tenant that many may write at once: their transactions then run one after the other in a process. `prepare` runs before
 * the transaction begins, once, and not for a repeated key: for what takes long (hashing a password), and for what the
 * transaction must find written, since it sees nothing that is committed after its first read. The handler gets what it returns.
 */
export function implementWrite<E extends Endpoint, Prepared = undefined>(
  endpoint: E,
  handle: (
    request: RequestOf<E> & Scoped & { readonly unit: UnitOfWork; readonly prepared: Prepared },
  ) => Promise<Answering<E>>,
  {
    inTurn,
    prepare,
  }: {
    readonly inTurn?: (request: RequestOf<E> & Scoped) => string;
    readonly prepare?: (request: RequestOf<E> & Scoped) => Promise<Prepared>;
  } = {},
): Implementation {
  return {
    endpoint,
    needsTenant: true,
    run: {
      kind: 'write',
      handle: (request, unit) => handle({ ...request, unit } as never),
      ...(inTurn ? { inTurn: inTurn as never } : {}),
      ...(prepare ? { prepare: prepare as never } : {}),
    },
  };
}

/** A write that has no tenant, or may have none: the platform administrator's. Otherwise as `implementWrite`. */
export function implementOpenWrite<E extends Endpoint, Prepared = undefined>(
  endpoint: E,
  handle: (
    request: RequestOf<E> & Unscoped & { readonly unit: UnitOfWork; readonly prepared: Prepared },
  ) => Promise<Answering<E>>,
  { prepare }: { readonly prepare?: (request: RequestOf<E> & Unscoped) => Promise<Prepared> } = {},
): Implementation {
  return {
    endpoint,
    needsTenant: false,
    run: {
      kind: 'write',
      handle: (request, unit) => handle({ ...request, unit } as never),
      ...(prepare ? { prepare: prepare as never } : {}),
    },
  };
}

/** A hot write: shares transactions with its neighbours through a group commit. */
export function implementGrouped<E extends Endpoint, Command, Outcome>(
  endpoint: E,
  group: Pick<GroupCommit<Command, Outcome>, 'submit'>,
  command: (request: RequestOf<E> & Scoped) => Command | Promise<Command>,
  view: (outcome: Outcome, request: RequestOf<E> & Scoped) => Answering<E>,
): Implementation {
  return {
    endpoint,
    needsTenant: true,
    run: { kind: 'grouped', group: group as never, command: command as never, view: view as never },
  };
}
