/** What a database of a version before gets at the next start. */
import { dropIndexes, type Migration } from '@membership/platform/migrate';

export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'fewer indexes on password links',
    run: (connection) => dropIndexes(connection, [['password_links', 'tenantId_1__id_1']]),
  },
];
