// Workers: load generators and floors in processes of their own, so that they cost the measured ones nothing but their CPU.
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { COMPILE_CACHE_DIR } from '../stack/folders.ts';
import type { Answered } from './worker-protocol.ts';

export type Worker<Payload, Result> = {
  readonly pid: number;
  run(payload: Payload): Promise<Result>;
  stop(): Promise<void>;
};

/** Starts `workers/<name>.ts`; `environment` is added to this process's own. */
export async function startWorker<Payload, Result>(
  name: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Worker<Payload, Result>> {
  const child = fork(join(import.meta.dirname, 'workers', `${name}.ts`), [], {
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE_DIR, ...environment },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ready = await nextAnswer<Result>(child, name);
  if ('error' in ready) throw new Error(`${name}: ${ready.error}`);
  return {
    pid: child.pid as number,
    async run(payload) {
      child.send({ run: payload });
      const answer = await nextAnswer<Result>(child, name);
      if ('result' in answer) return answer.result;
      throw new Error(`${name}: ${'error' in answer ? answer.error : 'answered out of turn'}`);
    },
    stop: () => ended(child),
  };
}

function nextAnswer<Result>(child: ChildProcess, name: string): Promise<Answered<Result>> {
  return new Promise((done, failed) => {
    const onMessage = (message: Answered<Result>): void => {
      child.off('exit', onExit);
      done(message);
    };
    const onExit = (code: number | null): void => {
      child.off('message', onMessage);
      failed(new Error(`${name} ended with ${code}`));
    };
    child.once('message', onMessage);
    child.once('exit', onExit);
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done();
    child.once('exit', () => done());
    child.kill('SIGTERM');
  });
}
