// A reader's shell: one bash in a folder of its own, in which a guide is pasted block by block.
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { PROJECT_DIR } from '../stack/folders.ts';
import { runProgram } from '../stack/run-program.ts';

export type Outcome = {
  readonly stdout: string;
  readonly stderr: string;
  /** Of the command that failed last, wherever in the block and in its pipes it stands; 0 where none did. */
  readonly exitCode: number;
  /** Of each request, in their order. */
  readonly statuses: readonly number[];
};
export type Shell = {
  run(script: string): Promise<Outcome>;
  stop(): void;
};

/** The curl of the reader's shell: the real one, which also keeps the headers of each answer. */
const CURL = `#!/bin/sh
own=$(mktemp "$GUIDE_HEADERS.XXXXXX")
PATH=$GUIDE_PATH curl --dump-header "$own" "$@"
code=$?
cat "$own" >> "$GUIDE_HEADERS"
rm -f "$own"
exit $code
`;
/** What would end a script that is careful is noted, so that it does not end the shell. */
const CAREFULLY = "set -o pipefail -o errtrace; trap 'failed=$?' ERR\n";
const END = '\x1e';
const LONGEST_MS = 60_000;

/** What guides are followed with, and how each tells its version. */
const PROGRAMS = { bash: '--version', curl: '--version', openssl: 'version' } as const;

/** What a guide needs and this machine does not have. */
export async function missingPrograms(): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(PROGRAMS).map(
      async ([name, version]) =>
        [name, (await runProgram(name, [version], { timeoutMs: 20_000 })).ok] as const,
    ),
  );
  return found.filter(([, isThere]) => !isThere).map(([name]) => name);
}

/** Opens a shell with these variables set. */
export function openShell(variables: Readonly<Record<string, string>>): Shell {
  const folder = mkdtempSync(join(tmpdir(), 'membership-guide-'));
  for (const name of ['docs', 'tools']) symlinkSync(join(PROJECT_DIR, name), join(folder, name));
  const headers = join(folder, '.headers');
  const programs = join(folder, '.programs');
  mkdirSync(programs);
  writeFileSync(join(programs, 'curl'), CURL, { mode: 0o755 });
  writeFileSync(join(folder, '.curlrc'), 'max-time = 30\n');
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  const bash = spawn('bash', ['--noprofile', '--norc'], {
    cwd: folder,
    env: {
      ...process.env,
      NO_PROXY: '127.0.0.1,localhost',
      ...variables,
      PATH: [programs, path].join(delimiter),
      GUIDE_PATH: path,
      GUIDE_HEADERS: headers,
      CURL_HOME: folder,
      HOME: folder,
      TMPDIR: folder,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let heard = (): void => undefined;
  bash.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    heard();
  });
  bash.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  bash.on('close', () => heard());
  bash.stdin.write(CAREFULLY);

  const run = async (script: string): Promise<Outcome> => {
    [stdout, stderr] = ['', ''];
    rmSync(headers, { force: true });
    const done = new Promise<void>((resolve, reject) => {
      const limit = setTimeout(
        () => reject(new Error(`no end of:\n${script}\n${stdout}${stderr}`)),
        LONGEST_MS,
      );
      heard = () => {
        if (bash.exitCode === null && stdout.split(END).length < 3) return;
        clearTimeout(limit);
        resolve();
      };
    });
    bash.stdin.write(`failed=0\n${script}\nprintf '\\036%s\\036' "$failed"\n`);
    await done;
    const [text = '', code] = stdout.split(END);
    if (code === undefined) throw new Error(`bash ended in:\n${script}\n${stdout}${stderr}`);
    const heads = existsSync(headers) ? readFileSync(headers, 'utf8') : '';
    const statuses = [...heads.matchAll(/^HTTP\/\S+ ([2-5]\d\d)/gm)].map(([, status]) => Number(status));
    return { stdout: text, stderr, exitCode: Number(code), statuses };
  };
  return {
    run,
    stop() {
      bash.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
