import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_DIR } from '../stack/folders.ts';
import { filesToTryAgain, judgeSecondTry, summaryOf, type FileResult } from './second-try.ts';

const aFile = (file: string, state: Partial<FileResult> = {}): FileResult => ({
  ...{ project: 'component', path: `/project/${file}`, file, passed: 4, failed: 0, skipped: 0 },
  failures: state.failed ? [{ test: 'it holds', message: 'Error: it does not' }] : [],
  ...state,
});
const failing = (file: string): FileResult => aFile(file, { passed: 3, failed: 1 });

describe('which files are tried again', () => {
  test('those that failed, up to three', () => {
    const files = [aFile('a.test.ts'), ...['b', 'c', 'd'].map((name) => failing(`${name}.test.ts`))];
    expect(filesToTryAgain(files).map(({ file }) => file)).toEqual(['b.test.ts', 'c.test.ts', 'd.test.ts']);
  });

  test('none where four failed', () => {
    expect(filesToTryAgain(['a', 'b', 'c', 'd'].map(failing))).toEqual([]);
  });

  test('more, where a store ended under them', () => {
    const files = ['a', 'b', 'c', 'd'].map(failing);
    expect(filesToTryAgain(files, { storeEnded: true })).toEqual(files);
  });

  test('never what proves that nothing is lost; it counts among the three', () => {
    const drill = failing('tests/faults/award-once.test.ts');
    expect(filesToTryAgain([drill, failing('a.test.ts')]).map(({ file }) => file)).toEqual(['a.test.ts']);
    expect(filesToTryAgain([drill, ...['a', 'b', 'c'].map(failing)])).toEqual([]);
  });
});

describe('what a second try changes', () => {
  test('a file that passes counts as it did then; what failed in it is unsteady', () => {
    const { change, unsteady } = judgeSecondTry([failing('a.test.ts')], [aFile('a.test.ts')]);
    expect(change).toEqual({ passed: 1, failed: -1, skipped: 0 });
    expect(unsteady).toEqual([{ file: 'a.test.ts', test: 'it holds', message: 'Error: it does not' }]);
  });

  test.each([
    ['failed again', [failing('a.test.ts')]],
    ['did not run', []],
    ['ran fewer tests', [aFile('a.test.ts', { passed: 2 })]],
    ['passed some over', [aFile('a.test.ts', { passed: 3, skipped: 1 })]],
    ['passed in another project', [aFile('a.test.ts', { project: 'unit' })]],
  ])('nothing for a file that %s', (_what, again) => {
    const nothing = { change: { passed: 0, failed: 0, skipped: 0 }, unsteady: [] };
    expect(judgeSecondTry([failing('a.test.ts')], again)).toEqual(nothing);
  });
});

test('the last line names what is unsteady where there is any', () => {
  const counts = { passed: 10, failed: 2, skipped: 0 };
  expect([summaryOf(counts, 0), summaryOf(counts, 1)]).toEqual([
    '10 passed, 2 failed',
    '10 passed, 2 failed, 1 unsteady',
  ]);
});

describe('npm test with planted files', () => {
  let folder: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'planted-')));
    const config = {
      projects: [{ displayName: 'unit', rootDir: folder, testMatch: ['<rootDir>/**/*.test.cjs'] }],
    };
    writeFileSync(join(folder, 'jest.config.json'), JSON.stringify(config));
    writeFileSync(join(folder, 'passes.test.cjs'), `test('passes', () => undefined);`);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const failsOnce = (mark: string): string => `
    const { existsSync, writeFileSync } = require('node:fs');
    test('neighbour', () => undefined);
    test('fails once', () => {
      const mark = ${JSON.stringify(join(folder, mark))};
      if (existsSync(mark)) return;
      writeFileSync(mark, '');
      throw new Error('only the first time');
    });`;
  const plant = (file: string, text: string) => writeFileSync(join(folder, file), text);
  const run = (...args: string[]) => {
    const all = ['tools/test.ts', 'unit', '--config', join(folder, 'jest.config.json'), ...args];
    const { status, stdout } = spawnSync(process.execPath, all, { cwd: PROJECT_DIR, encoding: 'utf8' });
    return { status, stdout, last: stdout.trim().split('\n').at(-1) };
  };

  test('what fails once is told and does not fail the run', () => {
    plant('once.test.cjs', failsOnce('mark'));
    const { status, stdout, last } = run();
    // With the check that nothing is left running.
    expect([status, last]).toEqual([0, '4 passed, 0 failed, 1 unsteady']);
    expect(stdout).toMatch(/^UNSTEADY once\.test\.cjs: fails once\n +Error: only the first time$/m);
  });

  test('what fails each time fails the run, and so does a drill that fails once', () => {
    plant('always.test.cjs', `test('fails', () => { throw new Error('each time'); });`);
    mkdirSync(join(folder, 'tests/faults'), { recursive: true });
    plant('tests/faults/drill.test.cjs', failsOnce('drill'));
    plant('once.test.cjs', failsOnce('mark'));
    const { status, stdout, last } = run();
    expect([status, last]).toEqual([1, '5 passed, 2 failed, 1 unsteady']);
    expect(stdout.match(/^UNSTEADY .*/gm)).toEqual(['UNSTEADY once.test.cjs: fails once']);
  });

  test('--once leaves it at the first try', () => {
    plant('once.test.cjs', failsOnce('mark'));
    expect(run('--once')).toMatchObject({ status: 1, last: '3 passed, 1 failed' });
  });
});
