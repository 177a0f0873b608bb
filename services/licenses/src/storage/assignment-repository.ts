/** Storage of assignments. */
import type { Page } from '@membership/contracts/dialects';
import { notFound } from '@membership/contracts/errors';
import type { Failures } from '@membership/platform/failures';
import { given } from '@membership/platform/given';
import type { ClientSession, Paging, Sort, TenantCollection, Unscoped } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { endedWithDevices, forJobs } from '../job-indexes.ts';
import { NEVER } from '../term.ts';
import type { License } from '../domain/license.ts';
import { ownLicensesOf } from '../domain/own-licenses.ts';
import type { Assignment, AssignmentStatus } from '../domain/assignment.ts';

export type AssignmentFilter = {
  readonly memberId?: number | undefined;
  readonly licenseId?: number | undefined;
  readonly productId?: number | undefined;
  readonly status?: AssignmentStatus | undefined;
  readonly expiresBefore?: Date | undefined;
  readonly assignedAfter?: Date | undefined;
  readonly withoutExpired?: boolean;
};

export type Counted = { readonly count: number; readonly isEstimate?: boolean };
type EndSpan = { readonly after: Date; readonly until: Date };
const endingQuery = ({ after, until }: EndSpan): Unscoped => ({
  isOpen: true,
  expiresAt: { $gt: after, $lte: until },
});

export class AssignmentRepository {
  readonly #assignments: TenantCollection<Assignment>;
  constructor(assignments: TenantCollection<Assignment>) {
    this.#assignments = assignments;
  }

  /** Refuses (404) what is not there. */
  async get(scope: TenantScope, id: number, session?: ClientSession): Promise<Assignment> {
    const assignment = await this.#assignments.findOne(scope, { _id: id }, session ? { session } : {});
    if (!assignment) throw notFound();
    return assignment;
  }

  /** A member's own. Somebody else's is not there (404). */
  async getOwn(
    scope: TenantScope,
    id: number,
    memberId: number,
    session?: ClientSession,
  ): Promise<Assignment> {
    const assignment = await this.get(scope, id, session);
    if (assignment.memberId !== memberId) throw notFound();
    return assignment;
  }

  list(
    scope: TenantScope,
    filter: AssignmentFilter,
    now: Date,
    sort: Sort,
    paging: Paging,
  ): Promise<Page<Assignment>> {
    return this.#assignments.page(scope, assignmentQuery(filter, now), { sort, ...paging });
  }

  /** Open assignments that end within a span, the soonest first. */
  listEnding(scope: TenantScope, span: EndSpan, paging: Paging): Promise<Page<Assignment>> {
    return this.#assignments.page(scope, endingQuery(span), { sort: { expiresAt: 1 }, ...paging });
  }

  /** At most 10,000 are counted. */
  countEnding(scope: TenantScope, span: EndSpan): Promise<Counted> {
    return this.#assignments.count(scope, endingQuery(span));
  }

