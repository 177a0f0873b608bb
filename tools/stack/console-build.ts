// The built console: made anew when what it is made of has changed, and only then.
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './exclusive-lock.mjs';
import { LOCAL_DIR, PROJECT_DIR } from './folders.ts';
import { runProgram } from './run-program.ts';
import type { Log } from './store.ts';

const CONSOLE_DIR = join(PROJECT_DIR, 'apps/console');
const BUILT = join(CONSOLE_DIR, 'dist');
/** In the built folder: what it was made of. */
const STAMP = '.made-of';
const BUILD_MS = 300_000;
const SOURCES = [
  'apps/console/{index.html,package.json,tsconfig.json,vite.config.ts}',
  'apps/console/src/**/*',
  'libs/client/src/**/*.ts',
  'package-lock.json',
];

/** Everything that goes into the console, as one word. */
export function consoleSources(root: string = PROJECT_DIR): string {
  const hash = createHash('sha256');
  const files = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: root, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(`${file.slice(root.length)}\n`).update(readFileSync(file));
  return hash.digest('hex');
}

const isBuiltFrom = (sources: string): boolean => {
  const stamp = join(BUILT, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sources;
};

/** Builds it where its sources have changed; answers the folder. Throws with what the build said. */
export async function buildConsole({ log }: { log: Log }): Promise<string> {
  const sources = consoleSources();
  if (isBuiltFrom(sources)) return BUILT;
  return withLock(
    join(LOCAL_DIR, 'console.lock'),
    async () => {
      if (isBuiltFrom(sources)) return BUILT;
      const started = Date.now();
      log('building the console');
      // Beside the old one, which goes on being sent until the new one is whole.
      const fresh = `${BUILT}.part`;
      rmSync(fresh, { recursive: true, force: true });
      const args = [
        join(PROJECT_DIR, 'node_modules/vite/bin/vite.js'),
        'build',
        '--outDir',
        fresh,
        '--logLevel',
        'warn',
      ];
      const { ok, stdout, stderr } = await runProgram(process.execPath, args, {
        cwd: CONSOLE_DIR,
        env: { ...process.env, NODE_ENV: 'production' },
        timeoutMs: BUILD_MS,
      });
      if (!ok) throw new Error(`The console cannot be built:\n${stdout}${stderr}`);
      writeFileSync(join(fresh, STAMP), sources);
      rmSync(BUILT, { recursive: true, force: true });
      renameSync(fresh, BUILT);
      log(`the console is built (${Math.round((Date.now() - started) / 1_000)} s)`);
      return BUILT;
    },
    (pid) => log(`waiting for process ${pid}, which builds the console`),
  );
}
