import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { THROWAWAY_DIR } from './folders.ts';
import { leftThrowawayDirs, newThrowawayDir } from './throwaway-folders.ts';

/** Above what Linux gives. */
const NOBODY = 2 ** 30;

test.each([false, true])(
  'folders are cleared once their owner is gone (in memory, if there is room: %s)',
  (inMemory) => {
    const own = newThrowawayDir({ inMemory });
    const left = join(dirname(own), `${NOBODY}-left`);
    mkdirSync(left, { recursive: true });
    try {
      expect(existsSync(own)).toBe(true);
      if (!inMemory) expect(dirname(own)).toBe(THROWAWAY_DIR);
      expect(leftThrowawayDirs()).toContain(left);
      expect(leftThrowawayDirs()).not.toContain(own);
    } finally {
      for (const folder of [own, left]) rmSync(folder, { recursive: true, force: true });
    }
  },
);
