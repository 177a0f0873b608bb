// Makes the figures of the local stack anew, or those of the database that MONGODB_URI names: see --help.
import { databaseOf, withDatabase } from './stack/database-uri.ts';
import { stackDirFrom } from './stack/folders.ts';
import { readState } from './stack/stack-state.ts';

const port = readState(stackDirFrom(process.env)).ports['mongodb'];
if (!process.env['MONGODB_URI'] && port !== undefined)
  process.env['MONGODB_URI'] = withDatabase(
    `mongodb://127.0.0.1:${port}/?replicaSet=rs0`,
    databaseOf('stats'),
  );
await import('../services/stats/src/recount.ts');
