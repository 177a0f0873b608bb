/** Freezes points: they stay in the total, are not available, and their lots last as long as the hold. */
import { pointsHeld } from '@membership/contracts/events/points';
import type { Refusal } from '@membership/contracts/errors';
import { holdSoonest } from '../ledger/lots.ts';
import type { HoldCommand, Outcome } from '../ledger/movement.ts';
import { freeze, whyDisabled, whyInsufficient } from '../ledger/profile.ts';
import { whyNotCategory, whyPast } from '../ledger/refusals.ts';
import { dueAt, outcome, type Turn } from '../ledger/turn.ts';
import { whyPurchase, type Hold } from './hold.ts';
import { holdFact } from './settle-hold.ts';

const MINUTE_MS = 60_000;

/** Refusals: POINTS_DISABLED, INSUFFICIENT_POINTS, VALIDATION_ERROR for a category that does not spend or an end that is over. */
export async function placeHold(turn: Turn, command: HoldCommand): Promise<Outcome | Refusal> {
  const { batch, scope, profile, definitions } = turn;
  const refusal =
    whyPurchase({ sourceType: command.sourceType, status: 'held' }, scope.actor) ??
    whyDisabled(profile) ??
    whyNotCategory(command.category, definitions.settings.spendingCategories) ??
    whyPast(command.expiresAt, batch.now) ??
    whyInsufficient(profile, command.points);
  if (refusal) return refusal;
  const parts = holdSoonest(
    await batch.lots.holding(profile, command.points, batch.now),
    command.points,
    batch.now,
  );
  for (const { lot } of parts) batch.lots.touch(lot);
  freeze(profile, command.points, batch.now);
  batch.touch(profile);
  const usual = new Date(batch.now.getTime() + definitions.settings.holdLifetimeMinutes * MINUTE_MS);
  const expiresAt = command.expiresAt === undefined ? usual : command.expiresAt;
  const hold: Hold = {
    _id: await batch.ledger.ids.next('holds'),
    tenantId: profile.tenantId,
    memberId: profile._id,
    status: 'held',
    points: command.points,
    captured: 0,
    released: 0,
    category: command.category,
    subcategory: command.subcategory,
    reason: command.reason,
    sourceType: command.sourceType,
    sourceId: command.sourceId,
    parts: parts.map(({ lot, points }) => ({ lotId: lot._id, points })),
    expiresAt,
    recordId: null,
    createdAt: batch.now,
    settledAt: null,
  };
  batch.addHold(hold);
  dueAt(turn, expiresAt);
  batch.unit.announce(scope, pointsHeld, {
    subject: profile._id,
    sequence: ++profile.sequence,
    data: { ...holdFact(profile, hold), expiresAt: expiresAt?.toISOString() ?? null },
  });
  return { ...outcome(turn, null), hold: { ...hold } };
}
