// The pinned Schemathesis: docs of its options are those of this version.
import { findPythonTool } from '../stack/python-tool.ts';

export const VERSION = '4.32.5';

/** The path of `st`, installed at the first run. */
export const findSchemathesis = (say: (line: string) => void): Promise<string> =>
  findPythonTool({ name: 'schemathesis', version: VERSION, program: 'st' }, say);
