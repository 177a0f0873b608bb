// Jest's runtime without a module registry of its own: test files are loaded by Node itself, with its type stripping and its
// compile cache. The files of a worker share what they test, compiled and warm; loading it anew for each took more CPU than
// most files' tests. A test file and the helpers beside it are each file's own, as hooks and state stand in them.
// Without it go: jest.mock and its like, coverage, and watching (jest.config.mjs takes Jest's own runtime for both).
import { createHash } from 'node:crypto';
import { createRequire, registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Runtime } from './of-jest.mjs';

const require = createRequire(import.meta.url);
const PROJECT = pathToFileURL(join(import.meta.dirname, '../../')).href;
/** Paths in the project: folders of tests, and tests beside what they test. */
const OF_TESTS = /^(?!node_modules\/)(?:.*\/)?tests?\/|\.(?:test|drill)\.ts$/;
/** Jest's test framework keeps the tests that a file declares in its modules. */
const FRAMEWORK = '/jest-circus/build/';
const FRAMEWORK_HANDLERS = Symbol.for('EVENT_HANDLERS');

/** What the modules of the file that this worker runs are told apart by: the same in each run, as a compile cache wants it. */
let mark = '';
const markOf = (path) => createHash('sha1').update(path).digest('hex').slice(0, 8);
const isOfTests = (url) => url.startsWith(PROJECT) && OF_TESTS.test(url.slice(PROJECT.length));
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    return isOfTests(found.url) ? { ...found, url: `${found.url}?${mark}` } : found;
  },
});

export default class NativeRuntime extends Runtime {
  constructor(config, environment, resolver, transformer, cacheFS, coverageOptions, testPath, globalConfig) {
    super(config, environment, resolver, transformer, cacheFS, coverageOptions, testPath, globalConfig);
    mark = markOf(testPath);
  }

  async unstable_importModule(path) {
    return import(pathToFileURL(path).href);
  }

  /** The test framework, fresh for each file. */
  requireInternalModule(path) {
    for (const loaded of Object.keys(require.cache).filter((each) => each.includes(FRAMEWORK)))
      delete require.cache[loaded];
    delete globalThis[FRAMEWORK_HANDLERS];
    return require(path);
  }

  /** There is no copy of `process` to give it to. */
  installGetBuiltinModule() {}
}
