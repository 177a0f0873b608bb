// npm run check: what must hold before a commit, without stores. Every step runs, whatever the ones before it say.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cruise } from './check/cruise.ts';
import { problemsOf } from './check/fences.ts';
import { orRefuse, parseArgs } from './command-line.ts';
import { LOCAL_DIR, PROJECT_DIR } from './stack/folders.ts';
import { runProgram } from './stack/run-program.ts';

const HELP = `Checks format, lint, types, fences, generated documents, dead code and unit tests. No store is needed.

  npm run check                 every step
  npm run check -- --fix        formats first
  npm run check -- lint types   only these steps

Steps: format, lint, types, fences, docs, unused, unit
`;

const STEP_MS = 10 * 60_000;
const CODE = ['apps', 'libs', 'services', 'tools', 'tests'];

type Outcome = { ok: boolean; output: string };
type Step = { name: string; what: string; run: () => Promise<Outcome> };

const folders = (): string[] => CODE.filter((name) => existsSync(join(PROJECT_DIR, name)));
const sourceFiles = (): string[] =>
  globSync('{apps,libs,services}/*/src/**/*.{ts,tsx}', {
    cwd: PROJECT_DIR,
    exclude: (name) => name.includes('node_modules'),
  });

async function run(command: string, ...args: string[]): Promise<Outcome> {
  const { ok, stdout, stderr } = await runProgram(command, args, { cwd: PROJECT_DIR, timeoutMs: STEP_MS });
  return { ok, output: `${stdout}${stderr}`.trim() };
}
const tool = (name: string, ...args: string[]): Promise<Outcome> =>
  run(join(PROJECT_DIR, 'node_modules/.bin', name), ...args);
const script = (file: string, ...args: string[]): Promise<Outcome> => run(process.execPath, file, ...args);

async function fences(): Promise<Outcome> {
  try {
    const problems = problemsOf(await cruise(folders()), { sources: sourceFiles() });
    return { ok: problems.length === 0, output: problems.join('\n') };
  } catch (error) {
    return { ok: false, output: (error as Error).message };
  }
}

async function generatedDocuments(): Promise<Outcome> {
  if (!existsSync(join(PROJECT_DIR, 'tools/generate-docs.ts'))) return { ok: true, output: '' };
  const outcome = await script('tools/generate-docs.ts', '--check');
  return outcome.ok ? outcome : { ...outcome, output: `${outcome.output}\nWrite them anew: npm run docs` };
}

/** Secrets and settings are read in one place per process; a file that reads the environment by itself hides one. */
function environmentReaders(): string[] {
  const allowed = /(^|\/)config\.ts$|\.test\.ts$|\/testing\//;
  return sourceFiles().filter(
    (file) => !allowed.test(file) && /\bprocess\.env\b/.test(readFileSync(join(PROJECT_DIR, file), 'utf8')),
  );
}

/** Whoever reads the ledger learns from its first line what a file does. */
const withoutSentence = (): string[] =>
  sourceFiles().filter(
    (file) =>
      /^services\/points\/src\/ledger\/(?!.*[.]test[.]ts$)/.test(file) &&
      !/^\/\*\*\s+(\* )?\w.+/.test(readFileSync(join(PROJECT_DIR, file), 'utf8')),
  );

async function lint(): Promise<Outcome> {
  const outcome = await tool('oxlint', '--type-aware', ...folders());
  const readers = environmentReaders().map(
    (file) => `${file} reads process.env: only config.ts does; take the setting as a parameter.`,
  );
  const silent = withoutSentence().map((file) => `${file} begins without a sentence that says what it does.`);
  const problems = [...readers, ...silent];
  return { ok: outcome.ok && problems.length === 0, output: [outcome.output, ...problems].join('\n') };
}

/** What has not changed since the last time is not looked at again. */
async function types(): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  // The console is for browsers, and has settings of its own.
  for (const [project, known] of [
    ['.', 'types'],
    ['apps/console', 'types-console'],
  ] as const) {
    const file = join(LOCAL_DIR, `${known}.tsbuildinfo`);
    outcomes.push(
      await tool('tsc', '--project', project, '--checkers', '1', '--incremental', '--tsBuildInfoFile', file),
    );
  }
  return { ok: outcomes.every(({ ok }) => ok), output: outcomes.map(({ output }) => output).join('\n') };
}

const steps: readonly Step[] = [
  { name: 'format', what: 'biome; npm run check -- --fix mends it', run: () => tool('biome', 'format', '.') },
  { name: 'lint', what: 'oxlint with types', run: lint },
  { name: 'types', what: 'tsc', run: types },
  { name: 'fences', what: 'dependency-cruiser', run: fences },
  { name: 'docs', what: 'generated documents are up to date', run: generatedDocuments },
  {
    name: 'unused',
    what: 'knip: files, exports and dependencies',
    run: () => tool('knip', '--no-progress', '--no-config-hints'),
  },
  { name: 'unit', what: 'unit tests', run: () => script('tools/test.ts', 'unit') },
];

/** The steps of these names, all of them without one. Throws for a name that none has. */
function stepsOf(names: readonly string[]): typeof steps {
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) throw new Error(`There is no step ${unknown.join(', ')}.\n\n${HELP}`);
  return steps.filter(({ name }) => names.length === 0 || names.includes(name));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      fix: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const wanted = orRefuse(() => stepsOf(positionals));
  if (values.fix) console.log((await tool('biome', 'format', '--write', '.')).output);
  const failed: string[] = [];
  for (const step of wanted) {
    const since = Date.now();
    const { ok, output } = await step.run();
    console.log(
      `${ok ? 'ok  ' : 'FAIL'} ${step.name.padEnd(7)} ${((Date.now() - since) / 1000).toFixed(1).padStart(5)} s  ${step.what}`,
    );
    if (ok) continue;
    failed.push(step.name);
    console.log(`${output.replaceAll(/^/gm, '     ')}\n`);
  }
  console.log(failed.length === 0 ? 'Everything holds.' : `Failed: ${failed.join(', ')}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
