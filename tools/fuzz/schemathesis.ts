// Schemathesis in a virtual environment of its own, in .local: nothing of it is installed on the machine.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL_DIR } from '../stack/folders.ts';
import { lastLineOf, runProgram } from '../stack/run-program.ts';

export const VERSION = '4.32.5';
const CANDIDATES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const NEW_ENOUGH = 'import sys; sys.exit(0 if sys.version_info >= (3, 10) else 1)';
const NO_PYTHON = `npm run fuzz needs Python 3.10 or newer with its venv module, and found none in PATH. Install it:
  Debian, Ubuntu   sudo apt-get install python3 python3-venv
  Fedora           sudo dnf install python3
  macOS            brew install python
  Windows          winget install Python.Python.3.12
Then run this again; Schemathesis itself comes from PyPI into .local.`;

async function findPython(): Promise<string> {
  for (const command of CANDIDATES)
    if ((await runProgram(command, ['-c', NEW_ENOUGH], { timeoutMs: 20_000 })).ok) return command;
  throw new Error(NO_PYTHON);
}

/** The path of the pinned `st`, installed at the first run. Throws with what to do where that cannot be. */
export async function findSchemathesis(say: (line: string) => void): Promise<string> {
  const folder = join(LOCAL_DIR, `schemathesis-${VERSION}`);
  const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  const stamp = join(folder, 'complete');
  if (existsSync(stamp)) return join(bin, 'st');
  const python = await findPython();
  say(`Installing Schemathesis ${VERSION} from PyPI into .local (once)`);
  rmSync(folder, { recursive: true, force: true });
  const made = await runProgram(python, ['-m', 'venv', folder], { timeoutMs: 120_000 });
  if (!made.ok)
    throw new Error(
      `${python} cannot make a virtual environment: ${lastLineOf(made.stderr || made.stdout)}\n${NO_PYTHON}`,
    );
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `schemathesis==${VERSION}`];
  const installed = await runProgram(join(bin, 'python'), pip, { timeoutMs: 600_000 });
  if (!installed.ok)
    throw new Error(
      `Schemathesis could not be installed: ${lastLineOf(installed.stderr)}\nIs PyPI reachable? A mirror is named by PIP_INDEX_URL, a proxy by HTTPS_PROXY.`,
    );
  writeFileSync(stamp, '');
  return join(bin, 'st');
}
