// Child of mongodb-program.ts: downloads a mongod with mongodb-memory-server-core and ends.
//   node download-mongod.ts VERSION FOLDER
import { MongoBinary } from 'mongodb-memory-server-core';

const [version, downloadDir] = process.argv.slice(2);
if (!version || !downloadDir) {
  process.stderr.write('usage: node download-mongod.ts VERSION FOLDER\n');
  process.exitCode = 2;
} else {
  // Whatever happens must be in this folder: neither a mongod of the machine nor one in a home folder is wanted here.
  process.env['MONGOMS_RUNTIME_DOWNLOAD'] = 'true';
  process.env['MONGOMS_PREFER_GLOBAL_PATH'] = 'false';
  try {
    await MongoBinary.getPath({ version, downloadDir });
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
