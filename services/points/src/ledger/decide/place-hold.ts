/** Freezes points: they stay in the total, are not available, and their lots last as long as the hold. */
import { pointsHeld } from '@membership/contracts/events/points';
import type { Refusal } from '@membership/contracts/errors';
import { holdFact, whyPurchase, type Hold } from '../../domain/hold.ts';
import type { Book } from '../book.ts';
import type { HoldCommand } from '../command.ts';
import type { Outcome } from '../outcome.ts';
import { freeze, whyDisabled, whyInsufficient } from '../../domain/profile.ts';
import { whyNotCategory, whyPast } from '../refusals.ts';
import { dueAt, outcome } from './book-steps.ts';

const MINUTE_MS = 60_000;

/** Refusals: POINTS_DISABLED, INSUFFICIENT_POINTS, VALIDATION_ERROR for a category that does not spend or an end that is over. */
export function placeHold(book: Book, command: HoldCommand): Outcome | Refusal {
  const { scope, profile, definitions, now } = book;
  const refusal =
    whyPurchase({ sourceType: command.sourceType, status: 'held' }, scope.actor) ??
    whyDisabled(profile) ??
    whyNotCategory(command.category, definitions.settings.spendingCategories) ??
    whyPast(command.expiresAt, now) ??
    whyInsufficient(profile, command.points);
  if (refusal) return refusal;
  const parts = book.choose(command.points);
  for (const { lot, points } of parts) book.changeLot(lot, { held: points });
  freeze(profile, command.points, now);
  const usual = new Date(now.getTime() + definitions.settings.holdLifetimeMinutes * MINUTE_MS);
  const expiresAt = command.expiresAt === undefined ? usual : command.expiresAt;
  const hold: Hold = {
    _id: book.terms.ids.next('holds'),
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
    createdAt: now,
    settledAt: null,
  };
  book.addHold(hold);
  dueAt(book, expiresAt);
  book.tell(pointsHeld, { ...holdFact(profile, hold), expiresAt: expiresAt?.toISOString() ?? null });
  return { ...outcome(book, null), hold };
}
