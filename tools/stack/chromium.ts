// A Chromium for tests and screenshots: the one named, one installed here, else one downloaded into the project (no root needed).
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { downloadOnce } from './download-once.ts';
import { findProgram, lastLineOf, runProgram } from './run-program.ts';
import { PassedOver, type Log } from './store.ts';

export type Chromium = {
  readonly executablePath: string;
  /** Added to the environment that it is started with. */
  readonly env: Readonly<Record<string, string>>;
  /** For people. */
  readonly description: string;
};

/** Carries a headless Chromium for Linux on x64, with the libraries that small machines lack. */
const PACKAGE = { name: '@sparticuz/chromium', version: '153.0.0' };
const PROGRAMS = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'microsoft-edge'];
const ELSEWHERE = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];
const VERSION_MS = 30_000;
const DOWNLOAD_MS = 180_000;
const UNPACK_MS = 60_000;

/** The first that runs. Throws a PassedOver that says why there is none. */
export async function findChromium({
  log,
  environment = process.env,
}: {
  log: Log;
  environment?: NodeJS.ProcessEnv;
}): Promise<Chromium> {
  const given = environment['CHROMIUM'];
  if (given) return runnable(given, {}, 'CHROMIUM');
  const reasons: string[] = [];
  const installed = [...PROGRAMS.map((name) => findProgram(name)), ...ELSEWHERE].filter(
    (path): path is string => path !== null && existsSync(path),
  );
  for (const path of installed) {
    try {
      return await runnable(path, {}, 'installed');
    } catch (error) {
      reasons.push((error as Error).message);
    }
  }
  if (installed.length === 0) reasons.push('none is installed');
  try {
    return await downloaded({ log });
  } catch (error) {
    if (!(error instanceof PassedOver)) throw error;
    reasons.push(error.message);
  }
  throw new PassedOver(
    `no Chromium can be had on this machine (${reasons.join('; ')}). Install Chrome or Chromium, or name one: CHROMIUM=/path/to/it`,
  );
}

async function runnable(executablePath: string, env: Chromium['env'], origin: string): Promise<Chromium> {
  const { ok, stdout, stderr } = await runProgram(executablePath, ['--version', '--no-sandbox'], {
    env: { ...process.env, ...env },
    timeoutMs: VERSION_MS,
  });
  if (!ok) throw new PassedOver(`${executablePath} does not run here: ${lastLineOf(stderr)}`);
  return { executablePath, env, description: `${stdout.trim()}, ${origin}` };
}

async function downloaded({ log }: { log: Log }): Promise<Chromium> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new PassedOver(
      `the one that npm carries is for Linux on x64, not for ${process.platform} on ${process.arch}`,
    );
  const folder = await downloadOnce({
    name: `chromium-${PACKAGE.version}`,
    log,
    fill: async ({ folder }) => {
      log(`downloading a Chromium inside ${PACKAGE.name} ${PACKAGE.version} (65 MB, once)`);
      await fetchPackage(folder);
      const bin = join(folder, 'package/bin');
      await unpackBrotli(join(bin, 'chromium.br'), join(folder, 'chromium'));
      await chmod(join(folder, 'chromium'), 0o755);
      for (const name of ['al2023', 'fonts', 'swiftshader']) {
        const tar = join(folder, `${name}.tar`);
        const target = join(folder, name);
        mkdirSync(target, { recursive: true });
        await unpackBrotli(join(bin, `${name}.tar.br`), tar);
        await run('tar', ['-xf', tar, '-C', target], UNPACK_MS);
        rmSync(tar);
      }
      rmSync(join(folder, 'package'), { recursive: true });
    },
  });
  const binary = join(folder, 'chromium');
  const libraries = join(folder, 'al2023/lib');
  try {
    return await runnable(binary, {}, 'downloaded');
  } catch {
    // Where the machine has the libraries, its own fit its fonts and names better.
    return runnable(binary, { LD_LIBRARY_PATH: libraries }, 'downloaded, with its libraries');
  }
}

async function fetchPackage(folder: string): Promise<void> {
  const wanted = `${PACKAGE.name}@${PACKAGE.version}`;
  await run(
    'npm',
    ['pack', wanted, '--pack-destination', folder, '--ignore-scripts', '--loglevel=error'],
    DOWNLOAD_MS,
  );
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (!archive) throw new PassedOver(`npm pack ${wanted} brought nothing`);
  await run('tar', ['-xzf', join(folder, archive), '-C', folder], UNPACK_MS);
  rmSync(join(folder, archive));
}

async function run(command: string, args: readonly string[], timeoutMs: number): Promise<void> {
  const result = await runProgram(command, args, { timeoutMs });
  if (!result.ok) throw new PassedOver(`${command} ${args[0]} failed: ${lastLineOf(result.stderr)}`);
}

const unpackBrotli = (from: string, to: string): Promise<void> =>
  pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));
