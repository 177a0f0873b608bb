// What the installed Jest consists of, in the very versions that it uses.
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);
const ofCore = createRequire(createRequire(resolve('jest')).resolve('@jest/core'));
const ofRuntime = createRequire(ofCore.resolve('jest-runtime'));

export const Runtime = ofCore('jest-runtime').default;
export const { ModuleMocker } = ofRuntime('jest-mock');
export const TestSequencer = ofCore('@jest/test-sequencer').default;
