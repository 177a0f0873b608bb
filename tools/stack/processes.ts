// Child processes in groups of their own, which leave nothing behind when they are stopped.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { STACK_MARKER } from './stack-processes.ts';

export type Exit = { code: number | null; signal: NodeJS.Signals | null };

export type LaunchOptions = {
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
  /** The folder that the process works for; its environment names it, so that it can be found after a crash. */
  stackDir: string;
};

export type ManagedProcess = {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Where in its log this run begins. */
  readonly logStart: number;
  readonly exited: Promise<Exit>;
  hasExited(): boolean;
  /** How it ended ("SIGKILL", "exit code 14") and the last lines of its log; undefined while it runs. */
  ending(): string | undefined;
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, then SIGKILL after the grace; done when the whole group is gone. */
  stop(options?: { graceMs?: number }): Promise<void>;
};

const GRACE_MS = 10_000;

/** Starts a program in its own process group; what it prints goes to its log file. */
export async function launch(options: LaunchOptions): Promise<ManagedProcess> {
  const { name, command, args, cwd, env, logFile, stackDir } = options;
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const logStart = fstatSync(log).size;
  let child: ChildProcess;
  try {
    child = spawn(command, args, {
      cwd,
      env: { ...env, [STACK_MARKER]: stackDir },
      // A group of its own: Ctrl-C on the terminal must reach the supervisor only, which then stops in order.
      detached: true,
      stdio: ['ignore', log, log],
    });
  } finally {
    closeSync(log);
  }
  let exit: Exit | undefined;
  const exited = new Promise<Exit>((done) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal };
      done(exit);
    });
  });
  await new Promise<void>((done, fail) => {
    child.once('spawn', done);
    child.once('error', (error) =>
      fail(new Error(`${name} cannot be started (${command}): ${error.message}`)),
    );
  });
  const pid = child.pid as number;
  const kill = (signal: NodeJS.Signals): void => killGroup(pid, signal);
  return {
    name,
    pid,
    logFile,
    logStart,
    exited,
    hasExited: () => exit !== undefined,
    ending: () =>
      exit &&
      `${exit.signal ?? `exit code ${exit.code}`}, its log ends:\n${readable(tailOf(logFile, { lines: 5, from: logStart }))}`,
    kill,
    async stop({ graceMs = GRACE_MS } = {}) {
      if (!exit) {
        kill('SIGTERM');
        kill('SIGCONT'); // a process that a drill has suspended would not see the signal
        if (!(await settlesWithin(exited, graceMs))) kill('SIGKILL');
        await exited;
      }
      kill('SIGKILL'); // whatever its children left in the group
    },
  };
}

/** Sends a signal to a whole process group; one that is gone already is fine. */
export function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Whether the promise settles in time; the promise itself goes on. */
export async function settlesWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((done) => {
    timer = setTimeout(() => done(false), milliseconds);
  });
  try {
    return await Promise.race([
      promise.then(
        () => true,
        () => true,
      ),
      late,
    ]);
  } finally {
    clearTimeout(timer);
  }
}

/** The last lines of a log, for an error message; of what stands `from` a place on. */
export function tailOf(file: string, { lines = 15, bytes = 16_384, from = 0 } = {}): string {
  try {
    const size = statSync(file).size;
    const length = Math.min(size - from, bytes);
    if (length === size) return lastLines(readFileSync(file, 'utf8'), lines);
    const buffer = Buffer.alloc(length);
    const descriptor = openSync(file, 'r');
    try {
      readSync(descriptor, buffer, 0, length, size - length);
    } finally {
      closeSync(descriptor);
    }
    return lastLines(buffer.toString('utf8'), lines);
  } catch {
    return '(no log)';
  }
}

const LONGEST_LINE = 300;
/** Without the colours of a terminal, and no line longer than can be read: MongoDB writes JSON of a kilobyte. */
const readable = (log: string): string =>
  stripVTControlCharacters(log)
    .split('\n')
    .map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line))
    .join('\n');

const lastLines = (text: string, count: number): string =>
  text.trimEnd().split('\n').slice(-count).join('\n');
