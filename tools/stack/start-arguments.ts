// What `npm start` was asked to do: its arguments and its environment, checked before anything is started.
import { parseArgs } from 'node:util';
import { allowedProviders } from './finder.ts';
import { stackDirFrom } from './folders.ts';
import { readState } from './stack-state.ts';

export type StartArguments = {
  help: boolean;
  detach: boolean;
  demo: boolean;
  redis: boolean;
  /** Set by --detach for the process that stays: its lines go to the one that waits for it. */
  supervisor: boolean;
  gatewayPort: number;
  stackDir: string;
  demoPassword: string;
  logLevel: string;
};

const DEFAULT_PORT = 8000;
const DEMO_PASSWORD = 'demo-pass-2026';
const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'];
/** It is also what the demo tenants' webhooks are signed with, which asks for more than a password does. */
const SHORTEST_PASSWORD = 12;
const LONGEST_PASSWORD = 128;

/** A stack stays on the port of its last start unless another is named. Throws with a sentence that names the wrong argument or variable. */
export function parseStartArguments(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  lastPortOf: (stackDir: string) => number | undefined = (stackDir) => readState(stackDir).ports['gateway'],
): StartArguments {
  const values = optionsIn(args);
  const stackDir = stackDirFrom(environment);
  const gatewayPort = Number(environment['GATEWAY_PORT'] || (lastPortOf(stackDir) ?? DEFAULT_PORT));
  if (!Number.isInteger(gatewayPort) || gatewayPort < 1 || gatewayPort > 65_535) {
    throw new Error(`GATEWAY_PORT is "${environment['GATEWAY_PORT']}"; it must be a port number, 1 to 65535`);
  }
  const logLevel = environment['LOG_LEVEL'] || 'info';
  if (!LOG_LEVELS.includes(logLevel)) {
    throw new Error(`LOG_LEVEL is "${logLevel}"; it must be one of ${LOG_LEVELS.join(', ')}`);
  }
  const demoPassword = environment['DEMO_PASSWORD'] || DEMO_PASSWORD;
  if (demoPassword.length < SHORTEST_PASSWORD || demoPassword.length > LONGEST_PASSWORD) {
    throw new Error(
      `DEMO_PASSWORD has ${demoPassword.length} characters; it needs ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD}`,
    );
  }
  if (/\p{Cc}/u.test(demoPassword)) throw new Error('DEMO_PASSWORD has a control character');
  allowedProviders(environment['STACK_PROVIDERS']);
  return {
    help: values.help,
    detach: values.detach,
    demo: values.demo,
    redis: values.redis,
    supervisor: values.supervisor,
    gatewayPort,
    stackDir,
    demoPassword,
    logLevel,
  };
}

function optionsIn(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowNegative: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        detach: { type: 'boolean', default: false },
        demo: { type: 'boolean', default: true },
        redis: { type: 'boolean', default: true },
        supervisor: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new Error(`${(error as Error).message}; npm start -- --help lists what there is`);
  }
}
