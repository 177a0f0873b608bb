import { mock } from 'node:test';
import { createLogger } from '@membership/platform/log';
import type { RevocationRepository } from './revocation-repository.ts';
import { Revocations } from './revocations.ts';

const logger = createLogger({ service: 'gateway', level: 'silent' });
const stored: string[] = [];
let reads = 0;
const repository = {
  listSince: async () => {
    reads++;
    return stored.map((name) => ({ name, at: new Date(), expiresAt: new Date(Date.now() + 3_600_000) }));
  },
} as unknown as RevocationRepository;

let now = 1_000_000;
/** What happens every so often; time goes on by hand. */
let tick: () => void = () => undefined;
async function pass(milliseconds: number): Promise<void> {
  for (const end = now + milliseconds; now < end; ) {
    now += 600;
    tick();
    await new Promise((done) => setImmediate(done));
  }
}

let revocations: Revocations;
beforeEach(async () => {
  mock.method(performance, 'now', () => now);
  mock.method(globalThis, 'setInterval', (each: () => void) => {
    tick = each;
    return { unref: () => undefined };
  });
  stored.length = 0;
  revocations = new Revocations(repository, logger, async () => undefined);
  await revocations.start();
  reads = 0;
});
afterEach(async () => {
  await revocations.stop();
  mock.restoreAll();
});

test('where nobody asks nothing is read; who asks then waits for a read, and the next ones do not', async () => {
  await pass(60_000);
  expect(reads).toBe(0);
  stored.push('t:elsewhere');
  expect(revocations.isFresh()).toBe(false);
  await revocations.refresh();
  expect([revocations.has('t:elsewhere'), reads]).toEqual([true, 1]);
  await pass(6_000);
  expect([reads, revocations.isFresh()]).toEqual([11, true]);
});

test('who watches a name is told within a second, however long nobody asked', async () => {
  let isCut = false;
  const end = revocations.watch('t:watched', () => (isCut = true));
  await pass(60_000);
  expect([reads, isCut]).toEqual([100, false]);
  stored.push('t:watched');
  await pass(600);
  expect(isCut).toBe(true);
  end();
  reads = 0;
  await pass(20_000);
  expect(reads).toBe(0);
});