  /** Open assignments among these members and licences. */
  findHeld(
    scope: TenantScope,
    memberIds: readonly number[],
    licenseIds: readonly number[],
    session: ClientSession,
  ): Promise<Assignment[]> {
    return this.#assignments.find(
      scope,
      {
        isOpen: true,
        memberId: { $in: [...new Set(memberIds)] },
        licenseId: { $in: [...new Set(licenseIds)] },
      },
      { session },
    );
  }

  findOpenOf(
    scope: TenantScope,
    licenseId: number,
    limit: number,
    { session, failures }: { readonly session?: ClientSession; readonly failures?: Failures },
  ): Promise<Assignment[]> {
    return this.#assignments.find(
      scope,
      { licenseId, isOpen: true, ...failures?.others },
      { limit, ...given({ session }) },
    );
  }

  async byId(
    scope: TenantScope,
    ids: readonly number[],
    session?: ClientSession,
  ): Promise<Map<number, Assignment>> {
    const wanted = [...new Set(ids)];
    const found =
      wanted.length === 0
        ? []
        : await this.#assignments.find(scope, { _id: { $in: wanted } }, session ? { session } : {});
    return new Map(found.map((assignment) => [assignment._id, assignment]));
  }

  /** Those of these that are still open and past their end. */
  findEnded(
    scope: TenantScope,
    ids: readonly number[],
    now: Date,
    session: ClientSession,
  ): Promise<Assignment[]> {
    return this.#assignments.find(
      scope,
      { _id: { $in: [...ids] }, isOpen: true, expiresAt: { $lte: now } },
      { session },
    );
  }

  /** Open assignments past their end, the longest overdue first. */
  findDue(now: Date, limit: number, failures?: Failures): Promise<Pick<Assignment, '_id' | 'tenantId'>[]> {
    const due = this.#assignments.acrossTenants('due dates are looked for over all tenants');
    return due
      .find(
        { ...forJobs, isOpen: true, expiresAt: { $lte: now }, ...failures?.others },
        { projection: { tenantId: 1 } },
      )
      .sort({ expiresAt: 1, _id: 1 })
      .limit(limit)
      .toArray();
  }

  /** Assignments that ended with more devices than were unbound at once. */
  findEndedWithDevices(limit: number, failures?: Failures): Promise<Pick<Assignment, '_id' | 'tenantId'>[]> {
    return this.#assignments
      .acrossTenants('what ended assignments still hold is looked for over all tenants')
      .find({ ...forJobs, ...endedWithDevices, ...failures?.others }, { projection: { tenantId: 1 } })
      .sort({ boundDevices: 1, _id: 1 })
      .limit(limit)
      .toArray();
  }

  add(scope: TenantScope, assignments: readonly Assignment[], unit: UnitOfWork): Promise<void> {
    sayChanged(assignments, unit);
    return this.#assignments.insert(scope, assignments, { session: unit.session });
  }

  async save(scope: TenantScope, assignments: readonly Assignment[], unit: UnitOfWork): Promise<void> {
    if (assignments.length === 0) return;
    sayChanged(assignments, unit);
    await this.#assignments.native.bulkWrite(
      assignments.map(({ _id, tenantId: _tenant, ...fields }) => ({
        updateOne: { filter: { _id, tenantId: scope.tenantId }, update: { $set: fields } },
      })),
      { session: unit.session, ordered: false },
    );
  }

  /**
   * Open assignments of a licence, all or some, end with it at the latest: each at its own end or the licence's, whichever is
   * first. Those that had ended when the licence got that end stay as they are.
   */
  async capEnds(
    scope: TenantScope,
    { _id: licenseId, expiresAt: end }: Pick<License, '_id' | 'expiresAt'>,
    { since, ids, unit }: { since: Date; ids?: readonly number[]; unit: UnitOfWork },
  ): Promise<void> {
    // Whose they are, nobody asks: there may be very many.
    unit.changes(ownLicensesOf(scope.tenantId));
    await this.#assignments.native.updateMany(
      {
        tenantId: scope.tenantId,
        licenseId,
        isOpen: true,
        expiresAt: { $gt: since },
        ...(ids ? { _id: { $in: [...ids] } } : {}),
      },
      [{ $set: { expiresAt: { $min: ['$ownExpiresAt', end] } } }],
      { session: unit.session },
    );
  }

  /** Ids of the open assignments of a licence whose end is not what the licence makes it, in batches. */
  async *idsToMove(
    scope: TenantScope,
    { _id: licenseId, expiresAt: end }: Pick<License, '_id' | 'expiresAt'>,
    since: Date,
    batch: number,
  ): AsyncGenerator<number[]> {
    const rows = this.#assignments.native
      .find(
        {
          tenantId: scope.tenantId,
          licenseId,
          isOpen: true,
          expiresAt: { $gt: since },
          $expr: { $ne: ['$expiresAt', { $min: ['$ownExpiresAt', end] }] },
        },
        { projection: { _id: 1 }, batchSize: batch },
      )
      .hint({ tenantId: 1, licenseId: 1, assignedAt: -1, _id: -1 });
    let ids: number[] = [];
    for await (const { _id } of rows) {
      ids.push(_id);
      if (ids.length < batch) continue;
      yield ids;
      ids = [];
    }
    if (ids.length > 0) yield ids;
  }
}

/** Says whose lists of their own licences are others once these are written. */
export function sayChanged(
  assignments: Iterable<Pick<Assignment, 'tenantId' | 'memberId'>>,
  unit: UnitOfWork,
): void {
  for (const { tenantId, memberId } of assignments) unit.changes(ownLicensesOf(tenantId, memberId));
}

/** A list's filter, as the states are at a moment: an end counts from its own instant. */
export function assignmentQuery(
  { status, expiresBefore, assignedAfter, withoutExpired, ...filter }: AssignmentFilter,
  now: Date,
): Unscoped {
  const parts: Record<string, unknown>[] = [];
  if (status === 'revoked') parts.push({ status });
  else if (status === 'expired')
    parts.push({ $or: [{ status }, { isOpen: true, expiresAt: { $lte: now } }] });
  else if (status) parts.push({ status, expiresAt: { $gt: now } });
  if (withoutExpired) parts.push({ $or: [{ status: 'revoked' }, { isOpen: true, expiresAt: { $gt: now } }] });
  if (expiresBefore) parts.push({ expiresAt: { $lte: expiresBefore, $lt: NEVER } });
  if (assignedAfter) parts.push({ assignedAt: { $gte: assignedAfter } });
  return { ...given(filter), ...(parts.length > 0 ? { $and: parts } : {}) };
}
