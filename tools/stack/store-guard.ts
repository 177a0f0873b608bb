// Starts a MongoDB, RabbitMQ or Redis of ours that ended again, as the services are.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Infrastructure } from './infrastructure.ts';
import { createRestartDelay } from './restart-delay.ts';
import type { Log, RunningStore } from './store.ts';

const LOOK_MS = 500;

/** Looks after stores until it is stopped; resolves its stop when nothing is being started any more. */
export type StoreGuard = {
  /** What was said of each that ended. */
  readonly endings: readonly string[];
  stop(): Promise<void>;
};

/** Those that are given, or that Docker looks after, are left alone: they tell of no end. */
export function guardStores(
  { mongodb, rabbitmq, redis }: Pick<Infrastructure, 'mongodb' | 'rabbitmq' | 'redis'>,
  log: Log,
): StoreGuard {
  const stopping = new AbortController();
  const endings: string[] = [];
  const guards = [guard('MongoDB', mongodb), guard('RabbitMQ', rabbitmq), guard('Redis', redis)];

  async function guard(name: string, store: RunningStore | undefined): Promise<void> {
    if (!store) return;
    const delay = createRestartDelay();
    let startedAt = Date.now();
    while (!stopping.signal.aborted) {
      await sleep(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      const ending = store.ending?.();
      if (stopping.signal.aborted || !store.start || ending === undefined) continue;
      const wait = delay(Date.now() - startedAt);
      endings.push(`${name} ended: ${ending}`);
      log(`${name} ended; starting it again in ${wait / 1000} s (${ending})`);
      await sleep(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      startedAt = Date.now();
      await store.start().then(
        () => log(`${name} runs again`),
        (error: Error) => log(`${name} could not be started again: ${error.message}`),
      );
    }
  }
  return {
    endings,
    async stop() {
      stopping.abort();
      await Promise.all(guards);
    },
  };
}
