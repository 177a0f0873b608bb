/** What a service listens to, as a list in one place: one line each, a fact and the use-case that it causes. */
import type { ServiceName } from '@membership/contracts/claims';
import type { DataOf, Envelope, EventDefinition } from '@membership/contracts/event';
import { problemsOf, Unreadable } from './bus/delivery.ts';
import type { TenantScope } from './scope.ts';
import type { UnitOfWork } from './transaction.ts';

export type Received<Data> = { readonly envelope: Envelope; readonly data: Data };
/** `scope` is the event's tenant with the service as actor; the `unit` is the transaction that also marks the event as handled. */
export type Handling = { readonly scope: TenantScope; readonly unit: UnitOfWork };
/**
 * Handles a fact. Runs again after a failure or a write conflict, so it may have no effect but through the unit; comes in any
 * order, so the highest `sequence` wins.
 */
export type Handler<Data> = (message: Received<Data>, handling: Handling) => Promise<void>;

export type HandlerOptions = {
  /** `fail` (unless said): a Refusal is retried and then parked. `settle`: it means that there is nothing to do. */
  readonly whenRefused?: 'fail' | 'settle';
};

export type Subscription = {
  /** Routing keys, or patterns of them, that the queue is bound to. */
  readonly bindings: readonly string[];
  /** What is wanted is known only at run time: asked for whenever the queue is declared. It then takes whatever comes. */
  readonly furtherBindings?: () => Promise<readonly string[]>;
  /** The type that it handles; null takes every type under its bindings that has no handler of its own. */
  readonly type: string | null;
  /** Checks the data. Throws Unreadable. */
  readonly read: (envelope: Envelope) => unknown;
  readonly handle: Handler<unknown>;
  readonly whenRefused: 'fail' | 'settle';
};

/** Subscribes to one event. */
export function on<E extends EventDefinition>(
  event: E,
  handler: Handler<DataOf<E>>,
  { whenRefused = 'fail' }: HandlerOptions = {},
): Subscription {
  return {
    bindings: [event.type],
    type: event.type,
    read(envelope) {
      const parsed = event.data.safeParse(envelope.data);
      if (!parsed.success)
        throw new Unreadable(`data of ${event.type}: ${problemsOf(parsed.error)}`, parsed.error);
      return parsed.data;
    },
    handle: ({ envelope, data }, handling) => handler({ envelope, data: data as DataOf<E> }, handling),
    whenRefused,
  };
}

/** Subscribes to every event under these patterns (`#` for all) that no `on` takes. Its data is not checked. */
export function onOther(
  patterns: readonly string[],
  handler: Handler<Record<string, unknown>>,
  { whenRefused = 'fail' }: HandlerOptions = {},
): Subscription {
  return {
    bindings: patterns,
    type: null,
    read: (envelope) => envelope.data,
    handle: ({ envelope, data }, handling) =>
      handler({ envelope, data: data as Record<string, unknown> }, handling),
    whenRefused,
  };
}

/**
 * Subscribes to whatever comes that no `on` takes, where data say what is wanted: `bindings` tells the patterns whenever the
 * queue is declared (at the start, after a loss of the broker); one that comes up in between is bound by its owner.
 */
export const onWanted = (
  bindings: () => Promise<readonly string[]>,
  handler: Handler<Record<string, unknown>>,
): Subscription => ({ ...onOther([], handler), furtherBindings: bindings });

export type Subscriptions = {
  readonly service: ServiceName;
  /** What the queue is to be bound to now. */
  bindings(): Promise<readonly string[]>;
  /** Who handles a type; undefined where nobody does (a binding that an older version left). */
  handlerOf(type: string): Subscription | undefined;
};

/** Checks a service's subscriptions: one handler for a type, or the start ends here. */
export function defineSubscriptions(service: ServiceName, list: readonly Subscription[]): Subscriptions {
  const byType = new Map<string, Subscription>();
  let other: Subscription | undefined;
  for (const subscription of list) {
    const isTaken = subscription.type === null ? other !== undefined : byType.has(subscription.type);
    if (isTaken)
      throw new Error(
        `${service} has two handlers for ${subscription.type ?? 'other events'}: write one that does both`,
      );
    if (subscription.type === null) other = subscription;
    else byType.set(subscription.type, subscription);
  }
  return {
    service,
    async bindings() {
      const asked = list.flatMap(({ furtherBindings }) => (furtherBindings ? [furtherBindings()] : []));
      const further = await Promise.all(asked);
      return [...new Set([...list.flatMap(({ bindings }) => bindings), ...further.flat()])];
    },
    handlerOf: (type) =>
      byType.get(type) ??
      (other?.furtherBindings || other?.bindings.some((pattern) => matchesPattern(pattern, type))
        ? other
        : undefined),
  };
}

/** Whether a topic pattern takes a routing key: `*` is one word, `#` any number of them. */
export function matchesPattern(pattern: string, key: string): boolean {
  const match = (patterns: readonly string[], words: readonly string[]): boolean => {
    const [first, ...rest] = patterns;
    if (first === undefined) return words.length === 0;
    if (first === '#') return match(rest, words) || (words.length > 0 && match(patterns, words.slice(1)));
    return words.length > 0 && (first === '*' || first === words[0]) && match(rest, words.slice(1));
  };
  return match(pattern.split('.'), key === '' ? [] : key.split('.'));
}
