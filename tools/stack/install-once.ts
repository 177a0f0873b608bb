// What a package manager installs into a folder of its own: once, by one process at a time.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './exclusive-lock.mjs';

/** Names the place: installed programs hold their own path, so what was moved or copied is installed anew. */
const COMPLETE = 'complete';

/** Has `fill` make the folder, unless it stands here whole; what it throws leaves the folder for the next try to clear. */
export async function installOnce(
  folder: string,
  say: (line: string) => void,
  fill: () => Promise<void>,
): Promise<void> {
  const stamp = join(folder, COMPLETE);
  const isComplete = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === folder;
  if (isComplete()) return;
  await withLock(
    `${folder}.lock`,
    async () => {
      if (isComplete()) return;
      rmSync(folder, { recursive: true, force: true });
      await fill();
      writeFileSync(stamp, folder);
    },
    (pid: number) => say(`waiting for process ${pid}, which installs ${folder}`),
  );
}
