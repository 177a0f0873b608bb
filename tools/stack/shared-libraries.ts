// Shared libraries that a downloaded program needs and this machine lacks.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebianPackages } from './debian-packages.ts';
import { downloadOnce, isDownloaded } from './download-once.ts';
import { lastLineOf, runProgram } from './run-program.ts';
import { PassedOver, type Log } from './store.ts';

const LIBRARIES = 'mongod-libraries';
const VERSION_MS = 20_000;

/** Part of the C runtime and of the compiler's: mixing those with the machine's own breaks every program. */
const NEVER_UNPACKED = /^(libc6|libc-bin|libgcc|libstdc\+\+|libcrypt1)/;

export type Runnable = { version: string; env: NodeJS.ProcessEnv };

/** Makes sure that a mongod runs here, fetching the libraries it lacks; answers its version and the environment it needs. */
export async function makeMongodRun(binary: string, { log }: { log: Log }): Promise<Runnable> {
  const plain = await versionOf(binary, {});
  if ('version' in plain) return plain;
  if (!/shared librar/i.test(plain.problem))
    throw new PassedOver(`${binary} does not run here: ${plain.problem}`);
  if (!isDownloaded(LIBRARIES)) {
    const missing = /(lib\S+\.so\S*?):/.exec(plain.problem)?.[1] ?? plain.problem;
    log(`mongod lacks libraries here (${missing}); fetching them`);
  }
  const env = await mongodLibraries({ log });
  const helped = await versionOf(binary, env);
  if ('version' in helped) return helped;
  throw new PassedOver(`${binary} does not run here: ${helped.problem}`);
}

async function versionOf(binary: string, env: NodeJS.ProcessEnv): Promise<Runnable | { problem: string }> {
  const result = await runProgram(binary, ['--version'], {
    env: { ...process.env, ...env },
    timeoutMs: VERSION_MS,
  });
  const version = /db version v(\S+)/.exec(result.stdout)?.[1];
  return result.ok && version ? { version, env } : { problem: lastLineOf(result.stderr) };
}

async function mongodLibraries({ log }: { log: Log }): Promise<NodeJS.ProcessEnv> {
  const folder = await downloadOnce({
    name: LIBRARIES,
    log,
    fill: ({ folder }) =>
      unpackDebianPackages({
        folder,
        log,
        select: async (lists) => {
          const curl = await lists.firstExisting(['libcurl4t64', 'libcurl4']);
          const ssl = await lists.firstExisting(['libssl3t64', 'libssl3', 'libssl1.1']);
          return (await lists.closureOf([curl, ssl, 'liblzma5'])).filter(isLibrary);
        },
      }),
  });
  return { LD_LIBRARY_PATH: libraryPath(folder) };
}

/** Whether a package may be unpacked beside the machine's own libraries. */
export const isLibrary = (name: string): boolean => /^(lib|zlib1g$)/.test(name) && !NEVER_UNPACKED.test(name);

/** LD_LIBRARY_PATH for what was unpacked into `folder`. */
export function libraryPath(folder: string): string {
  const folders = new Set<string>();
  for (const top of ['usr/lib', 'lib']) {
    for (const entry of listIfThere(join(folder, top))) {
      const candidate = join(folder, top, entry);
      if (/-linux-gnu/.test(entry) && listIfThere(candidate).some((name) => name.includes('.so')))
        folders.add(candidate);
    }
  }
  return [...folders, process.env['LD_LIBRARY_PATH'] ?? ''].filter(Boolean).join(':');
}

function listIfThere(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
