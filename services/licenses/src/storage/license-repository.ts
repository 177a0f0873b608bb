/** Storage of licences. */
import type { Page } from '@membership/contracts/dialects';
import { notFound } from '@membership/contracts/errors';
import type { Failures } from '@membership/platform/failures';
import { given } from '@membership/platform/given';
import type { ClientSession, Paging, Sort, TenantCollection, Unscoped } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import { literally } from '@membership/platform/search';
import { IN_ANY_DIVISION, spelledLike } from '@membership/platform/spelling';
import { forJobs } from '../job-indexes.ts';
import { NEVER } from '../term.ts';
import { keyForm } from '../domain/license-key.ts';
import type { License, LicenseStatus } from '../domain/license.ts';

/** What somebody typed, and what is called so. */
type LicenseSearch = {
  readonly text: string;
  readonly productIds: readonly number[];
  readonly planIds: readonly number[];
};
export type LicenseFilter = {
  readonly search?: LicenseSearch | undefined;
  readonly ids?: readonly number[] | undefined;
  readonly productId?: number | undefined;
  readonly planId?: number | undefined;
  readonly status?: LicenseStatus | undefined;
  readonly licenseKey?: string | undefined;
  readonly expiresBefore?: Date | undefined;
  readonly isNearlyFull?: boolean | undefined;
};
/** Keys from before spelling was looked at may be alike; so many are seen. */
const ALIKE = 10;
type Counters = { readonly boundDevices?: number; readonly openAssignments?: number };

export class LicenseRepository {
  readonly #licenses: TenantCollection<License>;
  constructor(licenses: TenantCollection<License>) {
    this.#licenses = licenses;
  }

  find(scope: TenantScope, id: number, session?: ClientSession): Promise<License | null> {
    return this.#licenses.findOne(scope, { _id: id, isRemoved: false }, session ? { session } : {});
  }

  /** Refuses (404) what is not there. */
  async get(scope: TenantScope, id: number, session?: ClientSession): Promise<License> {
    const license = await this.find(scope, id, session);
    if (!license) throw notFound();
    return license;
  }

  /** By id, removed ones too: past assignments go on showing them. */
  async byId(
    scope: TenantScope,
    ids: readonly number[],
    session?: ClientSession,
  ): Promise<Map<number, License>> {
    const wanted = [...new Set(ids)];
    const found =
      wanted.length === 0
        ? []
        : await this.#licenses.find(scope, { _id: { $in: wanted } }, session ? { session } : {});
    return new Map(found.map((license) => [license._id, license]));
  }

