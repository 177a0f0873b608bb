// Which platform runs in a stack's folder, and where it answers.
import { join } from 'node:path';
import { lockHolder } from './exclusive-lock.mjs';
import { stackDirFrom } from './folders.ts';
import { readJson } from './stack-state.ts';

/** What a supervisor writes down once its platform is ready. */
export type Running = { url: string; startedAt: string };

export const supervisorLock = (stackDir: string): string => join(stackDir, 'supervisor.lock');
export const supervisorFile = (stackDir: string): string => join(stackDir, 'supervisor.json');

/** "It runs already: …" when a supervisor holds the stack, else null. */
export function alreadyRunning(stackDir: string): string | null {
  const holder = lockHolder(supervisorLock(stackDir));
  if (!holder) return null;
  const running = readJson<Running>(supervisorFile(stackDir));
  const where = running ? `at ${running.url}, since ${running.startedAt}` : 'and is still starting';
  return `The platform runs already (process ${holder.pid}) ${where}, with its data in ${stackDir}. npm run stop ends it; STACK_DIR and GATEWAY_PORT start another one beside it.`;
}

/** Where the gateway answers: at the port that GATEWAY_PORT names, else where this stack's platform runs; null when neither. */
export function runningGatewayUrl(environment: NodeJS.ProcessEnv): string | null {
  const port = environment['GATEWAY_PORT'];
  if (port) return `http://localhost:${port}`;
  const stackDir = stackDirFrom(environment);
  if (!lockHolder(supervisorLock(stackDir))) return null;
  return readJson<Running>(supervisorFile(stackDir))?.url ?? null;
}
