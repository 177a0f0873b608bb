// npm test: every test, on one MongoDB, one RabbitMQ and one Redis, with nothing left running afterwards.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { MongoClient } from 'mongodb';
import { orRefuse, refuseArguments } from './command-line.ts';
import { LOCAL_DIR, PROJECT_DIR } from './stack/folders.ts';
import { type Infrastructure, startInfrastructure } from './stack/infrastructure.ts';
import { settlesWithin } from './stack/processes.ts';
import { guardStores, type StoreGuard } from './stack/store-guard.ts';
import { endMarked, TEST_RUN_MARKER } from './stack/stack-processes.ts';
import { checkJestArguments, parseTestArguments, type TestProject } from './stack/test-arguments.ts';
import {
  filesToTryAgain,
  judgeSecondTry,
  summaryOf,
  type Counts,
  type FileResult,
  type Unsteady,
} from './jest/second-try.ts';

const HELP = `Runs the tests and ends with the line "N passed, N failed", and ", N unsteady" where there are any.

  npm test                         everything but the long drills: unit, component, e2e
  npm test -- unit                 one or more of these projects
  npm test -- component points     then any jest pattern (here: paths with "points") or jest option
  npm run drill                    all drills, the long ones too, and those of npm test at their whole length (10 minutes)
  npm test -- --time-limit 10      minutes after which a hung run is ended (40; drills 90)
  npm test -- --once               no second try

Files that failed, when they are at most three, are run once more by themselves at the end. What passes then does not
fail the run, but is told as "UNSTEADY <file>: <test>" with its first failure: each is a fault to be found, in the test
or in the product, and no noise. A store that ends under the tests is started again and told, too; what failed then runs
once more, however much it is. What proves that nothing is lost or doubled (tests/faults) has no second try.

Component and e2e tests share one MongoDB, one RabbitMQ and one Redis, found as by npm start:
  MONGODB_URI, AMQP_URL, REDIS_URL use these servers instead of starting some
  STACK_PROVIDERS                  narrow the search, e.g. installed,downloaded (also: docker)
`;

const MAX_WORKERS = 4;
/** A test of a drill kills dozens of times; elsewhere jest.config.mjs says how long one may take. */
const DRILL_TIMEOUT_MS = 1_800_000;
const LEFTOVER_GRACE_MS = 3_000;
const STOP_MS = 20_000;
const LINGER_MS = 15_000;

type Outcome = Counts & { files: readonly FileResult[] };
/** A run of jest. */
type Part = { projects: readonly TestProject[]; workers: number; drills?: 'only' | 'without' };

const say = (line: string): void => console.log(line);
const runName = `${process.pid}-${Date.now()}`;
/** What the names of databases begin with that test files leave to each other (libs/platform/src/testing/spare-databases.ts). */
const databases = `test_${runName}`;
const stopping = new AbortController();

const workers = Math.max(1, Math.min(MAX_WORKERS, availableParallelism()));
const UNITS: Part = { projects: ['unit'], workers };

/**
 * What needs the stores, one after the other. What starts whole systems waits for them more than it works, so that a worker
 * more than there are processors has something to do. Drills run beside nothing but each other, as they have no second try;
 * those of a whole length alone. Units begin while the stores are still starting.
 */
function stagesOf(projects: readonly TestProject[]): Part[] {
  const stages: Part[] = [];
  const hasWhole = projects.includes('e2e');
  const beside = projects.filter((each) => each === 'component' || each === 'e2e');
  if (beside.length > 0)
    stages.push({ projects: beside, workers: workers + (hasWhole ? 1 : 0), drills: 'without' });
  if (hasWhole) stages.push({ projects: ['e2e'], workers: Math.min(2, workers), drills: 'only' });
  if (projects.includes('drill')) stages.push({ projects: ['drill'], workers: 1 });
  return stages;
}

