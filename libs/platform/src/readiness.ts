/** How a process is: whether it takes requests, and what of its surroundings it lacks. */
import { z } from 'zod';
import type { Bus } from './bus.ts';
import type { Mongo } from './mongo.ts';
import { within } from './deadline.ts';

/** `up`, or what is wrong. */
const check = z.enum(['up', 'down', 'blocked']);
type Check = z.output<typeof check>;
export type Phase = 'starting' | 'running' | 'stopping';
/**
 * What `/readyz` says. `ready` and `degraded` take requests: degraded, the broker is away or takes nothing, so facts wait
 * in the outbox or at the broker. `not_ready`: the database, or what else a request needs, does not answer.
 */
export const readiness = z.object({
  status: z.enum(['ready', 'degraded', 'not_ready', 'starting', 'stopping']),
  checks: z.record(z.string(), check),
});
export type Readiness = z.output<typeof readiness>;

export type ReadinessSources = {
  readonly phase: () => Phase;
  readonly mongo: () => Mongo | undefined;
  readonly bus: Bus;
  /** Whether facts go out and come in: the relay's channel and the consumer's are open. */
  readonly hasEvents: () => boolean;
  /** What requests need besides the database. */
  readonly further: () => Readonly<Record<string, () => boolean | Promise<boolean>>>;
};

/** Shorter than the second within which whoever asks wants to know. */
const CHECK_MILLISECONDS = 700;
const SHARED_MILLISECONDS = 250;

/** Whether such a process is to be given requests. */
export const takesRequests = ({ status }: Readiness): boolean => status === 'ready' || status === 'degraded';

/** A look at a process; those who ask within a moment share one, so that asking costs the database nothing. */
export function readinessOf(sources: ReadinessSources): () => Promise<Readiness> {
  let shared: { readonly at: number; readonly checks: Promise<Record<string, Check>> } | undefined;
  return async () => {
    if (!shared || performance.now() - shared.at > SHARED_MILLISECONDS)
      shared = { at: performance.now(), checks: look(sources) };
    const needed = await shared.checks;
    const checks = { ...needed, ...eventChecks(sources) };
    return { status: statusOf(sources.phase(), needed, checks), checks };
  };
}

function statusOf(
  phase: Phase,
  needed: Readonly<Record<string, Check>>,
  checks: Readonly<Record<string, Check>>,
): Readiness['status'] {
  const areUp = (some: Readonly<Record<string, Check>>) => Object.values(some).every((one) => one === 'up');
  if (phase !== 'running') return phase;
  if (!areUp(needed)) return 'not_ready';
  return areUp(checks) ? 'ready' : 'degraded';
}

/** What no request can do without. */
async function look({ mongo, further }: ReadinessSources): Promise<Record<string, Check>> {
  const database = async () => {
    const opened = mongo();
    if (opened) await opened.ping(CHECK_MILLISECONDS);
    return opened !== undefined;
  };
  const all = Object.entries({ database, ...further() });
  return Object.fromEntries(
    await Promise.all(all.map(async ([name, isUp]) => [name, (await holds(isUp)) ? 'up' : 'down'] as const)),
  );
}

const holds = (isUp: () => boolean | Promise<boolean>): Promise<boolean> =>
  within(CHECK_MILLISECONDS, async () => isUp(), 'a check of readiness').catch(() => false);

function eventChecks({ bus, hasEvents }: ReadinessSources): Record<string, Check> {
  const isConnected = bus.isConnected();
  return {
    broker: !isConnected ? 'down' : bus.isBlocked() ? 'blocked' : 'up',
    events: isConnected && hasEvents() ? 'up' : 'down',
  };
}
