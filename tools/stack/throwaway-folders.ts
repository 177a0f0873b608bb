// Where data live that are thrown away at the end. Those of tests live in memory where there is room, for each file of tests makes
// a new database: what a killed process wrote is there all the same, only a power cut would tell the two apart.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { availableMemory, getuid, kill, pid } from 'node:process';
import { PROJECT_DIR, THROWAWAY_DIR } from './folders.ts';

const GIB = 2 ** 30;
/** A whole test run takes 0.7 GiB at its worst moment; more than that, so that a full one is no failure of a test. */
const ROOM = 4 * GIB;
/** What the tests themselves, their services and the stores' caches need beside it. */
const MEMORY = ROOM + 4 * GIB;

const user = getuid?.();
const place = createHash('sha256').update(PROJECT_DIR).digest('hex').slice(0, 12);
const MEMORY_DIR = `/dev/shm/membership-${place}-${user}`;

/** A folder for one run, which this process owns while it lives; in memory if asked for and if there is room. */
export function newThrowawayDir({ inMemory }: { inMemory: boolean }): string {
  const parent = inMemory && hasMemory() ? MEMORY_DIR : THROWAWAY_DIR;
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  const folder = join(parent, `${pid}-${randomBytes(4).toString('hex')}`);
  mkdirSync(folder);
  return folder;
}

/** Folders whose owners are gone. */
export function leftThrowawayDirs(): string[] {
  const parents = [THROWAWAY_DIR, MEMORY_DIR].filter((parent) => existsSync(parent) && isOurs(parent));
  return parents.flatMap((parent) =>
    readdirSync(parent)
      .filter((name) => !isAlive(Number.parseInt(name, 10)))
      .map((name) => join(parent, name)),
  );
}

function hasMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    const isFree = !existsSync(MEMORY_DIR) || isOurs(MEMORY_DIR);
    return isFree && bavail * bsize >= ROOM && availableMemory() >= MEMORY;
  } catch {
    return false; // not on this system
  }
}

/** Everybody may make folders in the machine's memory: what another user made there is left alone. */
const isOurs = (folder: string): boolean => user === undefined || statSync(folder).uid === user;

function isAlive(owner: number): boolean {
  if (!(owner > 0)) return false;
  try {
    kill(owner, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
