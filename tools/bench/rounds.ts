// Interleaved rounds: A B A B …, so that whatever slows the machine for a while slows both sides of a ratio.
import { watchCpu, watchMachine } from './processes.ts';
import type { Sample, Side } from './report.ts';

export type Ran = {
  readonly count: number;
  readonly milliseconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failures?: number;
  readonly firstFailure?: string | null;
  /** Of one core, by the load generator. */
  readonly generatorLoad?: number;
};
export type Contender = { readonly label: string; readonly run: (milliseconds: number) => Promise<Ran> };

export type RoundsOptions = {
  readonly rounds: number;
  readonly seconds: number;
  /** Processes whose CPU time is told beside the figures. */
  readonly pids: Readonly<Record<string, number>>;
  /** Lets work that a side left behind come to its end, so that it does not slow the next side. */
  readonly settle: () => Promise<void>;
  readonly say: (line: string) => void;
};

/** Until the code that runs is the compiled one: by operations, because a busy machine does few in a second. */
const WARM_UP = { operations: 3_000, sliceMs: 1_000, atMostSlices: 8 };

/** Runs the contenders in turn after a warm-up each; answers one side a contender, in their order. */
export async function interleave(contenders: readonly Contender[], options: RoundsOptions): Promise<Side[]> {
  const samples = contenders.map((): Sample[] => []);
  for (const contender of contenders) {
    await warmUp(contender);
    await options.settle();
  }
  for (let round = 1; round <= options.rounds; round++) {
    // There and back: a machine that grows slower or faster then favours no side.
    const order = [...contenders.entries()];
    if (round % 2 === 0) order.reverse();
    for (const [index, contender] of order) {
      const sample = await oneRun(contender, options);
      samples[index]?.push(sample);
      options.say(
        `round ${round}/${options.rounds} ${contender.label}: ${sample.perSecond.toFixed(0)}/s, p50 ${sample.p50Ms.toFixed(2)} ms, p99 ${sample.p99Ms.toFixed(1)} ms`,
      );
      await options.settle();
    }
  }
  return contenders.map(({ label }, index) => ({ label, samples: samples[index] as Sample[] }));
}

async function warmUp({ run }: Contender): Promise<void> {
  let done = 0;
  for (let slice = 0; slice < WARM_UP.atMostSlices && done < WARM_UP.operations; slice++)
    done += (await run(WARM_UP.sliceMs)).count;
}

async function oneRun({ label, run }: Contender, { seconds, pids, say }: RoundsOptions): Promise<Sample> {
  const spent = watchCpu({ ...pids, bench: process.pid });
  const othersPart = watchMachine();
  const {
    count,
    milliseconds,
    p50Ms,
    p99Ms,
    failures = 0,
    firstFailure,
    generatorLoad = 0,
  } = await run(seconds * 1_000);
  const micros = spent();
  const others = othersPart(Object.values(micros).reduce((sum, each) => sum + each, 0));
  const cpu = Object.entries(micros).map(([name, each]) => [name, each / Math.max(1, count)]);
  if (failures > 0)
    say(`${label}: ${failures} requests failed, the first with ${firstFailure ?? 'no reason'}`);
  if (generatorLoad > 0.85)
    say(
      `${label}: the load generator used ${Math.round(generatorLoad * 100)} % of a core; it may be what was measured`,
    );
  return {
    perSecond: (count * 1_000) / milliseconds,
    p50Ms,
    p99Ms,
    failures,
    others,
    cpu: Object.fromEntries(cpu),
  };
}
