// Floor of E1 and E3: the driver alone, one transaction of three writes an earning.
import type { FloorRun } from '../floor.ts';
import { serveRuns } from '../worker-protocol.ts';
import { RawLedger } from './raw-ledger.ts';
import { timedLoops } from './timed-loops.ts';

const ledger = await RawLedger.open();
serveRuns((run: FloorRun) => timedLoops(run, (memberId) => ledger.earn(memberId)));
