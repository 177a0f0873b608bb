import { scheduleJob, type Job, type JobOptions } from '@membership/platform/job';
import { LEASES, holdLease, Lease, type HeldLease, type LeaseRow } from '@membership/platform/lease';
import { createMetrics, type Metrics } from '@membership/platform/metrics';
import { eventually, startKit, type Kit } from './kit.ts';

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
afterAll(() => kit.close());

const hold = (name: string, ttl = 400): HeldLease => {
  const held = holdLease({ connection: kit.connection, name, ttl, logger: kit.logger });
  kit.defer(() => held.release());
  return held;
};

test('a lease has one holder; released, it is free at once', async () => {
  const mine = new Lease(kit.connection, 'one');
  const theirs = new Lease(kit.connection, 'one');
  expect(await mine.claim({ ttl: 60_000 })).toBe(true);
  expect(await theirs.claim({ ttl: 60_000 })).toBe(false);
  expect([mine.isHeld(), theirs.isHeld()]).toEqual([true, false]);
  expect(await mine.claim({ ttl: 60_000 })).toBe(true);
  await mine.release();
  expect(mine.isHeld()).toBe(false);
  expect(await theirs.claim({ ttl: 60_000 })).toBe(true);
});

test('releasing what another took over leaves it to that one', async () => {
  const mine = new Lease(kit.connection, 'two');
  const theirs = new Lease(kit.connection, 'two');
  await mine.claim({ ttl: 1 });
  await eventually(async () => expect(await theirs.claim({ ttl: 60_000 })).toBe(true));
  await mine.release();
  expect(await new Lease(kit.connection, 'two').claim({ ttl: 1 })).toBe(false);
});

test('of many that ask at once, one gets it', async () => {
  const leases = Array.from({ length: 20 }, () => new Lease(kit.connection, 'many'));
  const answers = await Promise.all(leases.map((lease) => lease.claim({ ttl: 60_000 })));
  expect(answers.filter(Boolean)).toHaveLength(1);
});

test('a holder that prolonged it too late hears that it is the holder anew', async () => {
  const ttl = 400;
  let times = 0;
  const held = holdLease({
    connection: kit.connection,
    name: 'late',
    ttl,
    logger: kit.logger,
    onHeld: () => times++,
  });
  kit.defer(() => held.release());
  await eventually(() => expect(held.isHeld()).toBe(true));
  const before = times;
  // A process that stood still finds its lease ended, and nobody took it meanwhile.
  const since = performance.now();
  while (performance.now() - since < 2 * ttl);
  expect(held.isHeld()).toBe(false);
  await eventually(() => expect(times).toBeGreaterThan(before));
});

test('a holder stays the holder beyond the ttl, and is replaced after it died', async () => {
  // So long that a slow moment does not cost the holder its lease.
  const ttl = 4_000;
  await new Lease(kit.connection, 'three').claim({ ttl: 300 });
  const first = hold('three', ttl);
  await eventually(() => expect(first.isHeld()).toBe(true));
  const second = hold('three', ttl);
  const since = performance.now();
  await eventually(() => {
    expect([first.isHeld(), second.isHeld()]).toEqual([true, false]);
    expect(performance.now() - since).toBeGreaterThan(ttl);
  });
  await first.release();
  await eventually(() => expect(second.isHeld()).toBe(true));
});

function job(options: Partial<JobOptions> & { name: string }): {
  job: Job;
  metrics: Metrics;
} {
  const metrics = createMetrics('points');
  const scheduled = scheduleJob({
    connection: kit.connection,
    logger: kit.logger,
    metrics,
    every: 3_600_000,
    run: async () => 0,
    ...options,
  });
  kit.defer(() => scheduled.stop());
  return { job: scheduled, metrics };
}
const count = async (metrics: Metrics, name: string) =>
  ((await metrics.registry.getSingleMetric(name)?.get())?.values ?? []).reduce(
    (sum, { value }) => sum + value,
    0,
  );

const ascending = (left: number, right: number) => left - right;

