/** Movements of points and their records: which command each request is, and what its answer shows. */
import {
  adjustPoints,
  cancelPointsRecord,
  earnPoints,
  getPointsRecord,
  listPointsRecords,
  spendPoints,
  summarizePointsRecords,
  transferPoints,
} from '@membership/contracts/endpoints/points/index';
import { notFound, Refusal } from '@membership/contracts/errors';
import type { RequestOf } from '@membership/contracts/endpoint';
import type { Order } from '@membership/contracts/schemas';
import type { Directory } from '@membership/platform/directory';
import { implement, implementGrouped, reply, type Implementation } from '@membership/platform/http/implement';
import { sortOf } from '@membership/platform/sorting';
import { isPlainMember, requireMemberId, requireOwn, type TenantScope } from '@membership/platform/scope';
import type { TenantDefinitions } from '../tenants/tenant-definitions.ts';
import type { Command } from './command.ts';
import type { Submitting } from './open-on-need.ts';
import type { ProfileOpening } from './profile-opening.ts';
import type { PointsRecord } from '../domain/record.ts';
import type { Profile } from '../domain/profile.ts';
import type { ProfileRepository } from './profile-repository.ts';
import type { RecordFilter } from './record-filter.ts';
import type { RecordSumsRepository } from './record-sums-repository.ts';
import {
  adjustReceipt,
  cancelReceipt,
  earnReceipt,
  recordsSummaryView,
  recordView,
  spendReceipt,
  transferReceipt,
} from './record.views.ts';
import { unknownReceiver } from './refusals.ts';

type RecordQuery = RequestOf<typeof summarizePointsRecords>['query'];
/** What a caller may see of what it asks for; null: nothing, for a member that asks for another. */
function filterOf(scope: TenantScope, query: RecordQuery): RecordFilter | null {
  const own = isPlainMember(scope) ? requireMemberId(scope) : undefined;
  if (own !== undefined && query.member !== undefined && query.member !== own) return null;
  return {
    memberId: own ?? query.member,
    type: query.point_type,
    category: query.category,
    status: query.status,
    isManual: query.is_manual,
    sourceType: query.source_type,
    batchId: query.batch_id,
    from: query.created_at__gte,
    to: query.created_at__lte,
  };
}

const RECORD_ORDER: Record<string, string> = { created_at: 'createdAt' };

export function ledgerRoutes({
  group,
  opening,
  profiles,
  sums,
  definitions,
  directory,
}: {
  group: Submitting;
  opening: ProfileOpening;
  profiles: ProfileRepository;
  sums: RecordSumsRepository;
  definitions: TenantDefinitions;
  directory: Directory;
}): Implementation[] {
  const views = async (
    scope: TenantScope,
    records: readonly PointsRecord[],
    byId: ReadonlyMap<number, Profile>,
    now: Date,
  ) => {
    const tenant = await directory.tenant(scope);
    const { levels } = await definitions.of(scope);
    return records.map((record) => recordView(record, byId.get(record.memberId), levels, tenant, now));
  };
  return [
    implementGrouped(
      earnPoints,
      group,
      ({ params, body }): Command => {
        return {
          kind: 'earn',
          memberId: params.id,
          points: body.points_amount,
          category: body.category,
          subcategory: body.subcategory ?? null,
          reason: body.reason ?? null,
          sourceType: body.source_type,
          sourceId: body.source_id ?? null,
          expiresAt: body.expires_at,
        };
      },
      (outcome, { body }) => reply(earnReceipt(outcome), { params: { points: body.points_amount } }),
    ),
    implementGrouped(
      spendPoints,
      group,
      ({ scope, params, body }): Command => {
        requireOwn(scope, params.id);
        return {
          kind: 'spend',
          memberId: params.id,
          points: body.points_amount,
          category: body.category,
          subcategory: body.subcategory ?? null,
          reason: body.reason ?? null,
          sourceType: body.source_type,
          sourceId: body.source_id ?? null,
        };
      },
      (outcome, { body }) => reply(spendReceipt(outcome), { params: { points: body.points_amount } }),
    ),
    implementGrouped(
      adjustPoints,
      group,
      ({ params, body }): Command => {
        const points = body.is_negative ? -body.points_amount : body.points_amount;
        return {
          kind: 'adjust',
          memberId: params.id,
          points,
          category: body.category,
          subcategory: body.subcategory ?? null,
          reason: body.reason,
          sourceType: body.source_type,
          sourceId: null,
        };
      },
      (outcome) => adjustReceipt(outcome),
    ),
    implementGrouped(
      transferPoints,
      group,
      async ({ scope, params, body }): Promise<Command> => {
        // Even an administrator gives away its own points only.
        if (requireMemberId(scope) !== params.id) throw notFound();
        await opening.ensure(scope, params.id);
        await opening.ensure(scope, body.to_member).catch((error: unknown) => {
          throw error instanceof Refusal && error.code === 'BIZ_001' ? unknownReceiver() : error;
        });
        return {
          kind: 'transfer',
          memberId: params.id,
          toMember: body.to_member,
          points: body.points_amount,
          reason: body.reason ?? null,
        };
      },
      (outcome, { body }) =>
        reply(transferReceipt(outcome, body.to_member), { params: { points: body.points_amount } }),
    ),
    implementGrouped(
      cancelPointsRecord,
      group,
      async ({ scope, params, body }): Promise<Command> => {
        // Whose a record is never changes, so it may be read before the transaction.
        const record = await profiles.findRecord(scope, params.id);
        if (!record) throw notFound();
        return {
          kind: 'reverse',
          memberId: record.memberId,
          counterpart: record.transfer?.memberId,
          recordId: record._id,
          reason: body.reason,
        };
      },
      (outcome, { params }) => cancelReceipt(outcome, params.id),
    ),
    implement(listPointsRecords, async ({ scope, query, http }) => {
      const filter = filterOf(scope, query);
      if (!filter) return { items: [], count: 0, nextCursor: null };
      const { profiles: byId, ...page } = await profiles.listRecords(scope, filter, {
        page: query.page,
        size: query.page_size,
        cursor: query.cursor,
        sort: sortOf(query.ordering as Order[], RECORD_ORDER),
      });
      return { ...page, items: await views(scope, page.items, byId, http.now) };
    }),
    implement(summarizePointsRecords, async ({ scope, query }) => {
      const filter = filterOf(scope, query);
      return recordsSummaryView(filter ? await sums.summarize(scope, filter) : []);
    }),
    implement(getPointsRecord, async ({ scope, params, http }) => {
      const record = await profiles.findRecord(scope, params.id);
      if (!record) throw notFound();
      requireOwn(scope, record.memberId);
      const byId = await profiles.profilesOf(scope, [record.memberId]);
      return (await views(scope, [record], byId, http.now))[0] as NonNullable<
        Awaited<ReturnType<typeof views>>[0]
      >;
    }),
  ];
}
