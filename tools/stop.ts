// npm run stop: ends the platform that npm start runs.
import { parseArgs } from './command-line.ts';
import { stackDirFrom } from './stack/folders.ts';
import { stopStack } from './stack/stop-stack.ts';

const HELP = `Stops the platform that npm start runs, and returns when every process of it is gone. The data stay.

  npm run stop

Environment:
  STACK_DIR   folder of the platform to stop (.local/stack)
`;

try {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } });
  if (values.help) console.log(HELP);
  else {
    const stackDir = stackDirFrom(process.env);
    const ran = await stopStack(stackDir, console.log);
    console.log(ran ? `Stopped. The data stay in ${stackDir}.` : `Nothing runs in ${stackDir}.`);
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
