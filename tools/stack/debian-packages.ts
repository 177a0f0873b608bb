// Debian and Ubuntu packages without root: apt with a state of its own, packages unpacked into a folder.
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './exclusive-lock.mjs';
import { DOWNLOADS_DIR } from './folders.ts';
import { findProgram, lastLineOf, runProgram } from './run-program.ts';
import { PassedOver, type Log } from './store.ts';

const APT_DIR = join(DOWNLOADS_DIR, 'apt');
const UPDATE_MS = 120_000;
const DOWNLOAD_MS = 300_000;
const QUERY_MS = 60_000;
const UNPACK_MS = 120_000;
const LISTS_FRESH_MS = 12 * 3_600_000;

const EDGES = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(
  (kind) => `--no-${kind}`,
);

/** Questions to the package lists of this machine's own sources. */
export type PackageLists = {
  /** The package and everything it depends on, as far as these are real packages. */
  closureOf(names: readonly string[]): Promise<string[]>;
  /** The first of the names that exists: libraries are called differently from release to release. */
  firstExisting(names: readonly string[]): Promise<string>;
};

/** Fetches the packages that `select` names and unpacks them into `folder`. Installs nothing. */
export async function unpackDebianPackages(options: {
  folder: string;
  select: (lists: PackageLists) => Promise<string[]>;
  log: Log;
}): Promise<void> {
  const { folder, select, log } = options;
  for (const program of ['apt-get', 'apt-cache', 'dpkg-deb']) {
    if (!findProgram(program))
      throw new PassedOver(`${program} is not here (only Debian and Ubuntu have it)`);
  }
  await withLock(join(DOWNLOADS_DIR, 'apt.lock'), () => updateLists(log));
  const names = await select({ closureOf, firstExisting });
  const debs = `${folder}.debs`;
  rmSync(debs, { recursive: true, force: true });
  mkdirSync(debs, { recursive: true });
  try {
    log(`fetching ${names.length} Debian packages (unpacked inside the project, nothing is installed)`);
    await download(names, { debs });
    for (const deb of readdirSync(debs)) {
      const unpacked = await runProgram('dpkg-deb', ['-x', join(debs, deb), folder], {
        timeoutMs: UNPACK_MS,
      });
      if (!unpacked.ok) throw new PassedOver(`cannot unpack ${deb}: ${lastLineOf(unpacked.stderr)}`);
    }
  } finally {
    rmSync(debs, { recursive: true, force: true });
  }
}

async function download(names: readonly string[], { debs }: { debs: string }): Promise<void> {
  const get = (): Promise<{ ok: boolean; stderr: string }> =>
    runProgram('apt-get', ['download', '-qq', ...names], {
      cwd: debs,
      env: aptEnvironment(),
      timeoutMs: DOWNLOAD_MS,
    });
  let result = await get();
  if (!result.ok) {
    // The lists may name a version that the mirror has replaced since.
    await refreshLists();
    result = await get();
  }
  if (!result.ok) throw new PassedOver(`apt-get download failed: ${lastLineOf(result.stderr)}`);
}

async function updateLists(log: Log): Promise<void> {
  // Every time: it names this folder, which may have been moved or copied since.
  writeConfiguration();
  const stamp = join(APT_DIR, 'updated');
  if (existsSync(stamp) && Date.now() - statSync(stamp).mtimeMs < LISTS_FRESH_MS) return;
  log('reading the package lists of this machine’s own apt sources');
  await refreshLists();
}

function writeConfiguration(): void {
  for (const folder of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(join(APT_DIR, folder), { recursive: true });
  writeFileSync(
    join(APT_DIR, 'apt.conf'),
    [
      `Dir::State::lists "${join(APT_DIR, 'lists')}";`,
      `Dir::Cache "${join(APT_DIR, 'cache')}";`,
      // As if nothing were installed: what is here does not matter for unpacking elsewhere.
      'Dir::State::status "/dev/null";',
      'APT::Sandbox::User "";',
      'APT::Get::List-Cleanup "false";',
      'Acquire::Languages "none";',
      'Acquire::Retries "2";',
      'Debug::NoLocking "1";',
      '',
    ].join('\n'),
  );
}

async function refreshLists(): Promise<void> {
  // For as long as something arrives, a slow line or a busy machine gets another go, twice as long.
  for (let had = listBytes(), timeoutMs = UPDATE_MS; ; timeoutMs *= 2) {
    const result = await runProgram('apt-get', ['update', '-qq'], { env: aptEnvironment(), timeoutMs });
    if (result.ok) break;
    const has = listBytes();
    if (has <= had) throw new PassedOver(`apt-get update failed: ${lastLineOf(result.stderr)}`);
    had = has;
  }
  writeFileSync(join(APT_DIR, 'updated'), '');
}

const listBytes = (): number =>
  readdirSync(join(APT_DIR, 'lists'), { recursive: true, encoding: 'utf8' }).reduce(
    (sum, name) => sum + (statSync(join(APT_DIR, 'lists', name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );

const aptEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  APT_CONFIG: join(APT_DIR, 'apt.conf'),
  LC_ALL: 'C',
});

async function closureOf(names: readonly string[]): Promise<string[]> {
  const result = await runProgram('apt-cache', ['depends', '--recurse', ...EDGES, ...names], {
    env: aptEnvironment(),
    timeoutMs: QUERY_MS,
  });
  if (!result.ok) throw new PassedOver(`apt does not know ${names.join(', ')}: ${lastLineOf(result.stderr)}`);
  const mentioned = result.stdout.split('\n').filter((line) => /^[a-z0-9][a-z0-9+.-]+$/.test(line));
  return realPackages([...new Set(mentioned)]);
}

async function firstExisting(names: readonly string[]): Promise<string> {
  const real = await realPackages(names);
  const first = names.find((name) => real.includes(name));
  if (!first) throw new PassedOver(`apt knows none of ${names.join(', ')}`);
  return first;
}

// Virtual packages are mentioned too; they cannot be downloaded. A name that is unknown makes apt-cache fail, not silent.
async function realPackages(names: readonly string[]): Promise<string[]> {
  const result = await runProgram('apt-cache', ['show', '--no-all-versions', ...names], {
    env: aptEnvironment(),
    timeoutMs: QUERY_MS,
  });
  const real = new Set([...result.stdout.matchAll(/^Package: (\S+)$/gm)].map((match) => match[1]));
  return names.filter((name) => real.has(name));
}
