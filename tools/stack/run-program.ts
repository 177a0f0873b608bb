// Runs a program to its end and keeps what it says.
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export type ProgramResult = { ok: boolean; stdout: string; stderr: string };

type Options = { cwd?: string; env?: NodeJS.ProcessEnv; timeoutMs: number };

/** Never rejects: a program that cannot be started, fails or takes too long is `ok: false` with a reason in `stderr`. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: Options,
): Promise<ProgramResult> {
  const { cwd, env = process.env, timeoutMs } = options;
  return new Promise((done) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    const timer = setTimeout(() => {
      stderr += `\n${command} took longer than ${timeoutMs / 1000} s`;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const end = (ok: boolean): void => {
      clearTimeout(timer);
      done({ ok, stdout, stderr });
    };
    child.on('error', (error) => {
      stderr += error.message;
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}

/** The full path of a program, looked for in PATH and then in the given folders. */
export function findProgram(
  name: string,
  { alsoIn = [] }: { alsoIn?: readonly string[] } = {},
): string | null {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), ...alsoIn]) {
    const candidate = join(folder, process.platform === 'win32' ? `${name}.exe` : name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not here.
    }
  }
  return null;
}

/** The last line that says something, for a one-line reason. */
export const lastLineOf = (text: string): string => text.trim().split('\n').at(-1)?.trim() || 'no message';
