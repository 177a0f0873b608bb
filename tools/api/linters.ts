/** The linters of the field that read the OpenAPI documents, in both languages: pinned, and installed into .local once. */
import { join } from 'node:path';
import { PROJECT_DIR } from '../stack/folders.ts';
import { findNpmTool } from '../stack/npm-tool.ts';
import { findPythonTool } from '../stack/python-tool.ts';
import { runProgram } from '../stack/run-program.ts';

type Say = (line: string) => void;
export type Linter = {
  readonly name: string;
  readonly version: string;
  /** The path of its program. Throws with what to do where it cannot be had. */
  find(say: Say): Promise<string>;
  /** What stands before the documents. */
  readonly args: readonly string[];
};

const [english, chinese] = ['openapi.json', 'openapi.zh.json'].map((name) =>
  join('libs/contracts/generated', name),
) as [string, string];
/** The documents of both languages, and the one that stands for both where their texts do not matter. */
export const DOCUMENTS = { both: [english, chinese], one: [english] } as const;
const fromNpm = (
  name: string,
  packageName: string,
  version: string,
  program: string,
  args: string[],
): Linter => ({
  name,
  version,
  find: (say) => findNpmTool({ name: packageName, version, program }, say),
  args,
});
const VALIDATOR = { name: 'openapi-spec-validator', version: '0.9.0', program: 'openapi-spec-validator' };

export const redocly = fromNpm('Redocly', '@redocly/cli', '2.77.0', 'redocly', ['lint']);
export const spectral = fromNpm('Spectral', '@stoplight/spectral-cli', '6.16.3', 'spectral', [
  ...['lint', '--fail-severity', 'hint'],
]);
/** Without what Redocly tells as well, in a third of the time. */
export const spectralBesideRedocly: Linter = {
  ...spectral,
  args: [...spectral.args, '--ruleset', 'tools/api/spectral-beside-redocly.yaml'],
};
export const specValidator: Linter = {
  ...VALIDATOR,
  find: (say) => findPythonTool(VALIDATOR, say),
  args: [],
};

const LONGEST_MS = 600_000;
/** What a linter has to say of the documents; empty where it finds nothing. */
export async function lint(program: string, { args }: Linter, documents: readonly string[]): Promise<string> {
  const { ok, stdout, stderr } = await runProgram(program, [...args, ...documents], {
    cwd: PROJECT_DIR,
    timeoutMs: LONGEST_MS,
  });
  return ok ? '' : `${stdout}${stderr}`.trim() || 'It failed, and said nothing.';
}
