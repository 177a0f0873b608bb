// A PostgreSQL of its own for the bare ledger: installed here, or Debian's package, unpacked.
import { chownSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebianPackages } from '../../stack/debian-packages.ts';
import { downloadOnce } from '../../stack/download-once.ts';
import { choosePorts } from '../../stack/ports.ts';
import { launch, tailOf } from '../../stack/processes.ts';
import { acceptsConnections, eventuallyTrue } from '../../stack/reachable.ts';
import { findProgram, lastLineOf, runProgram } from '../../stack/run-program.ts';
import { isLibrary, libraryPath } from '../../stack/shared-libraries.ts';
import { PassedOver, type Log } from '../../stack/store.ts';

type Programs = { readonly folder: string; readonly version: string; readonly env: NodeJS.ProcessEnv };
export type PostgreSql = {
  readonly version: string;
  readonly port: number;
  stop(): Promise<void>;
};

const START_MS = 20_000;
/** Where Debian puts the programs of each release. */
const DEBIAN = 'usr/lib/postgresql';
/** Compiles queries, which nothing here needs; larger than all the rest. */
const COMPILER = /^libllvm/;
/** It refuses to run as root: by the numbers of Debian's `nobody` then, who may go through root's folders all the same. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const asNobody = isRoot
  ? [
      ...['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'],
      ...['--inh-caps=+dac_override', '--ambient-caps=+dac_override'],
    ]
  : [];

/** Starts it with the durability it comes with (each commit is on the disk). Throws PassedOver where none can be had. */
export async function startPostgreSql({
  stackDir,
  log,
}: {
  stackDir: string;
  log: Log;
}): Promise<PostgreSql> {
  const programs = (await installed()) ?? (await downloaded(log));
  const { postgresql: port } = await choosePorts(['postgresql'], {});
  const home = join(stackDir, 'postgresql');
  const data = join(home, 'data');
  const logFile = join(stackDir, 'logs', 'postgresql.log');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (isRoot) chownSync(home, NOBODY, NOBODY);
  const env = { ...process.env, ...programs.env, LC_ALL: 'C', TZ: 'UTC' };
  const commandOf = (program: string, args: readonly string[]): [string, ...string[]] =>
    [...asNobody, join(programs.folder, program), ...args] as [string, ...string[]];

  const initArgs = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'];
  const [init, ...rest] = commandOf('initdb', initArgs);
  const made = await runProgram(init, rest, { cwd: home, env, timeoutMs: START_MS });
  if (!made.ok) throw new PassedOver(`initdb: ${lastLineOf(made.stderr || made.stdout)}`);
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${home}`,
    'jit=off',
  ];
  const [command, ...args] = commandOf('postgres', ['-D', data, ...settings.flatMap((each) => ['-c', each])]);
  const server = await launch({ name: 'postgresql', command, args, cwd: home, env, logFile, stackDir });
  const answers = await eventuallyTrue(() => acceptsConnections(port), {
    timeoutMs: START_MS,
    unless: () => server.hasExited(),
  });
  if (answers) return { version: programs.version, port, stop: () => server.stop() };
  await server.stop();
  throw new PassedOver(`PostgreSQL does not start: ${tailOf(logFile, { lines: 3 })}`);
}

async function installed(): Promise<Programs | undefined> {
  const folders = ['/', '/opt/homebrew', '/usr/local'].map((root) => newestIn(join(root, DEBIAN)));
  const binary = findProgram('postgres', {
    alsoIn: [...folders.filter((folder) => folder !== null), '/opt/homebrew/bin', '/usr/local/pgsql/bin'],
  });
  return binary ? runnable(join(binary, '..'), {}) : undefined;
}

async function downloaded(log: Log): Promise<Programs> {
  const root = await downloadOnce({
    name: 'postgresql-debian',
    log,
    fill: ({ folder }) =>
      unpackDebianPackages({
        folder,
        log,
        select: async (lists) =>
          (await lists.closureOf(['postgresql'])).filter(
            (name) => /^postgresql-\d+$/.test(name) || (isLibrary(name) && !COMPILER.test(name)),
          ),
      }),
  });
  const folder = newestIn(join(root, DEBIAN));
  if (folder === null) throw new PassedOver('Debian’s postgresql brought no server');
  return runnable(folder, { LD_LIBRARY_PATH: libraryPath(root) });
}

/** The programs of the newest release in a folder of releases. */
function newestIn(folder: string): string | null {
  try {
    const newest = readdirSync(folder).sort((left, right) => Number(right) - Number(left))[0];
    return newest === undefined ? null : join(folder, newest, 'bin');
  } catch {
    return null;
  }
}

async function runnable(folder: string, env: NodeJS.ProcessEnv): Promise<Programs> {
  const binary = join(folder, 'postgres');
  const asked = await runProgram(binary, ['--version'], {
    env: { ...process.env, ...env },
    timeoutMs: START_MS,
  });
  const version = /PostgreSQL\) (\S+)/.exec(asked.stdout)?.[1];
  if (!version) throw new PassedOver(`${binary} does not run here: ${lastLineOf(asked.stderr)}`);
  return { folder, version, env };
}
