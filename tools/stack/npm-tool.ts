// A program from npm in a folder of its own, in .local: nothing of it is among the dependencies.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL_DIR } from './folders.ts';
import { installOnce } from './install-once.ts';
import { lastLineOf, runProgram } from './run-program.ts';

export type NpmTool = { readonly name: string; readonly version: string; readonly program: string };

const LONGEST_MS = 600_000;

/** The path of the pinned program, installed at the first run; nothing that packages would run on installing is run. */
export async function findNpmTool(
  { name, version, program }: NpmTool,
  say: (line: string) => void,
): Promise<string> {
  const folder = join(LOCAL_DIR, `${program}-${version}`);
  await installOnce(folder, say, async () => {
    say(`Installing ${name} ${version} from npm into .local (once)`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const options = ['--ignore-scripts', '--no-audit', '--no-fund'];
    const args = ['install', '--prefix', folder, ...options, `${name}@${version}`];
    const npm = process.env['npm_execpath'];
    const { ok, stderr } = npm
      ? await runProgram(process.execPath, [npm, ...args], { cwd: folder, timeoutMs: LONGEST_MS })
      : await runProgram('npm', args, { cwd: folder, timeoutMs: LONGEST_MS });
    if (!ok) throw new Error(`${name} could not be installed: ${lastLineOf(stderr)}`);
  });
  return join(folder, 'node_modules/.bin', program);
}
