// The seeds' own stack: the bare ledger under gunicorn, with a PostgreSQL of its own.
import { dirname, join } from 'node:path';
import { choosePorts } from '../../stack/ports.ts';
import { launch, tailOf } from '../../stack/processes.ts';
import { findPythonTool } from '../../stack/python-tool.ts';
import { acceptsConnections, eventuallyTrue } from '../../stack/reachable.ts';
import { lastLineOf, runProgram } from '../../stack/run-program.ts';
import type { Log } from '../../stack/store.ts';
import type { Call } from '../load.ts';
import { startPostgreSql } from './postgresql.ts';

const GUNICORN = {
  name: 'gunicorn',
  version: '27.0.1',
  program: 'gunicorn',
  besides: ['Django==5.2.19', 'djangorestframework==3.18.3', 'psycopg[binary]==3.3.9'],
} as const;
/** As the measurements of the seeds' stack before this one had it. */
const PROCESSES = ['--workers', '2', '--threads', '8', '--worker-class', 'gthread'];
const START_MS = 60_000;

export type DjangoStack = { readonly version: string; readonly port: number; stop(): Promise<void> };

/** Starts it with so many profiles, 1 and up. Throws where PostgreSQL (PassedOver) or Python’s packages cannot be had. */
export async function startDjangoStack(options: {
  stackDir: string;
  profiles: number;
  log: Log;
}): Promise<DjangoStack> {
  const { stackDir, profiles, log } = options;
  const gunicorn = await findPythonTool(GUNICORN, log);
  const postgresql = await startPostgreSql({ stackDir, log });
  try {
    const { gunicorn: port } = await choosePorts(['gunicorn'], {});
    const env = { ...process.env, POSTGRESQL_PORT: String(postgresql.port), PYTHONDONTWRITEBYTECODE: '1' };
    const cwd = import.meta.dirname;
    const python = join(dirname(gunicorn), 'python');
    const filled = await runProgram(python, [join(cwd, 'bare_ledger.py'), String(profiles)], {
      ...{ cwd, env, timeoutMs: START_MS },
    });
    if (!filled.ok) throw new Error(`the bare ledger cannot be filled: ${lastLineOf(filled.stderr)}`);
    const logFile = join(stackDir, 'logs', 'gunicorn.log');
    const args = [
      ...PROCESSES,
      '--keep-alive',
      '60',
      '--bind',
      `127.0.0.1:${port}`,
      'bare_ledger:application',
    ];
    const server = await launch({ name: 'gunicorn', command: gunicorn, args, cwd, env, logFile, stackDir });
    const stop = async () => {
      await server.stop();
      await postgresql.stop();
    };
    const answers = await eventuallyTrue(() => acceptsConnections(port), {
      timeoutMs: START_MS,
      unless: () => server.hasExited(),
    });
    if (answers) return { version: `Django 5.2 on PostgreSQL ${postgresql.version}`, port, stop };
    await server.stop();
    throw new Error(`gunicorn does not start: ${tailOf(logFile, { lines: 3 })}`);
  } catch (error) {
    await postgresql.stop();
    throw error;
  }
}

/** The same earning as the platform's, of a profile. */
export const bareEarning = (profileId: number, points: number): Call => ({
  method: 'POST',
  path: `/profiles/${profileId}/earn/`,
  body: { points_amount: points, category: 'manual' },
  expects: `"actual_points_added":${points}`,
});
