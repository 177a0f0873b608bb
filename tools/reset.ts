// npm run reset: stops the platform and clears its data.
import { existsSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from './command-line.ts';
import { stackDirFrom } from './stack/folders.ts';
import { removeDockerData } from './stack/infrastructure.ts';
import { stopStack } from './stack/stop-stack.ts';

const HELP = `Stops the platform and clears its data: databases, queues, logs, remembered ports and secrets.
The next npm start begins anew. Downloads stay (they are in .local/downloads).

  npm run reset

Servers given by MONGODB_URI and AMQP_URL are left as they are.

Environment:
  STACK_DIR   folder of the platform to clear (.local/stack)
`;

// By name, so that a STACK_DIR that holds other things loses none of them.
const OURS =
  /^(mongodb|rabbitmq|redis|logs|state\.json|secrets\.json|supervisor\.json|supervisor\.lock\.\d+|(store|service)-pids\.json|docker-used)$/;

async function reset(stackDir: string): Promise<void> {
  await stopStack(stackDir, console.log);
  if (!existsSync(stackDir)) return console.log(`There is nothing to clear in ${stackDir}.`);
  const volumes = await removeDockerData(stackDir);
  const removed = readdirSync(stackDir).filter((name) => OURS.test(name));
  for (const name of removed) rmSync(join(stackDir, name), { recursive: true, force: true });
  for (const volume of volumes) console.log(`removed the Docker volume ${volume}`);
  if (removed.length > 0) console.log(`removed from ${stackDir}: ${removed.join(', ')}`);
  const others = readdirSync(stackDir);
  if (others.length === 0) rmdirSync(stackDir);
  else console.log(`left as not ours: ${others.join(', ')}`);
  console.log('Cleared. npm start begins anew.');
}

try {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } });
  if (values.help) console.log(HELP);
  else await reset(stackDirFrom(process.env));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
