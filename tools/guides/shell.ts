// A reader's shell: one bash in a folder of its own, in which a guide is pasted block by block.
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_DIR } from '../stack/folders.ts';
import { runProgram } from '../stack/run-program.ts';

export type Outcome = {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** Of the last request; undefined where the block made none. */
  readonly status?: number;
};
export type Shell = {
  run(script: string): Promise<Outcome>;
  stop(): void;
};

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
  mkdirSync(join(folder, 'docs'));
  copyFileSync(join(PROJECT_DIR, 'docs/begin.sh'), join(folder, 'docs/begin.sh'));
  const headers = join(folder, '.last-headers');
  // curl keeps the headers of each answer, so that the status is known of what only prints its body.
  writeFileSync(join(folder, '.curlrc'), `dump-header = "${headers}"\nmax-time = 30\n`);
  const bash = spawn('bash', ['--noprofile', '--norc'], {
    cwd: folder,
    env: {
      ...process.env,
      NO_PROXY: '127.0.0.1,localhost',
      ...variables,
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
    bash.stdin.write(`${script}\nprintf '\\036%s\\036' "$?"\n`);
    await done;
    const [text = '', code] = stdout.split(END);
    if (code === undefined) throw new Error(`bash ended in:\n${script}\n${stdout}${stderr}`);
    const status = existsSync(headers)
      ? [...readFileSync(headers, 'utf8').matchAll(/^HTTP\/\S+ (\d+)/gm)].at(-1)?.[1]
      : undefined;
    return { stdout: text, stderr, exitCode: Number(code), ...(status ? { status: Number(status) } : {}) };
  };
  return {
    run,
    stop() {
      bash.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