/** Runs the projects' files that the arguments name; of these `only` some, where it is given. */
async function runJest(
  { projects, workers, drills }: Part,
  { jestArguments, only }: { jestArguments: readonly string[]; only?: readonly string[] },
): Promise<Outcome> {
  const resultsFile = join(LOCAL_DIR, `test-results-${runName}-${projects.join('-')}.json`);
  const args = [
    ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
    join(PROJECT_DIR, 'node_modules/jest/bin/jest.js'),
    // Jest's list options swallow every word after them, so the patterns come before.
    ...jestArguments,
    ...(projects.includes('drill') ? ['--testTimeout', String(DRILL_TIMEOUT_MS)] : []),
    ...['--passWithNoTests', '--maxWorkers', String(workers)],
    ...(only || drills ? ['--filter', join(PROJECT_DIR, 'tools/jest/only-files.mjs')] : []),
    ...['--reporters', join(PROJECT_DIR, 'tools/jest/reporter.mjs'), '--selectProjects', ...projects],
  ];
  const child = spawn(process.execPath, args, {
    cwd: PROJECT_DIR,
    stdio: ['ignore', 'inherit', 'inherit'],
    // A group of its own, so that a hung run can be ended with all its workers.
    detached: true,
    env: {
      ...process.env,
      TEST_RESULTS_FILE: resultsFile,
      ...(only ? { TEST_ONLY_FILES: JSON.stringify(only) } : {}),
      ...(drills ? { TEST_DRILLS: drills } : {}),
      ...(projects.includes('drill') ? { DRILL_LENGTH: 'whole' } : {}),
    },
  });
  const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)));
  const end = async (): Promise<void> => {
    process.kill(-(child.pid as number), 'SIGTERM');
    if (!(await settlesWithin(ended, STOP_MS))) process.kill(-(child.pid as number), 'SIGKILL');
  };
  const abort = (): void => void end().catch(() => undefined);
  stopping.signal.addEventListener('abort', abort, { once: true });
  // Something left open (a timer, a connection) keeps jest alive for ever after its last test.
  let finishedAt = 0;
  const watch = setInterval(() => {
    if (finishedAt === 0 && existsSync(resultsFile)) finishedAt = Date.now();
    if (finishedAt === 0 || Date.now() - finishedAt < LINGER_MS) return;
    clearInterval(watch);
    say('FAIL jest does not end: a test left a timer or a connection open (see it with --detectOpenHandles)');
    abort();
  }, 500);
  const code = await ended;
  clearInterval(watch);
  stopping.signal.removeEventListener('abort', abort);
  const outcome = readOutcome(resultsFile);
  rmSync(resultsFile, { force: true });
  // What did not end well is no second try that passed, either.
  if (outcome) return outcome.failed === 0 && code !== 0 ? { ...outcome, failed: 1, files: [] } : outcome;
  say(`FAIL jest ended without a result (exit code ${code})`);
  return { passed: 0, failed: 1, skipped: 0, files: [] };
}

function readOutcome(file: string): Outcome | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Outcome;
  } catch {
    return null;
  }
}

/** A test that leaves a process behind would make the next run's results doubtful, so it fails this one. */
async function checkNothingIsLeft(): Promise<Counts> {
  const left = await endMarked(TEST_RUN_MARKER, runName, { graceMs: LEFTOVER_GRACE_MS });
  if (left.length === 0) {
    say('ok   check: no process is left behind');
    return { passed: 1, failed: 0, skipped: 0 };
  }
  say(`FAIL check: ${left.length} processes were left behind and have been ended:`);
  for (const { pid, command } of left) say(`       ${pid} ${command}`);
  return { passed: 0, failed: 1, skipped: 0 };
}

/** What test files left to each other goes, where the server stays. */
async function dropDatabases({ mongodb, mongodbUri }: Infrastructure): Promise<void> {
  if (mongodb.provider !== 'given') return;
  const client = await MongoClient.connect(mongodbUri);
  try {
    const left = await client.db().admin().listDatabases({ nameOnly: true });
    for (const { name } of left.databases)
      if (name.startsWith(databases)) await client.db(name).dropDatabase();
  } finally {
    await client.close();
  }
}

