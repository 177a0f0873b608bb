// Finds the processes that belong to a stack folder, also those whose supervisor was killed.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Every child has this variable, set to its stack folder: proof of whose it is, whatever became of its parent. */
export const STACK_MARKER = 'MEMBERSHIP_STACK';

/** Everything that a test run starts, at whatever remove, has this variable, set to the run's name. */
export const TEST_RUN_MARKER = 'MEMBERSHIP_TEST_RUN';

export type StackProcess = { pid: number; command: string };

const EXIT_WAIT_MS = 10_000;
const POLL_MS = 50;

/** The live processes that belong to the folder, except this process. */
export const findStackProcesses = (stackDir: string): StackProcess[] => findMarked(STACK_MARKER, stackDir);

/** The live processes whose environment has the marker, except this process. */
export function findMarked(name: string, value: string): StackProcess[] {
  const marker = `${name}=${value}`;
  const found = process.platform === 'linux' ? fromProc(marker) : fromPs(marker);
  return found.filter(({ pid }) => pid !== process.pid);
}

function fromProc(marker: string): StackProcess[] {
  const found: StackProcess[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      // A zombie has an empty environment, so it is not found: it is gone but for its parent's wait.
      if (!readFileSync(`/proc/${entry}/environ`, 'utf8').split('\0').includes(marker)) continue;
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      found.push({ pid: Number(entry), command: command.slice(0, 120) });
    } catch {
      // Another user's process, or one that ended while we looked.
    }
  }
  return found;
}

function fromPs(marker: string): StackProcess[] {
  const listing = spawnSync('ps', ['eww', '-ax', '-o', 'pid=,command='], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return (listing.stdout ?? '')
    .split('\n')
    .filter((line) => `${line} `.includes(`${marker} `))
    .map((line) => ({ pid: Number.parseInt(line, 10), command: line.trim().slice(0, 120) }));
}

/** Ends every process of the folder: SIGTERM, and SIGKILL to what does not go. Returns what it found. */
export const endStackProcesses = (
  stackDir: string,
  options?: { graceMs?: number },
): Promise<StackProcess[]> => endMarked(STACK_MARKER, stackDir, options);

/** Ends every process with the marker, in the same way. */
export async function endMarked(
  name: string,
  value: string,
  { graceMs = EXIT_WAIT_MS }: { graceMs?: number } = {},
): Promise<StackProcess[]> {
  const remaining = (): StackProcess[] => findMarked(name, value);
  const found = remaining();
  for (const { pid } of found) signal(pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (remaining().length > 0 && Date.now() < deadline) await sleep(POLL_MS);
  for (const { pid } of remaining()) signal(pid, 'SIGKILL');
  while (remaining().length > 0 && Date.now() < deadline + EXIT_WAIT_MS) await sleep(POLL_MS);
  return found;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone in the meantime.
  }
}
