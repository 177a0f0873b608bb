/** Holds: which command each request is, and what its answer shows. */
import {
  captureHold,
  listHolds,
  listTenantHolds,
  placeHold,
  releaseHold,
} from '@membership/contracts/endpoints/points/index';
import type { ItemOf } from '@membership/contracts/endpoint';
import { notFound } from '@membership/contracts/errors';
import type { Order } from '@membership/contracts/schemas';
import { implement, implementGrouped, reply, type Implementation } from '@membership/platform/http/implement';
import type { TenantScope } from '@membership/platform/scope';
import { sortOf } from '@membership/platform/sorting';
import type { Command } from '../ledger/command.ts';
import type { Outcome } from '../ledger/outcome.ts';
import type { CurrentProfiles } from '../ledger/current-profiles.ts';
import type { Submitting } from '../ledger/open-on-need.ts';
import { holdAt, type Hold } from '../domain/hold.ts';
import type { HoldRepository } from './hold-repository.ts';

const HOLD_ORDER: Record<string, string> = { created_at: 'createdAt' };

const holdOf = ({ hold }: Outcome): Readonly<Hold> => {
  if (!hold) throw new Error('this movement was about no hold');
  return hold;
};
const holdView = (hold: Readonly<Hold>): ItemOf<typeof placeHold> => ({
  id: hold._id,
  member: hold.memberId,
  status: hold.status,
  points_amount: hold.points,
  captured_points: hold.captured,
  released_points: hold.released,
  category: hold.category,
  reason: hold.reason,
  source_type: hold.sourceType,
  source_id: hold.sourceId,
  expires_at: hold.expiresAt?.toISOString() ?? null,
  record_id: hold.recordId,
  created_at: hold.createdAt.toISOString(),
  settled_at: hold.settledAt?.toISOString() ?? null,
});
const settledView = (outcome: Outcome): ItemOf<typeof captureHold> => {
  const hold = holdOf(outcome);
  return {
    id: hold._id,
    status: hold.status,
    captured_points: hold.captured,
    released_points: hold.released,
    record_id: hold.recordId,
    new_total_points: outcome.profile.total,
    remaining_points: outcome.profile.available,
    timestamp: outcome.at.toISOString(),
  };
};

export function holdRoutes({
  group,
  current,
  holds,
}: {
  group: Submitting;
  current: CurrentProfiles;
  holds: HoldRepository;
}): Implementation[] {
  /** Whose a hold is never changes, so it may be read before the transaction. */
  const ownerOf = async (scope: TenantScope, holdId: number): Promise<number> => {
    const hold = await holds.find(scope, holdId);
    if (!hold) throw notFound();
    return hold.memberId;
  };
  return [
    implementGrouped(
      placeHold,
      group,
      ({ params, body }): Command => {
        return {
          kind: 'hold',
          memberId: params.id,
          points: body.points_amount,
          category: body.category,
          subcategory: null,
          reason: body.reason ?? null,
          sourceType: body.source_type,
          sourceId: body.source_id ?? null,
          expiresAt: body.expires_at,
        };
      },
      (outcome) => holdView(holdOf(outcome)),
    ),
    implement(listHolds, async ({ scope, params, query }) => {
      await current.get(scope, params.id);
      const page = await holds.list(
        scope,
        { memberId: params.id, status: query.status },
        { page: query.page, size: query.page_size, sort: sortOf(query.ordering as Order[], HOLD_ORDER) },
      );
      return { ...page, items: page.items.map(holdView) };
    }),
    implement(listTenantHolds, async ({ scope, query, http }) => {
      const page = await holds.listAll(scope, { memberId: query.member, status: query.status }, http.now, {
        page: query.page,
        size: query.page_size,
        sort: sortOf(query.ordering as Order[], HOLD_ORDER),
      });
      return { ...page, items: page.items.map((hold) => holdView(holdAt(hold, http.now))) };
    }),
    implementGrouped(
      captureHold,
      group,
      async ({ scope, params, body }): Promise<Command> => ({
        kind: 'capture',
        memberId: await ownerOf(scope, params.id),
        holdId: params.id,
        points: body.points_amount,
      }),
      (outcome) => reply(settledView(outcome), { params: { points: holdOf(outcome).captured } }),
    ),
    implementGrouped(
      releaseHold,
      group,
      async ({ scope, params }): Promise<Command> => ({
        kind: 'release',
        memberId: await ownerOf(scope, params.id),
        holdId: params.id,
      }),
      (outcome) => reply(settledView(outcome), { params: { points: holdOf(outcome).released } }),
    ),
  ];
}
