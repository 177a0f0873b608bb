// Jest's environment without a realm of its own, for native-runtime.mjs. What Jest and a test file change of the process is
// put back after the file.
import { ModuleMocker } from './of-jest.mjs';

export default class NativeEnvironment {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  fakeTimers = null;
  fakeTimersModern = null;
  // oxlint-disable-next-line typescript/unbound-method -- put back as it was, not called
  #before = { exit: process.exit, console: globalThis.console, variables: { ...process.env } };

  async setup() {}

  async teardown() {
    const { exit, console, variables } = this.#before;
    process.exit = exit;
    globalThis.console = console;
    for (const name of Object.keys(process.env)) if (!(name in variables)) delete process.env[name];
    Object.assign(process.env, variables);
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return null;
  }
}
