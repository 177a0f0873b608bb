/** Commands that verify one tenant's data: which one they were told, and whether this database has ever heard of it. */
import type { Connection } from 'mongoose';

/** The id that `--tenant` or the like names; undefined when it was not given. Throws for what is no id. */
export function idFrom(text: string | undefined, what: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,15}$/.test(text)) throw new Error(`--${what} is the id of a ${what}: a whole number.`);
  return Number(text);
}

/** Throws when the service knows no such tenant: that nothing is wrong with its data would be no answer. */
export async function assertTenantIsKnown(
  connection: Connection,
  tenantId: number | undefined,
): Promise<void> {
  if (tenantId === undefined) return;
  const tenants = connection.collection<{ _id: number }>('directory_tenants');
  if (await tenants.findOne({ _id: tenantId }, { projection: { _id: 1 } })) return;
  throw new Error(`There is no tenant ${tenantId} in this database: GET /api/v1/tenants/ shows their ids.`);
}
