// Loops of callers that each do the next thing when the last is done.
import type { FloorResult, FloorRun } from '../floor.ts';
import { quantile } from '../report.ts';
import { PROFILES } from './raw-ledger.ts';

/** Runs `once` for member after member, by `concurrency` callers, until the time is over. */
export async function timedLoops(
  { milliseconds, concurrency, hot }: FloorRun,
  once: (memberId: number) => Promise<void>,
): Promise<FloorResult> {
  const latencies: number[] = [];
  const started = performance.now();
  const end = started + milliseconds;
  let next = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      const since = performance.now();
      await once(hot ? 1 : (next++ % PROFILES) + 1);
      latencies.push(performance.now() - since);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  const elapsed = performance.now() - started;
  latencies.sort((left, right) => left - right);
  return {
    count: latencies.length,
    milliseconds: elapsed,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  };
}
