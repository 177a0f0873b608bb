// Which failed files of a run are tried once more by themselves, and what it means when they pass then.

export type Counts = { passed: number; failed: number; skipped: number };

/** What the reporter keeps of a test file. */
export type FileResult = Counts & {
  readonly project: string;
  readonly path: string;
  /** The same from the project's folder. */
  readonly file: string;
  readonly failures: readonly { readonly test: string; readonly message: string }[];
};

export type Unsteady = { readonly file: string; readonly test: string; readonly message: string };

/** Where more than these fail, something is broken and not a matter of chance; unless a store ended under the tests. */
const MOST_FILES = 3;
const MOST_FILES_WITHOUT_STORE = 40;
/** They prove that nothing is lost or done twice when processes die: there one failure in a thousand runs is the finding. */
const NEVER_AGAIN = /^tests\/faults\//;

const ranLess = (second: FileResult, first: FileResult): boolean =>
  second.passed === 0 || second.passed < first.passed || second.skipped > first.skipped;
const hasFailed = ({ failed }: FileResult): boolean => failed > 0;

/** The files to run again: those that failed, when they are few, without those where a single failure counts. */
export function filesToTryAgain(
  files: readonly FileResult[],
  { storeEnded = false }: { storeEnded?: boolean } = {},
): FileResult[] {
  const failed = files.filter(hasFailed);
  return failed.length > (storeEnded ? MOST_FILES_WITHOUT_STORE : MOST_FILES)
    ? []
    : failed.filter(({ file }) => !NEVER_AGAIN.test(file));
}

/**
 * What the second try changes: a file that passed whole counts as it did then, and what had failed in it is unsteady. One
 * that failed again, or of which fewer tests ran, counts as it did the first time.
 */
export function judgeSecondTry(
  tried: readonly FileResult[],
  again: readonly FileResult[],
): { change: Counts; unsteady: Unsteady[] } {
  const change = { passed: 0, failed: 0, skipped: 0 };
  const unsteady: Unsteady[] = [];
  for (const first of tried) {
    const second = again.find(({ project, path }) => project === first.project && path === first.path);
    if (!second || hasFailed(second) || ranLess(second, first)) continue;
    change.passed += second.passed - first.passed;
    change.failed -= first.failed;
    change.skipped += second.skipped - first.skipped;
    unsteady.push(...first.failures.map((failure) => ({ file: first.file, ...failure })));
  }
  return { change, unsteady };
}

/** The last line of a run. */
export function summaryOf({ passed, failed }: Counts, unsteady: number): string {
  return `${passed} passed, ${failed} failed${unsteady > 0 ? `, ${unsteady} unsteady` : ''}`;
}
