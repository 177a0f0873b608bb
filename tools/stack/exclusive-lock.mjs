// A lock file that one process holds at a time, safe against owners that died. Plain JavaScript, for the bootstrap under Node 18.
//
// The lock is the highest-numbered file `<path>.<n>`. A free or stale lock is taken by creating `<path>.<n+1>` with
// O_EXCL, so of two takers exactly one wins: there is no moment in which a taker removes somebody else's fresh lock.
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname } from 'node:path';

const HEARTBEAT_MS = 3_000;
const STALE_MS = 30_000;
const POLL_MS = 200;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function generations(path) {
  const prefix = `${basename(path)}.`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b);
}

/** Who holds generation `n`: null when it is free, was never written, or its owner is gone. */
function holderOf(file) {
  let text, age;
  try {
    text = readFileSync(file, 'utf8');
    age = Date.now() - statSync(file).mtimeMs;
  } catch {
    return null;
  }
  if (text === 'free') return null;
  // Just created, not yet written; or on another machine that shares the folder: only the heartbeat tells.
  const [pid, host] = text.split(' ');
  const gone = host === hostname() && !isAlive(Number(pid));
  return gone || age > STALE_MS ? null : { pid: Number(pid) || 0, host: host ?? hostname() };
}

/** The process that holds the lock now, or null. */
export function lockHolder(path) {
  try {
    const highest = generations(path).at(-1);
    return highest === undefined ? null : holderOf(`${path}.${highest}`);
  } catch {
    return null;
  }
}

/** Takes the lock if it is free; null when another process holds it. */
export function tryLock(path) {
  mkdirSync(dirname(path), { recursive: true });
  const highest = generations(path).at(-1) ?? 0;
  if (highest > 0 && holderOf(`${path}.${highest}`)) return null;
  const mine = `${path}.${highest + 1}`;
  try {
    writeFileSync(mine, `${process.pid} ${hostname()}`, { flag: 'wx' });
  } catch (error) {
    if (error.code === 'EEXIST') return null;
    throw error;
  }
  if (generations(path).at(-1) !== highest + 1) {
    rmSync(mine, { force: true }); // others took and freed the lock since we looked
    return null;
  }
  for (const older of generations(path).filter((n) => n <= highest))
    rmSync(`${path}.${older}`, { force: true });
  const heartbeat = setInterval(() => {
    try {
      utimesSync(mine, new Date(), new Date());
    } catch {
      // The folder was removed (reset): there is nothing left to hold.
    }
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    release() {
      clearInterval(heartbeat);
      try {
        writeFileSync(mine, 'free');
      } catch {
        // Already gone with its folder.
      }
    },
  };
}

/** Runs `work` while holding the lock; waits for whoever holds it and says so once through `onWait`. */
export async function withLock(path, work, onWait = () => {}) {
  let told = false;
  for (;;) {
    const lock = tryLock(path);
    if (lock) {
      try {
        return await work();
      } finally {
        lock.release();
      }
    }
    const holder = lockHolder(path);
    if (holder && !told) {
      told = true;
      onWait(holder.pid);
    }
    await sleep(POLL_MS);
  }
}
