// Ends a platform that runs, from another process.
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { existsSync } from 'node:fs';
import { lockHolder } from './exclusive-lock.mjs';
import { endOrphans } from './infrastructure.ts';
import type { Log } from './store.ts';
import { supervisorLock } from './running-platform.ts';

const STOP_MS = 60_000;
const POLL_MS = 100;

/** Returns when everything of the stack is gone; false when nothing ran. */
export async function stopStack(stackDir: string, log: Log): Promise<boolean> {
  if (!existsSync(stackDir)) return false;
  const lock = supervisorLock(stackDir);
  const holder = lockHolder(lock);
  if (!holder) {
    await endOrphans(stackDir, log);
    return false;
  }
  if (holder.host !== hostname()) {
    throw new Error(`The platform of ${stackDir} runs on ${holder.host}: stop it there.`);
  }
  log(`stopping the platform (process ${holder.pid})`);
  process.kill(holder.pid, 'SIGTERM');
  const deadline = Date.now() + STOP_MS;
  while (lockHolder(lock) && Date.now() < deadline) await sleep(POLL_MS);
  if (lockHolder(lock)) {
    log(`it does not stop within ${STOP_MS / 1000} s; ending it`);
    process.kill(holder.pid, 'SIGKILL');
  }
  while (isAlive(holder.pid) && Date.now() < deadline) await sleep(POLL_MS);
  await endOrphans(stackDir, log);
  return true;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