test('a job runs in batches until nothing is left, in one of several replicas', async () => {
  let left = 25;
  const run = async () => {
    const did = Math.min(10, left);
    left -= did;
    return did;
  };
  const replicas = [
    job({ name: 'batches', run }),
    job({ name: 'batches', run }),
    job({ name: 'batches', run }),
  ];
  await eventually(() => expect(left).toBe(0));
  await eventually(async () => {
    const runs = await Promise.all(
      replicas.map(({ metrics }) => count(metrics, 'membership_job_runs_total')),
    );
    expect(runs.toSorted(ascending)).toEqual([0, 0, 1]);
  });
  const items = await Promise.all(
    replicas.map(({ metrics }) => count(metrics, 'membership_job_items_total')),
  );
  expect(items.toSorted(ascending)).toEqual([0, 0, 25]);
});

test('a job that starts later runs no earlier, but by hand; it stops while it waits', async () => {
  const began = performance.now();
  let ranAt = 0;
  const run = async () => ((ranAt ||= performance.now()), 0);
  job({ name: 'later', startAfter: 500, run });
  const { job: tomorrow, metrics } = job({ name: 'tomorrow', startAfter: 86_400_000, run: async () => 0 });
  expect(await tomorrow.runNow()).toEqual({ outcome: 'done', items: 0 });
  await eventually(() => expect(ranAt).toBeGreaterThan(0));
  // A timer may be a millisecond early.
  expect(ranAt - began).toBeGreaterThan(498);
  await tomorrow.stop();
  expect(await count(metrics, 'membership_job_runs_total')).toBe(1);
});

test('a job runs again when it is due', async () => {
  let runs = 0;
  const again = job({ name: 'often', every: 100, run: async () => ((runs += 1), 0) });
  await eventually(() => expect(runs).toBeGreaterThanOrEqual(3));
  expect(await count(again.metrics, 'membership_job_last_success_timestamp_seconds')).toBeGreaterThan(1e9);
});

test('while nothing waits a run counts as done and writes nothing; what waits is dealt with', async () => {
  const waiting: number[] = [];
  const dealt: number[] = [];
  const run = async () => dealt.push(...waiting.splice(0)) && 0;
  const looks = { count: 0 };
  const look = async () => (looks.count++, waiting);
  const { job: peeking, metrics } = job({ name: 'peeking', every: 100, run, waiting: look });
  await eventually(() => expect(looks.count).toBeGreaterThan(3));
  const row = () => kit.connection.collection<LeaseRow>(LEASES).findOne({ _id: 'job:peeking' });
  expect(await row()).toBeNull();
  expect(await count(metrics, 'membership_job_runs_total')).toBeGreaterThan(2);
  expect(await count(metrics, 'membership_job_last_success_timestamp_seconds')).toBeGreaterThan(1e9);
  waiting.push(1, 2);
  await eventually(() => expect(dealt).toEqual([1, 2]));
  expect((await row())?.startedAt).toBeInstanceOf(Date);
  // By hand it runs whatever waits.
  await eventually(async () => expect(await peeking.runNow()).toMatchObject({ outcome: 'done' }));
  await peeking.stop();
});

test('a look for what waits that fails is tried again', async () => {
  let looks = 0;
  let runs = 0;
  const waiting = async () => {
    if (looks++ < 1) throw new Error('away');
    return [1];
  };
  const run = async () => ((runs += 1), 0);
  const { job: stumbling } = job({ name: 'stumbling', every: 100, waiting, run });
  await eventually(() => expect(runs).toBeGreaterThan(0));
  await stumbling.stop();
});

test('the run of a process that died is taken over with its lease, not a whole interval later', async () => {
  const started = { dead: false, again: false };
  const untilStopped: JobOptions['run'] = ({ signal }) =>
    new Promise((done) => {
      started.dead = true;
      signal.addEventListener('abort', () => done(0));
    });
  job({ name: 'dead', leaseTtl: 600_000, run: untilStopped });
  await eventually(() => expect(started.dead).toBe(true));
  // It says nothing more, and its lease ends.
  await kit.connection
    .collection<LeaseRow>(LEASES)
    .updateOne({ _id: 'job:dead' }, { $set: { until: new Date(0) } });
  job({ name: 'dead', run: async () => ((started.again = true), 0) });
  await eventually(() => expect(started.again).toBe(true));
});

