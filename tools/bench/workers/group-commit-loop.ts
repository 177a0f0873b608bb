// Floor of E2: the driver alone, up to 32 waiting earnings in one transaction. About what this machine can do at all.
import type { FloorRun } from '../floor.ts';
import { serveRuns } from '../worker-protocol.ts';
import { RawLedger } from './raw-ledger.ts';
import { timedLoops } from './timed-loops.ts';

const MAXIMUM = 32;
const ledger = await RawLedger.open();
const waiting: { memberId: number; done: () => void; failed: (error: unknown) => void }[] = [];
let isRunning = false;

async function drain(): Promise<void> {
  isRunning = true;
  await new Promise<void>((turn) => setImmediate(turn));
  while (waiting.length > 0) {
    const batch = waiting.splice(0, MAXIMUM);
    try {
      await ledger.earnTogether(batch.map(({ memberId }) => memberId));
      for (const { done } of batch) done();
    } catch (error) {
      for (const { failed } of batch) failed(error);
    }
  }
  isRunning = false;
}

const earn = (memberId: number): Promise<void> =>
  new Promise((done, failed) => {
    waiting.push({ memberId, done, failed });
    if (!isRunning) void drain();
  });

serveRuns((run: FloorRun) => timedLoops(run, earn));
