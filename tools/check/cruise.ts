// Runs dependency-cruiser over the code, with the fences of .dependency-cruiser.mjs.
import { join } from 'node:path';
import { PROJECT_DIR } from '../stack/folders.ts';
import { runProgram } from '../stack/run-program.ts';
import type { CruiseResult } from './fences.ts';

const CRUISE_MS = 10 * 60_000;

/** What every file in `folders` imports, and which fences that crosses; refuses a run that gave no result. */
export async function cruise(
  folders: readonly string[],
  ...options: readonly string[]
): Promise<CruiseResult> {
  const args = ['--config', '.dependency-cruiser.mjs', '--output-type', 'json', ...options, '--', ...folders];
  const { stdout, stderr } = await runProgram(join(PROJECT_DIR, 'node_modules/.bin/depcruise'), args, {
    cwd: PROJECT_DIR,
    timeoutMs: CRUISE_MS,
  });
  try {
    return JSON.parse(stdout) as CruiseResult;
  } catch {
    throw new Error(`dependency-cruiser gave no result: ${stderr}`);
  }
}