test('a job can be run by hand, but not beside itself', async () => {
  let release: (() => void) | undefined;
  let started = 0;
  const run = async () => {
    started++;
    if (started === 2)
      await new Promise<void>((done) => {
        release = done;
      });
    return 0;
  };
  const { job: first } = job({ name: 'by hand', run });
  const { job: other } = job({ name: 'by hand', run });
  await eventually(() => expect(started).toBe(1));
  // Its first run may still be ending, in whichever of the two had it.
  const running = eventually(async () => {
    const result = await first.runNow();
    if (result.outcome === 'busy') throw new Error('the first run has not ended yet');
    return result;
  });
  await eventually(() => expect(started).toBe(2));
  expect(await first.runNow()).toEqual({ outcome: 'busy', items: 0 });
  expect(await other.runNow()).toEqual({ outcome: 'busy', items: 0 });
  release?.();
  expect(await running).toEqual({ outcome: 'done', items: 0 });
  expect(await other.runNow()).toEqual({ outcome: 'done', items: 0 });
});

test('a job that fails says so, is counted, and can run again', async () => {
  let failures = 0;
  const { job: failing, metrics } = job({
    name: 'failing',
    run: async () => {
      if (failures++ < 2) throw new Error('no luck');
      return 0;
    },
  });
  await eventually(() => expect(failures).toBe(1));
  await eventually(() => expect(failing.runNow()).rejects.toThrow('no luck'));
  expect(await failing.runNow()).toEqual({ outcome: 'done', items: 0 });
  expect(await count(metrics, 'membership_job_runs_total')).toBe(3);
});

test('what fails every time stands in the way of nothing: each run tries it once, and says that it failed', async () => {
  const left = new Set([1, 2, 3, 4, 5, 6]);
  const tried: number[] = [];
  const { job: some, metrics } = job({
    name: 'some fail',
    run: async ({ failures }) => {
      const without = failures.others._id?.$nin ?? [];
      const batch = [...left].filter((id) => !without.includes(id)).slice(0, 2);
      for (const id of batch)
        await failures.attempt(id, { id }, async () => {
          tried.push(id);
          if (id <= 2) throw new Error('no luck');
          left.delete(id);
        });
      return batch.length;
    },
  });
  await eventually(async () => expect(await count(metrics, 'membership_job_items_total')).toBe(4));
  expect(tried).toEqual([1, 2, 3, 4, 5, 6]);
  await eventually(() => expect(some.runNow()).rejects.toThrow('2 items failed'));
  expect(tried).toEqual([1, 2, 3, 4, 5, 6, 1, 2]);
  expect(await count(metrics, 'membership_job_items_total')).toBe(4);
  expect(await count(metrics, 'membership_job_last_success_timestamp_seconds')).toBe(0);
});

test('what fails together is tried alone, and fails only for what it fails for', async () => {
  const left = new Set([1, 2, 3]);
  const tried: (readonly number[])[] = [];
  const { job: together, metrics } = job({
    name: 'fail together',
    run: async ({ signal, failures }) => {
      const without = failures.others._id?.$nin ?? [];
      const batch = [...left].filter((id) => !without.includes(id));
      await failures.attemptTogether(batch, { signal, about: (id) => ({ id }) }, async (ids) => {
        tried.push(ids);
        if (ids.includes(2)) throw new Error('no luck');
        for (const id of ids) left.delete(id);
      });
      return batch.length;
    },
  });
  await eventually(async () => expect(await count(metrics, 'membership_job_items_total')).toBe(2));
  await eventually(() => expect(together.runNow()).rejects.toThrow('1 items failed'));
  expect(tried).toEqual([[1, 2, 3], [1], [2], [3], [2]]);
});

test('a run ends when so much fails that it is not the items', async () => {
  let tried = 0;
  const { job: all } = job({
    name: 'all fail',
    run: async ({ failures }) => {
      for (let item = 0; item < 400; item++)
        await failures.attempt(++tried, {}, () => Promise.reject(new Error('no luck')));
      return 400;
    },
  });
  await eventually(() => expect(all.runNow()).rejects.toThrow('1200 items failed'));
  expect(tried % 1_200).toBe(0);
});

test('a stop tells a running job to end', async () => {
  let [isRunning, wasAborted] = [false, false];
  const { job: long } = job({
    name: 'long',
    run: async ({ signal }) => {
      isRunning = true;
      await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
      wasAborted = signal.aborted;
      return 1;
    },
  });
  await eventually(() => expect(isRunning).toBe(true));
  await long.stop();
  expect(wasAborted).toBe(true);
});
