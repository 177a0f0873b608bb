// What makes the Python client of examples/story.py out of the OpenAPI document.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL_DIR } from '../stack/folders.ts';
import { findPythonTool } from '../stack/python-tool.ts';

const GENERATOR = {
  name: 'openapi-python-client',
  version: '0.29.1',
  program: 'openapi-python-client',
} as const;

/** Whether it was installed before: a test run that anybody starts does not wait for PyPI. */
export const hasPythonGenerator = (): boolean =>
  existsSync(join(LOCAL_DIR, `${GENERATOR.name}-${GENERATOR.version}`, 'complete'));

/** The path of the pinned generator, installed at the first run. Throws with what to do where that cannot be. */
export const findPythonGenerator = (say: (line: string) => void): Promise<string> =>
  findPythonTool(GENERATOR, say);
