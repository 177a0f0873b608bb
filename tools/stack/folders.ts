// Where the tools keep things: all inside the project, so that removing .local removes everything (but throw-away data in memory).
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT_DIR: string = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const LOCAL_DIR: string = join(PROJECT_DIR, '.local');
export const DOWNLOADS_DIR: string = join(LOCAL_DIR, 'downloads');
export const THROWAWAY_DIR: string = join(LOCAL_DIR, 'throwaway');
export const COMPILE_CACHE_DIR: string = join(LOCAL_DIR, 'compile-cache');

/** The folder of the stack that `npm start` runs. */
export function stackDirFrom(environment: NodeJS.ProcessEnv): string {
  return resolve(PROJECT_DIR, environment['STACK_DIR'] || '.local/stack');
}
