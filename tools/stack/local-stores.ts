// The stores of the platform that npm start runs, for commands that look into them from beside.
import { databaseOf, withDatabase } from './database-uri.ts';
import { stackDirFrom } from './folders.ts';
import type { ServiceName } from './service-environment.ts';
import { readState } from './stack-state.ts';

/** The database of a service of the local stack, or undefined where there is no local MongoDB. */
export function localDatabaseUri(service: ServiceName): string | undefined {
  const port = readState(stackDirFrom(process.env)).ports['mongodb'];
  if (port === undefined) return undefined;
  return withDatabase(`mongodb://127.0.0.1:${port}/?replicaSet=rs0`, databaseOf(service));
}

/** Names the local stack's database to a command of a service, unless MONGODB_URI names another. */
export function useLocalDatabase(service: ServiceName): void {
  const uri = localDatabaseUri(service);
  if (uri) process.env['MONGODB_URI'] ||= uri;
  else if (!process.env['MONGODB_URI'] && !process.env['MONGODB_URI_FILE'])
    process.stderr.write(
      `No MongoDB of a local platform is known in ${stackDirFrom(process.env)} (STACK_DIR), and MONGODB_URI names none.\n`,
    );
}

/** The broker of the local stack, or undefined where there is none. */
export function localAmqpUrl(): string | undefined {
  const port = readState(stackDirFrom(process.env)).ports['amqp'];
  return port === undefined ? undefined : `amqp://guest:guest@127.0.0.1:${port}`;
}
