// What makes the Python client of examples/story.py out of the OpenAPI document.
import { findPythonTool } from '../stack/python-tool.ts';

const GENERATOR = {
  name: 'openapi-python-client',
  version: '0.29.1',
  program: 'openapi-python-client',
} as const;

/** The path of the pinned generator, installed at the first run. Throws with what to do where that cannot be. */
export const findPythonGenerator = (say: (line: string) => void): Promise<string> =>
  findPythonTool(GENERATOR, say);