  /** Ids of a plan's licences after one, in order, removed ones among them. */
  async idsOfPlan(scope: TenantScope, planId: number, after: number, limit: number): Promise<number[]> {
    const found = await this.#licenses.find(
      scope,
      { planId, _id: { $gt: after } },
      { projection: { _id: 1 }, sort: { _id: 1 }, limit },
    );
    return found.map(({ _id }) => _id);
  }

  /** By its key, which names the tenant, too; however it is typed. */
  async findByKey(licenseKey: string): Promise<License | null> {
    const found = (await this.#withKey(licenseKey)).filter(({ isRemoved }) => !isRemoved);
    return spelledLike(found, (one) => one.licenseKey === licenseKey);
  }

  /** Whether a key that is to be given is somebody's. Of two transactions that give it at once one runs again. */
  async isKeyTaken(licenseKey: string, session: ClientSession): Promise<boolean> {
    await this.#licenses.takeTurn(keyForm(licenseKey), session);
    return (await this.#withKey(licenseKey, session)).length > 0;
  }

  #withKey(licenseKey: string, session?: ClientSession): Promise<License[]> {
    const keys = this.#licenses.acrossTenants(
      'a licence key is unique over the platform, and finds the tenant',
    );
    const form = keyForm(licenseKey);
    if (form === '') return Promise.resolve([]);
    return keys
      .find({ licenseKey: form }, session ? { session } : {})
      .collation(IN_ANY_DIVISION)
      .sort({ _id: 1 })
      .limit(ALIKE)
      .toArray() as Promise<License[]>;
  }

  /** A key in the filter is found however it is typed. */
  async list(
    scope: TenantScope,
    { licenseKey, ...filter }: LicenseFilter,
    now: Date,
    sort: Sort,
    paging: Paging,
  ): Promise<Page<License>> {
    const query = licenseQuery(filter, now);
    if (licenseKey === undefined) return this.#licenses.page(scope, query, { sort, ...paging });
    const ids = (await this.#withKey(licenseKey)).map(({ _id }) => _id);
    return this.#licenses.page(scope, { ...query, _id: { $in: ids } }, { sort, ...paging });
  }

  add(scope: TenantScope, license: License, session: ClientSession): Promise<void> {
    return this.#licenses.insert(scope, [license], { session });
  }

  async save(
    scope: TenantScope,
    { _id, tenantId: _tenant, ...fields }: License,
    session: ClientSession,
  ): Promise<void> {
    await this.#licenses.updateOne(scope, { _id }, { $set: fields }, { session });
  }

  /** Adds to the counters of a licence, and with that holds off every transaction that read it before. */
  async count(scope: TenantScope, id: number, by: Counters, session: ClientSession): Promise<void> {
    await this.#licenses.updateOne(scope, { _id: id }, { $inc: by }, { session });
  }

  /** Licences past their end that no job has marked yet, the longest overdue first. */
  findDue(now: Date, limit: number, failures?: Failures): Promise<License[]> {
    const due = this.#licenses.acrossTenants('due dates are looked for over all tenants');
    return due
      .find({ ...forJobs, status: 'active', expiresAt: { $lte: now }, ...failures?.others })
      .sort({ expiresAt: 1, _id: 1 })
      .limit(limit)
      .toArray() as Promise<License[]>;
  }

  /** Licences whose new end has not reached all their assignments. */
  findMovingEnds(limit: number, failures?: Failures): Promise<License[]> {
    const moving = this.#licenses.acrossTenants('ends on their way are looked for over all tenants');
    return moving
      .find({ endsMoveSince: { $type: 'date' }, ...failures?.others })
      .sort({ endsMoveSince: 1, _id: 1 })
      .limit(limit)
      .toArray() as Promise<License[]>;
  }

  /** All its assignments have the end that it had at a sequence; one that it got since is still on its way. */
  async markEndsMoved(
    scope: TenantScope,
    { _id, sequence }: Pick<License, '_id' | 'sequence'>,
  ): Promise<void> {
    await this.#licenses.updateOne(scope, { _id, sequence }, { $set: { endsMoveSince: null } });
  }

  /** Revoked licences whose assignments are not all ended yet. */
  findUnfinished(limit: number, failures?: Failures): Promise<License[]> {
    const revoked = this.#licenses.acrossTenants('unfinished revocations are looked for over all tenants');
    return revoked
      .find({ ...forJobs, status: 'revoked', openAssignments: { $gt: 0 }, ...failures?.others })
      .sort({ openAssignments: 1, _id: 1 })
      .limit(limit)
      .toArray() as Promise<License[]>;
  }
}

/** Of several slots a tenth at most is left. With less than two bound ones, or revoked, it cannot be: an index knows what may. */
const NEARLY_FULL = {
  status: 'active',
  boundDevices: { $gte: 2 },
  maxActivations: { $gt: 1 },
  $expr: {
    $lte: [{ $multiply: [10, { $subtract: ['$maxActivations', '$boundDevices'] }] }, '$maxActivations'],
  },
};

/** A list's filter, as the states are at a moment. */
export function licenseQuery(
  { search, ids, status, expiresBefore, isNearlyFull, ...filter }: LicenseFilter,
  now: Date,
): Unscoped {
  const byStatus: Record<LicenseStatus, Record<string, unknown>> = {
    active: { status: 'active', expiresAt: { $gt: now } },
    revoked: { status: 'revoked' },
    expired: { $or: [{ status: 'expired' }, { status: 'active', expiresAt: { $lte: now } }] },
  };
  const parts = [
    search && { $or: looksLike(search) },
    ids && { _id: { $in: ids } },
    status && byStatus[status],
    expiresBefore && { expiresAt: { $lte: expiresBefore, $lt: NEVER } },
    isNearlyFull === undefined ? undefined : isNearlyFull ? NEARLY_FULL : { $nor: [NEARLY_FULL] },
  ].filter((part) => part !== undefined);
  return { ...given(filter), isRemoved: false, ...(parts.length > 0 ? { $and: parts } : {}) };
}

const LIKE_A_KEY = /^[\w\s.-]+$/;
const LIKE_AN_ID = /^#?([1-9]\d{0,14})$/;
/** The key is found however it is divided, by what keys are made of alone; `#12` is an id, and no part of a key. */
function looksLike({ text, productIds, planIds }: LicenseSearch): Record<string, unknown>[] {
  const form = LIKE_A_KEY.test(text) ? keyForm(text) : '';
  const id = LIKE_AN_ID.exec(text)?.[1];
  return [
    { notes: literally(text) },
    ...(form ? [{ licenseKey: new RegExp(Array.from(form).join('[^0-9A-Z]*'), 'i') }] : []),
    ...(id === undefined ? [] : [{ _id: Number(id) }]),
    ...(productIds.length > 0 ? [{ productId: { $in: productIds } }] : []),
    ...(planIds.length > 0 ? [{ planId: { $in: planIds } }] : []),
  ];
}
