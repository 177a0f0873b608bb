// npm start: the whole platform on this machine, with one command.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { orRefuse } from './command-line.ts';
import { alreadyRunning } from './stack/running-platform.ts';
import { StopRequested, Supervisor } from './stack/supervisor.ts';
import { parseStartArguments, type StartArguments } from './stack/start-arguments.ts';
import { PROJECT_DIR } from './stack/folders.ts';

const HELP = `Starts the whole platform on this machine: MongoDB, RabbitMQ, Redis, the six services and the demo data.

  npm start                  runs until Ctrl-C; the data stay for the next start
  npm start -- --detach      returns when everything is ready; npm run stop ends it
  npm start -- --no-demo     without the demo tenants
  npm start -- --no-redis    without Redis: the gateway counts its limits by itself
  npm run stop               stops a platform that runs
  npm run reset              stops it and clears its data

MongoDB, RabbitMQ and Redis are taken from the first place that has them, and it says which: the addresses given
below, a Docker engine, programs installed on this machine, or a download into .local (no root needed).

Environment:
  GATEWAY_PORT      port of the gateway (that of the last start; 8000 at first)
  STACK_DIR         folder for data, logs and process ids (.local/stack)
  DEMO_PASSWORD     password of the demo accounts and of root (demo-pass-2026)
  LOG_LEVEL         silent, fatal, error, warn, info (default), debug, trace
  MONGODB_URI       a replica set to use; each service gets a database membership_<service> on it
  AMQP_URL          a RabbitMQ to use
  REDIS_URL         a Redis to use
  STACK_PROVIDERS   narrows the search, e.g. installed,downloaded (also: docker)
  WEBHOOK_ALLOWED_NETWORKS
                    networks inside that webhooks may go to: 127.0.0.0/8 to receive them on this machine

Other settings of the services (docs/operations.md) are passed on to them, but for secrets, which it makes itself (secrets.json in STACK_DIR).
`;

type Message = { line: string } | { ready: true };

async function supervise(wanted: StartArguments): Promise<void> {
  const say = (line: string): void => {
    console.log(line);
    if (process.connected) process.send?.({ line } satisfies Message);
  };
  const supervisor = new Supervisor(wanted, say);
  const stopAsked = new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        supervisor.requestStop();
        done();
      });
    }
  });
  try {
    await supervisor.start();
  } catch (error) {
    if (error instanceof StopRequested) return say('Stopped before it was ready; nothing is left running.');
    say(`\nnpm start failed: ${(error as Error).message}`);
    process.exitCode = 1;
    return;
  }
  if (process.connected) {
    process.send?.({ ready: true } satisfies Message);
    process.disconnect();
  }
  await stopAsked;
  say('\nStopping the services, then the stores …');
  await supervisor.stop();
  say(`Stopped. The data stay in ${wanted.stackDir}; npm run reset clears them.`);
}

const optionsOf = ({ demo, redis }: StartArguments): string[] => [
  ...(demo ? [] : ['--no-demo']),
  ...(redis ? [] : ['--no-redis']),
];

/** Starts a supervisor that stays when this process ends, and shows its lines until it is ready. */
async function detach(wanted: StartArguments): Promise<void> {
  const logFile = join(wanted.stackDir, 'logs', 'supervisor.log');
  mkdirSync(join(wanted.stackDir, 'logs'), { recursive: true });
  const log = openSync(logFile, 'a');
  const args = [import.meta.filename, '--supervisor', '--detach', ...optionsOf(wanted)];
  const child = spawn(process.execPath, args, {
    cwd: PROJECT_DIR,
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  let isReady = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => child.kill('SIGTERM'));
  child.on('message', (message: Message) => {
    if ('line' in message) return console.log(message.line);
    isReady = true;
    child.unref();
  });
  process.exitCode = await new Promise<number>((done) => {
    child.once('exit', (code) => done(isReady ? 0 : (code ?? 1)));
    child.once('disconnect', () => {
      if (isReady) done(0);
    });
  });
  process.removeAllListeners('SIGINT');
}

async function main(): Promise<void> {
  const wanted = orRefuse(() => parseStartArguments(process.argv.slice(2), process.env));
  if (wanted.help) return console.log(HELP);
  const running = alreadyRunning(wanted.stackDir);
  if (running) throw new Error(running);
  return wanted.detach && !wanted.supervisor ? detach(wanted) : supervise(wanted);
}

try {
  await main();
} catch (error) {
  const { message } = error as Error;
  // Of a platform in the background, whoever started it reads this.
  if (process.connected) process.send?.({ line: message } satisfies Message);
  console.error(message);
  process.exitCode = 1;
}
// A search that was given up may still wait for something; nothing of it is wanted any more.
process.exit();
