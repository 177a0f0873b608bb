/** The samples of libs/contracts/samples: one envelope of every version of every event. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIR } from '../stack/folders.ts';

/** The sample of an event type, or undefined while there is none (a test of the contracts asks for it). */
export function sampleOf(type: string): unknown {
  const path = join(PROJECT_DIR, 'libs/contracts/samples', `${type}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}
