// unit (no store, no network), component (one service, real stores), e2e (what crosses services, the short drills among it),
// drill (every drill: what kills processes again and again takes longer than one waits for tests).
// The stores' addresses come from tools/test.ts through MONGODB_URI and AMQP_URL.

/** Files of a worker share the modules that they test (tools/jest/native-runtime.mjs), unless Jest has to look into these. */
const isNative = !process.argv.some((argument) => /^--(coverage|collectCoverage|watch)/.test(argument));
const environment = isNative
  ? {
      runtime: '<rootDir>/tools/jest/native-runtime.mjs',
      testEnvironment: '<rootDir>/tools/jest/native-environment.mjs',
    }
  : { testEnvironment: 'node' };

const common = {
  ...environment,
  // What is installed is no test, and fifty thousand files of it take long to list.
  roots: ['apps', 'libs', 'services', 'tests', 'tools'].map((folder) => `<rootDir>/${folder}`),
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  transform: { '\\.ts$': '<rootDir>/tools/jest/strip-types.mjs' },
  transformIgnorePatterns: ['/node_modules/'],
  modulePathIgnorePatterns: ['<rootDir>/.local/'],
  watchPathIgnorePatterns: ['<rootDir>/.local/'],
};

export default {
  watchman: false,
  testSequencer: '<rootDir>/tools/jest/sequencer.mjs',
  // Of tests and hooks alike, for the slowest of machines: no test depends on speed. Only a whole run can set it.
  testTimeout: 180_000,
  coverageProvider: 'v8',
  collectCoverageFrom: ['{libs,services}/*/src/**/*.ts', '!**/*.test.ts'],
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{apps,libs,services}/*/src/**/*.test.ts',
        '<rootDir>/tools/**/*.test.ts',
        '<rootDir>/tests/deploy/**/*.test.ts',
      ],
    },
    {
      ...common,
      displayName: 'component',
      testMatch: ['<rootDir>/{libs,services}/*/test/**/*.test.ts'],
    },
    {
      ...common,
      displayName: 'e2e',
      testMatch: ['<rootDir>/tests/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/deploy/'],
    },
    {
      ...common,
      displayName: 'drill',
      // Races that a run of all tests has a few of, too.
      testMatch: [
        '<rootDir>/tests/faults/**/*.{test,drill}.ts',
        '<rootDir>/services/licenses/test/slot-races.test.ts',
        '<rootDir>/services/points/test/member-system-races.test.ts',
      ],
    },
  ],
};
