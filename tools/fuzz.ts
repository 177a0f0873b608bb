// npm run fuzz: the running platform held to the OpenAPI document that it serves.
import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { orRefuse, parseArgs } from './command-line.ts';
import { CALLERS, ENDING, ENDLESS, headersOf, type Caller } from './fuzz/callers.ts';
import { startOwnPlatform, type OwnPlatform } from './fuzz/own-platform.ts';
import { findSchemathesis, VERSION } from './fuzz/schemathesis.ts';
import { LOCAL_DIR, PROJECT_DIR } from './stack/folders.ts';

const HELP = `Asks the platform what its OpenAPI document allows, and what it does not, by Schemathesis ${VERSION}: as nobody, member,
administrator, service client and platform administrator. Ends with 1 at an answer of 5xx or outside its schema.

  npm run fuzz                          starts a platform of its own, on ports and stores of its own
  npm run fuzz -- --url http://…:8000   asks one that runs, with the demo data; it is full of nonsense afterwards
  npm run fuzz -- --as admin,member     only these callers (${CALLERS.join(', ')})
  npm run fuzz -- --minutes 10          for all callers together (15)
  npm run fuzz -- --examples 30         made-up requests for each operation and caller at most (15)
  npm run fuzz -- --seed 7              the same requests again

Needs Python 3.10 or newer; Schemathesis is installed from PyPI into .local, once. Environment: DEMO_PASSWORD
(demo-pass-2026), and as for npm test MONGODB_URI, AMQP_URL, STACK_PROVIDERS.
`;
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

type Wanted = {
  readonly url: string | undefined;
  readonly callers: readonly Caller[];
  readonly minutes: number;
  readonly examples: number;
  readonly seed: string | undefined;
};

function parseArguments(): Wanted | null {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      url: { type: 'string' },
      as: { type: 'string', default: CALLERS.join(',') },
      minutes: { type: 'string', default: '15' },
      examples: { type: 'string', default: '15' },
      seed: { type: 'string' },
    },
  });
  if (values.help) return null;
  const callers = values.as.split(',').map((name) => name.trim());
  const unknown = callers.filter((name) => !CALLERS.some((caller) => caller === name));
  if (unknown.length > 0)
    throw new Error(`--as: there is no ${unknown.join(', ')}; choose from ${CALLERS.join(', ')}`);
  const [minutes, examples] = [Number(values.minutes), Number(values.examples)];
  if (!(minutes > 0) || !Number.isInteger(examples) || examples < 1)
    throw new Error('--minutes and --examples are numbers above 0');
  if (values.seed !== undefined && !/^\d+$/.test(values.seed)) throw new Error('--seed is an integer');
  return { url: values.url, callers: callers as Caller[], minutes, examples, seed: values.seed };
}

/** One run of Schemathesis, its output passed on. Whether all answers held. */
function ask(
  program: string,
  url: string,
  headers: Record<string, string>,
  options: readonly string[],
): Promise<boolean> {
  const args = [
    ...['run', `${url}/api/v1/openapi.json`, '--url', url, '--checks', CHECKS.join(',')],
    ...['--phases', 'examples,coverage,fuzzing', '--mode', 'all', '--continue-on-failure'],
    // One worker: Hypothesis on several threads can end some versions of Python in mid-run.
    ...['--workers', '1'],
    ...['--generation-database', 'none', '--suppress-health-check', 'all', '--warnings', 'off', '--no-color'],
    ...['--request-timeout', '30', ...options],
    ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
  ];
  return new Promise((done) => {
    // What it reads of the folder that it runs in is none of ours.
    const child = spawn(program, args, {
      cwd: LOCAL_DIR,
      env: { ...process.env, SCHEMATHESIS_HOOKS: join(PROJECT_DIR, 'tools/fuzz/hooks.py') },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('error', () => done(false));
    child.on('close', (code) => done(code === 0));
  });
}

async function fuzz(program: string, url: string, wanted: Wanted): Promise<string[]> {
  const password = process.env['DEMO_PASSWORD'] || 'demo-pass-2026';
  const failed: string[] = [];
  const seconds = Math.max(1, Math.floor((wanted.minutes * 60) / wanted.callers.length));
  const common = [
    ...['--max-examples', String(wanted.examples)],
    ...(wanted.seed === undefined ? [] : ['--seed', wanted.seed]),
  ];
  const run = async (caller: Caller, what: string, options: readonly string[]) => {
    console.log(`\n=== as ${caller}: ${what}`);
    if (!(await ask(program, url, await headersOf(caller, url, password), [...common, ...options])))
      failed.push(`${caller} (${what})`);
  };
  for (const caller of wanted.callers)
    await run(caller, 'what goes on', [
      ...['--max-time', String(seconds)],
      ...[...ENDING, ...ENDLESS].flatMap((name) => ['--exclude-operation-id', name]),
    ]);
  for (const caller of wanted.callers)
    await run(
      caller,
      'what ends sessions',
      ENDING.flatMap((name) => ['--include-operation-id', name]),
    );
  return failed;
}

async function main(): Promise<void> {
  const wanted = orRefuse(parseArguments);
  if (!wanted) return console.log(HELP);
  const program = await findSchemathesis(console.log);
  let own: OwnPlatform | undefined;
  const stopped = async () => {
    await own?.stop();
    own = undefined;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stopped().finally(() => process.exit(130)));
  try {
    if (!wanted.url)
      own = await startOwnPlatform(process.env['DEMO_PASSWORD'] || 'demo-pass-2026', console.log);
    const failed = await fuzz(program, (wanted.url ?? own?.url ?? '').replace(/\/$/, ''), wanted);
    if (failed.length === 0) return console.log('\nEvery answer lay within the document.');
    process.exitCode = 1;
    console.log(`\nAnswers outside the document, or 5xx: ${failed.join(', ')}`);
    if (!own) return;
    const kept = join(LOCAL_DIR, 'fuzz-logs');
    cpSync(own.logDir, kept, { recursive: true });
    console.log(`The services' logs are in ${kept}`);
  } finally {
    await stopped();
  }
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
// A search for a store that was given up may still wait for something.
process.exit();
