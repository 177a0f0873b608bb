// npm run console: builds the console, or serves it while one works on it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from './command-line.ts';
import { buildConsole } from './stack/console-build.ts';
import { PROJECT_DIR } from './stack/folders.ts';

const HELP = `Builds the console (apps/console) into the folder that the gateway sends from /admin/.

  npm run console              builds it where its sources have changed; npm start does so, too
  npm run console -- --serve   serves it at http://localhost:5173/admin/ and shows each change at once;
                               its requests go to the platform of npm start (GATEWAY_PORT, else 8000)
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h', default: false },
    serve: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(HELP);
else if (values.serve) {
  const vite = join(PROJECT_DIR, 'node_modules/vite/bin/vite.js');
  spawn(process.execPath, [vite], { cwd: join(PROJECT_DIR, 'apps/console'), stdio: 'inherit' });
} else {
  const folder = await buildConsole({ log: console.log });
  console.log(`The console stands in ${folder}`);
}
