// npm start with stand-ins for the services: a supervisor in a process of its own, which a test may kill.
import { join } from 'node:path';
import { Supervisor } from '../../tools/stack/supervisor.ts';
import { parseStartArguments } from '../../tools/stack/start-arguments.ts';

const supervisor = new Supervisor(parseStartArguments(['--no-demo'], process.env), console.log, {
  entryPoint: () => join(import.meta.dirname, 'stand-in-service.ts'),
});
const stopAsked = new Promise((done) => {
  process.on('SIGTERM', done);
  process.on('SIGINT', done);
});
await supervisor.start();
await stopAsked;
await supervisor.stop();
console.log('stopped');
process.exit();
