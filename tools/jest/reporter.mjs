// A line per test file, failures in full, and what is still running when nothing has happened for a while.
// Counts, in all and by file, go to the file named by TEST_RESULTS_FILE, for tools/test.ts to add up.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';

const QUIET_MS = 30_000;
const SLOW_S = 5;

const say = (line) => process.stdout.write(`${line}\n`);
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;

/** Traces name the project's files by their paths in it, and not by the mark that native-runtime.mjs loads them under. */
function withPlainPaths(text, rootDir) {
  const { href, pathname } = pathToFileURL(`${rootDir}/`);
  return text
    .replaceAll(href, '')
    .replaceAll(`file:${pathname}`, '')
    .replaceAll(/(\.ts)\?[\da-f]{8}(?=:\d)/g, '$1');
}

/** The tests that failed, each with its first message; the file itself where it did not run through. */
function failuresOf({ testResults, testExecError }, rootDir) {
  const plain = (text) => withPlainPaths(text, rootDir);
  const failures = testResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => ({ test: fullName, message: plain(failureMessages[0] ?? '') }));
  if (testExecError)
    failures.push({
      test: '(the file itself)',
      message: testExecError.stack ?? String(testExecError.message),
    });
  return failures;
}

export default class Reporter {
  #rootDir;
  #running = new Map();
  #files = [];
  #spokeAt = Date.now();
  #timer;

  constructor(globalConfig) {
    this.#rootDir = globalConfig.rootDir;
  }

  #name(path) {
    return relative(this.#rootDir, path);
  }

  #say(line) {
    this.#spokeAt = Date.now();
    say(line);
  }

  onRunStart() {
    this.#timer = setInterval(() => {
      if (Date.now() - this.#spokeAt < QUIET_MS || this.#running.size === 0) return;
      const files = [...this.#running].map(
        ([path, since]) => `${this.#name(path)} (${seconds(Date.now() - since)})`,
      );
      this.#say(`  … still running: ${files.join(', ')}`);
    }, 1_000);
    this.#timer.unref();
  }

  onTestFileStart(test) {
    this.#running.set(test.path, Date.now());
  }

  onTestFileResult(test, result) {
    this.#running.delete(test.path);
    const project = test.context.config.displayName?.name ?? '';
    const took = result.perfStats.end - result.perfStats.start;
    const failed = result.numFailingTests > 0 || result.testExecError;
    const skipped = result.numPendingTests + (result.numTodoTests ?? 0);
    const counts = [`${result.numPassingTests} passed`];
    if (result.numFailingTests > 0) counts.push(`${result.numFailingTests} failed`);
    if (skipped > 0) counts.push(`${skipped} skipped`);
    this.#say(
      `${failed ? 'FAIL' : 'ok  '} ${project} ${this.#name(test.path)}: ${counts.join(', ')} (${seconds(took)})`,
    );
    for (const each of result.testResults) {
      if (each.status === 'passed' && (each.duration ?? 0) > SLOW_S * 1_000) {
        this.#say(`       slow: ${each.fullName} (${seconds(each.duration)})`);
      }
    }
    if (failed && result.failureMessage) this.#say(withPlainPaths(result.failureMessage, this.#rootDir));
    this.#files.push({
      project,
      path: test.path,
      file: this.#name(test.path),
      passed: result.numPassingTests,
      // A file that cannot even be loaded is a failure too, although none of its tests ran.
      failed: result.numFailingTests + (result.testExecError ? 1 : 0),
      skipped,
      failures: failuresOf(result, this.#rootDir),
    });
  }

  onRunComplete(_contexts, results) {
    clearInterval(this.#timer);
    const brokenFiles = results.numRuntimeErrorTestSuites;
    const counts = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + brokenFiles,
      skipped: results.numPendingTests + results.numTodoTests,
      files: this.#files,
    };
    if (process.env.TEST_RESULTS_FILE) writeFileSync(process.env.TEST_RESULTS_FILE, JSON.stringify(counts));
  }
}
