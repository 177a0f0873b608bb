/** An application of a tenant and what may happen to it. Pure: no clock, no storage. */
import type { ApplicationStatus } from '@membership/contracts/endpoints/applications/schemas';
import { invalid, invalidState, type Refusal } from '@membership/contracts/errors';

export type Application = {
  readonly _id: number;
  readonly tenantId: number;
  readonly name: string;
  /** Unique in the tenant, deleted applications included. */
  readonly code: string;
  readonly description: string | null;
  readonly logo: string | null;
  readonly website: string | null;
  readonly contactEmail: string | null;
  readonly currentVersion: string;
  readonly owner: string | null;
  readonly team: string | null;
  readonly status: ApplicationStatus;
  readonly isActive: boolean;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly isDeleted: boolean;
  readonly deletedAt: Date | null;
  /** Events of this application so far. */
  readonly sequence: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
/** What a client may set. */
export type ApplicationFields = Pick<
  Application,
  | 'name'
  | 'code'
  | 'description'
  | 'logo'
  | 'website'
  | 'contactEmail'
  | 'currentVersion'
  | 'owner'
  | 'team'
  | 'status'
  | 'isActive'
  | 'tags'
  | 'metadata'
>;

type Birth = { readonly id: number; readonly tenantId: number; readonly now: Date };

/** A new application, active from the start. */
export const register = (
  fields: Omit<ApplicationFields, 'isActive'>,
  { id, tenantId, now }: Birth,
): Application => ({
  _id: id,
  tenantId,
  ...fields,
  isActive: true,
  isDeleted: false,
  deletedAt: null,
  sequence: 1,
  createdAt: now,
  updatedAt: now,
});

/** The application with other fields, or itself when they are what it has: nothing happened then. */
export function change(application: Application, fields: Partial<ApplicationFields>, now: Date): Application {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const differs = given.some(([name, value]) => !same(application[name as keyof Application], value));
  return differs
    ? { ...application, ...Object.fromEntries(given), sequence: application.sequence + 1, updatedAt: now }
    : application;
}

/** A deleted application keeps its data and its code. */
export const remove = (application: Application, now: Date): Application => ({
  ...application,
  isDeleted: true,
  deletedAt: now,
  sequence: application.sequence + 1,
  updatedAt: now,
});

/** Back among the living. Refuses (INVALID_STATE) one that is not deleted. */
export function restore(application: Application, now: Date): Application {
  if (!application.isDeleted)
    throw invalidState(application.status, ['delete'], {
      zh: '应用未被删除，无需恢复',
      en: 'The application is not deleted, so there is nothing to restore',
    });
  return {
    ...application,
    isDeleted: false,
    deletedAt: null,
    sequence: application.sequence + 1,
    updatedAt: now,
  };
}

/** 400 for a code that another application has; a deleted holder is named, because it can be restored. */
export function codeTaken(holder: Pick<Application, '_id' | 'isDeleted'>): Refusal {
  const zh = 'code字段在当前租户下必须唯一';
  const en = 'code must be unique within the tenant';
  if (!holder.isDeleted) return invalid({ code: { zh, en } });
  const path = `POST /api/v1/applications/${holder._id}/restore/`;
  return invalid({
    code: {
      zh: `${zh}（该code属于已删除的应用，可通过 ${path} 恢复）`,
      en: `${en} (it belongs to a deleted application, which ${path} restores)`,
    },
  });
}

const same = (left: unknown, right: unknown): boolean =>
  left === right ||
  (typeof left === 'object' && typeof right === 'object' && canonical(left) === canonical(right));

/** Two objects that differ in the order of their keys alone are the same. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  );
