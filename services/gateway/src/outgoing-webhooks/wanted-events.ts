/**
 * The gateway's queue gets the events that some endpoint of some tenant wants, and no others. An endpoint is answered as made
 * only when its events are on their way here: bound first, then committed. What nobody wants any more is unbound later, by one
 * replica, in a way that a new endpoint cannot be overtaken by (see `BindingRepository.use`).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { refuse } from '@membership/contracts/errors';
import type { Bus } from '@membership/platform/bus';
import type { Logger } from '@membership/platform/log';
import type { Transactions } from '@membership/platform/transaction';
import type { ClientSession } from 'mongoose';
import type { BindingRepository } from './binding-repository.ts';
import type { EndpointRepository } from './endpoint-repository.ts';

/** Milliseconds that an administrator waits for the broker. */
const PATIENCE = 3_000;

export type WantedEvents = {
  /** The broker, once it is known. */
  attach(bus: Bus): void;
  /** Patterns that the queue is to be bound to, whenever it is declared. */
  bindings(): Promise<string[]>;
  /** Binds patterns, and counts on it in the transaction of who wants them. Refuses (503) while the broker cannot be asked. */
  require(patterns: readonly string[], session: ClientSession): Promise<void>;
  /** Unbinds what nobody wants any more; returns how many. For one replica at a time. */
  release(): Promise<number>;
};

/** `points.*` takes any number of parts, as `#` does at the broker. */
export const routingPattern = (pattern: string): string =>
  pattern.endsWith('*') ? `${pattern.slice(0, -1)}#` : pattern;

export function wantedEvents({
  bindings,
  endpoints,
  transactions,
  logger,
  heardAnyway,
}: {
  readonly bindings: BindingRepository;
  readonly endpoints: EndpointRepository;
  readonly transactions: Transactions;
  readonly logger: Logger;
  /** Bound for the gateway itself, whoever else wants them. */
  readonly heardAnyway: readonly string[];
}): WantedEvents {
  let bus: Bus | undefined;

  /** One channel for a few declarations; ends by itself when the broker does not answer. */
  async function atBroker(patterns: readonly string[], what: 'bindQueue' | 'unbindQueue'): Promise<void> {
    if (!bus?.isConnected()) throw new Error('the broker is away');
    const { names } = bus;
    const channel = await bus.openChannel('consume');
    try {
      for (const pattern of patterns)
        await channel[what](names.events, names.exchange, routingPattern(pattern));
    } finally {
      await channel.close().catch(() => undefined);
    }
  }

  async function bind(patterns: readonly string[]): Promise<void> {
    const tooLate = pause(PATIENCE, undefined, { ref: false }).then(() => {
      throw new Error('the broker does not answer');
    });
    try {
      await Promise.race([atBroker(patterns, 'bindQueue'), tooLate]);
    } catch (error) {
      logger.warn({ err: error }, 'an endpoint was refused: its events could not be bound');
      throw refuse('SYS_002', { cause: error, headers: { 'retry-after': '5' } });
    }
  }

  async function unbind(pattern: string): Promise<void> {
    await atBroker([pattern], 'unbindQueue');
    await bindings.endUnbinding(pattern);
  }

  return {
    attach: (given) => void (bus = given),
    bindings: async () => (await bindings.bound()).map(routingPattern),
    async require(patterns, session) {
      const deadline = performance.now() + PATIENCE;
      for (;;) {
        const { missing, isBusy } = await bindings.prepare(patterns);
        if (missing.length === 0) break;
        if (!isBusy) {
          await bind(missing);
          if (await bindings.markBound(missing)) break;
        }
        if (performance.now() > deadline) throw refuse('SYS_002', { headers: { 'retry-after': '30' } });
        await pause(50);
      }
      await bindings.use(patterns, session);
    },
    async release() {
      const wanted = new Set(await endpoints.wantedPatterns());
      let count = 0;
      const isNeeded = (one: string) => wanted.has(one) || heardAnyway.includes(routingPattern(one));
      for (const pattern of (await bindings.bound()).filter((one) => !isNeeded(one))) {
        const isOurs = await transactions.run(
          async ({ session }) =>
            !(await endpoints.isWanted(pattern, session)) && bindings.beginUnbinding(pattern, session),
        );
        if (!isOurs) continue;
        await unbind(pattern);
        count++;
      }
      for (const pattern of await bindings.takeUnfinished()) {
        await unbind(pattern);
        count++;
      }
      return count;
    },
  };
}
