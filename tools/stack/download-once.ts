// Downloads are made once, by one process at a time, and appear in their place complete or not at all.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './exclusive-lock.mjs';
import { DOWNLOADS_DIR } from './folders.ts';
import { PassedOver, type Log } from './store.ts';

/** Names the place a download was made for: some programs hold their own path, so a moved project fetches anew. */
const COMPLETE = '.complete';

type Download = {
  /** Folder name; carries the version, so that a new version is a new folder. */
  name: string;
  log: Log;
  /** Fills `folder`, which will be renamed to `finalFolder`. */
  fill: (places: { folder: string; finalFolder: string }) => Promise<void>;
};

/** The folder of a finished download, made now if it is not there. */
export async function downloadOnce({ name, log, fill }: Download): Promise<string> {
  const finalFolder = join(DOWNLOADS_DIR, name);
  if (isComplete(finalFolder)) return finalFolder;
  const lock = join(DOWNLOADS_DIR, `${name}.lock`);
  return withLock(
    lock,
    async () => {
      if (isComplete(finalFolder)) return finalFolder;
      const folder = `${finalFolder}.part`;
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      try {
        await fill({ folder, finalFolder });
        writeFileSync(join(folder, COMPLETE), finalFolder);
        rmSync(finalFolder, { recursive: true, force: true });
        renameSync(folder, finalFolder);
      } catch (error) {
        rmSync(folder, { recursive: true, force: true });
        throw asPassedOver(error);
      }
      return finalFolder;
    },
    (pid) => log(`waiting for process ${pid}, which downloads ${name}`),
  );
}

/** Whether a download of that name is here and complete. */
export const isDownloaded = (name: string): boolean => isComplete(join(DOWNLOADS_DIR, name));

function isComplete(folder: string): boolean {
  const file = join(folder, COMPLETE);
  return existsSync(file) && readFileSync(file, 'utf8') === folder;
}

function asPassedOver(error: unknown): Error {
  if (error instanceof PassedOver) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || /no space left/i.test(message)) {
    return new PassedOver(`the disk is full: make room for ${DOWNLOADS_DIR}`);
  }
  return new PassedOver(message);
}