/** Failed files once more, one after the other; what that changes is told and returned. */
async function trySecondTime(
  failedFiles: readonly FileResult[],
  { jestArguments, storeEnded }: { jestArguments: readonly string[]; storeEnded: boolean },
): Promise<{ change: Counts; unsteady: Unsteady[] }> {
  const tried = filesToTryAgain(failedFiles, { storeEnded });
  if (tried.length === 0) return { change: { passed: 0, failed: 0, skipped: 0 }, unsteady: [] };
  say(`     once more, by themselves: ${tried.map(({ file }) => file).join(', ')}`);
  const projects = [...new Set(tried.map(({ project }) => project as TestProject))];
  const only = tried.map(({ path }) => path);
  const { files } = await runJest({ projects, workers: 1 }, { jestArguments, only });
  return judgeSecondTry(tried, files);
}

function tellUnsteady(unsteady: readonly Unsteady[]): void {
  for (const { file, test, message } of unsteady) {
    say(`UNSTEADY ${file}: ${test}`);
    say(message.replace(/^/gm, '       '));
  }
}

async function main(): Promise<void> {
  const wanted = orRefuse(() => parseTestArguments(process.argv.slice(2)));
  if (wanted.help) return say(HELP);
  await checkJestArguments(wanted.jest).catch(refuseArguments);
  mkdirSync(LOCAL_DIR, { recursive: true });
  process.env[TEST_RUN_MARKER] = runName;
  process.env['TEST_DATABASES'] = databases;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stopping.abort(new Error(`ended by ${signal}`)));
  }
  const limit = setTimeout(() => {
    stopping.abort(new Error(`the run took longer than ${wanted.timeLimitMinutes} minutes and was ended`));
  }, wanted.timeLimitMinutes * 60_000);

  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  const add = (counts: Counts): void => {
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  };
  const failedFiles: FileResult[] = [];
  const unsteady: Unsteady[] = [];
  const run = async (part: Part): Promise<void> => {
    const { files, ...counts } = await runJest(part, { jestArguments: wanted.jest });
    add(counts);
    failedFiles.push(...files.filter(({ failed }) => failed > 0));
  };
  const units = wanted.projects.includes('unit') ? run(UNITS) : undefined;
  let infrastructure: Infrastructure | undefined;
  let guard: StoreGuard | undefined;
  try {
    if (wanted.projects.some((each) => each !== 'unit')) {
      infrastructure = await startInfrastructure({
        log: (line) => say(`     ${line}`),
        inMemory: true,
        redis: true,
      });
      guard = guardStores(infrastructure, (line) => say(`     ${line}`));
      process.env['MONGODB_URI'] = infrastructure.mongodbUri;
      process.env['AMQP_URL'] = infrastructure.amqpUrl;
      if (infrastructure.redisUrl) process.env['REDIS_URL'] = infrastructure.redisUrl;
    }
    for (const stage of stagesOf(wanted.projects)) {
      if (stopping.signal.aborted) break;
      await run(stage);
    }
    await units;
    if (!wanted.once && !stopping.signal.aborted) {
      const storeEnded = (guard?.endings.length ?? 0) > 0;
      const second = await trySecondTime(failedFiles, { jestArguments: wanted.jest, storeEnded });
      add(second.change);
      unsteady.push(...second.unsteady);
    }
    if (infrastructure) await dropDatabases(infrastructure);
  } catch (error) {
    say(`FAIL ${(error as Error).message}`);
    total.failed += 1;
  } finally {
    await units;
    clearTimeout(limit);
    await guard?.stop();
    await infrastructure?.stop().catch((error: Error) => {
      say(`FAIL stopping the stores: ${error.message}`);
      total.failed += 1;
    });
  }
  const ran = total.passed + total.failed;
  add(await checkNothingIsLeft());
  if (stopping.signal.aborted) {
    say(`FAIL ${(stopping.signal.reason as Error).message}`);
    total.failed += 1;
  }
  if (ran === 0) {
    say('FAIL no test ran: does the pattern match a file?');
    total.failed += 1;
  }
  for (const ending of guard?.endings ?? []) say(`UNSTEADY stores: ${ending}`);
  tellUnsteady(unsteady);
  if (infrastructure && !infrastructure.redisUrl)
    say('NOT TESTED limits and answers that processes share in a Redis: there is none');
  if (total.skipped > 0) say(`     ${total.skipped} skipped`);
  process.exitCode = total.failed > 0 ? 1 : 0;
  say(summaryOf(total, unsteady.length));
}

await main();
