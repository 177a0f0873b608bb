// One server address, a database per service on it.

/** The server address with the database put into its path; options and several hosts stay as they are. */
export function withDatabase(serverUri: string, database: string): string {
  const parts = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(serverUri);
  if (!parts) {
    throw new Error(
      `MONGODB_URI is not a MongoDB address: "${withoutPassword(serverUri)}". It must look like mongodb://host:27017/?replicaSet=rs0`,
    );
  }
  const [, server, options] = parts;
  return `${server}/${database}${withAuthSource(serverUri, options ?? '')}`;
}

// The path of a given address also names where its user is defined; with another path it must be said.
function withAuthSource(serverUri: string, options: string): string {
  const user = /^mongodb(?:\+srv)?:\/\/[^/?@]+@/.test(serverUri);
  if (!user || /[?&]authSource=/i.test(options)) return options;
  const path = /^mongodb(?:\+srv)?:\/\/[^/?]+\/([^?]*)/.exec(serverUri)?.[1] || 'admin';
  return `${options || '?'}${options ? '&' : ''}authSource=${path}`;
}

/** The database of a service on a shared server. */
export const databaseOf = (service: string): string => `membership_${service}`;

/** An address that may be shown. */
export const withoutPassword = (uri: string): string => uri.replace(/\/\/([^/@:]*):[^@/]*@/, '//$1:***@');
