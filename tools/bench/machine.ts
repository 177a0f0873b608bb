// What a report says about where it was taken.
import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { PROJECT_DIR } from '../stack/folders.ts';

/** The commit of the working tree, marked when files differ from it. */
export function commitOf(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, {
        cwd: PROJECT_DIR,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--untracked-files=no') ? ' with changes' : ''}`;
  } catch {
    return 'unknown';
  }
}

/** Processor, memory, system, and how busy it was with other things at the start. */
export function machineOf(): Record<string, string> {
  const all = cpus();
  return {
    machine: `${all.length} × ${all[0]?.model.trim() || 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `${type()} ${release()}`,
    'load at the start': loadavg()
      .map((value) => value.toFixed(2))
      .join(' '),
  };
}
