/** What deciding about a caller needs of members, tenants and service clients. */
import type { Connection, mongo } from 'mongoose';
import { collectionOf } from '@membership/platform/mongo/bounded-reads';
import type { UserRole } from '@membership/contracts/claims';
import { refuse } from '@membership/contracts/errors';
import { code } from '@membership/contracts/schemas';
import { within } from '@membership/platform/deadline';
import type { ApiKey } from '../domain/api-key.ts';
import type { TenantRecord } from '../domain/caller.ts';
import { codeKeyOf, type PlanAllowance } from '../domain/plan.ts';
import { RecordCache } from './record-cache.ts';

export type MemberRecord = {
  readonly _id: number;
  readonly tenantId: number;
  readonly username: string;
  readonly role: UserRole;
  readonly isActive: boolean;
  readonly passwordChangedAt: Date | null;
};
type TenantRow = Omit<TenantRecord, 'plan'> & { readonly codeKey: string; readonly plan?: string | null };
type PlanRow = PlanAllowance & { readonly _id: string };
export type ClientRecord = {
  readonly _id: string;
  readonly tenantId: number;
  readonly scopes: readonly string[];
  readonly issue?: string;
  readonly createdAt: Date;
};

export type ApiKeyRecord = { readonly _id: string } & Pick<
  ApiKey,
  'tenantId' | 'scopes' | 'limitPerMinute' | 'secretHash' | 'previous' | 'expiresAt' | 'revokedAt'
>;

export type CallerRecords = {
  readonly members: RecordCache<number, MemberRecord>;
  readonly tenants: RecordCache<number, TenantRecord>;
  /** By code in lower case. */
  readonly tenantsByCode: RecordCache<string, TenantRecord>;
  /** By a host of its own, in lower case. */
  readonly tenantsByHost: RecordCache<string, TenantRecord>;
  readonly clients: RecordCache<string, ClientRecord>;
  readonly apiKeys: RecordCache<string, ApiKeyRecord>;
};

/** A record that cannot be read refuses the call: an old one would let in who is locked out. */
export const found = async <T>(record: Promise<T>): Promise<T> =>
  record.catch((error: unknown) => {
    throw refuse('SYS_002', { cause: error, headers: { 'retry-after': '2' } });
  });

/** The tenant that somebody names by its id or its code (`X-Tenant-ID`), or null. What can be no tenant's name is not looked up. */
export async function tenantNamed(
  { tenants, tenantsByCode }: Pick<CallerRecords, 'tenants' | 'tenantsByCode'>,
  name: string,
): Promise<TenantRecord | null> {
  if (/^[1-9]\d{0,15}$/.test(name)) return found(tenants.get(Number(name)));
  return code.safeParse(name).success ? found(tenantsByCode.get(name.toLowerCase())) : null;
}

export const memberFields = { tenantId: 1, username: 1, role: 1, isActive: 1, passwordChangedAt: 1 } as const;
const tenantFields = {
  ...{ code: 1, codeKey: 1, name: 1, isActive: 1, limits: 1, cell: 1, timezone: 1, plan: 1 },
  ...{ hosts: 1, allowedOrigins: 1 },
} as const;
const planFields = { limits: 1, requestsPerDay: 1, concurrentRequests: 1 } as const;

/** A caller waits no longer for a database that hangs. */
const READ_MILLISECONDS = 2_000;
const inTime = <T>(read: (signal: AbortSignal) => Promise<T>): Promise<T> =>
  within(READ_MILLISECONDS, read, "the caller's records could not be read in time");

/** A token finds its member, client and tenant: the reads here cross tenants by their nature (spec/architecture.md). */
export function callerRecords(connection: Connection): CallerRecords {
  const all = <Document extends mongo.BSON.Document>(name: string) =>
    collectionOf<Document>(connection, name);
  const byId = <Key extends number | string, Document extends { _id: Key }>(
    name: string,
    projection: Readonly<Record<string, 1>>,
  ) =>
    new RecordCache<Key, Document>({
      async load(keys) {
        const found = await inTime((signal) =>
          all<Document>(name)
            .find({ _id: { $in: [...keys] } } as mongo.Filter<Document>, { projection, signal })
            .toArray(),
        );
        return new Map(found.map((row) => [(row as Document)._id, row as Document]));
      },
    });
  /** Tenants that are not erased, each with what its plan allows: a second question where any of them has one. */
  const tenantsBy = async (
    filter: mongo.Filter<TenantRow>,
  ): Promise<(TenantRecord & { codeKey: string })[]> =>
    inTime(async (signal) => {
      const rows = await all<TenantRow>('tenants')
        .find({ ...filter, erasedAt: { $exists: false } }, { projection: tenantFields, signal })
        .toArray();
      const wanted = [...new Set(rows.flatMap(({ plan }) => (plan ? [codeKeyOf(plan)] : [])))];
      const plans =
        wanted.length === 0
          ? []
          : await all<PlanRow>('tenant_plans')
              .find({ _id: { $in: wanted } }, { projection: planFields, signal })
              .toArray();
      const byCode = new Map(plans.map((plan) => [plan._id, plan]));
      return rows.map((row) => ({ ...row, plan: (row.plan && byCode.get(codeKeyOf(row.plan))) || null }));
    });
  return {
    members: byId<number, MemberRecord>('members', memberFields),
    tenants: new RecordCache<number, TenantRecord>({
      load: async (keys) =>
        new Map((await tenantsBy({ _id: { $in: [...keys] } })).map((tenant) => [tenant._id, tenant])),
    }),
    clients: byId<string, ClientRecord>('clients', {
      tenantId: 1,
      scopes: 1,
      issue: 1,
      createdAt: 1,
    }),
    apiKeys: byId<string, ApiKeyRecord>('api_keys', {
      tenantId: 1,
      scopes: 1,
      limitPerMinute: 1,
      secretHash: 1,
      previous: 1,
      expiresAt: 1,
      revokedAt: 1,
    }),
    tenantsByHost: new RecordCache<string, TenantRecord>({
      load: async (keys) =>
        new Map(
          (await tenantsBy({ hosts: { $in: [...keys] } })).flatMap((tenant) =>
            (tenant.hosts ?? []).map((host) => [host, tenant] as const),
          ),
        ),
    }),
    tenantsByCode: new RecordCache<string, TenantRecord>({
      load: async (keys) =>
        new Map((await tenantsBy({ codeKey: { $in: [...keys] } })).map((tenant) => [tenant.codeKey, tenant])),
    }),
  };
}
