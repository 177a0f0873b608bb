/** Gives points, multiplied by what the member, its level and running activities multiply by. */
import type { Refusal } from '@membership/contracts/errors';
import { memberLevelOf } from '../../domain/member-level.ts';
import type { Book } from '../book.ts';
import type { EarnCommand } from '../command.ts';
import type { Outcome } from '../outcome.ts';
import { multiplied, proRata, whyDisabled, worthOf } from '../../domain/profile.ts';
import { whyNotCategory, whyOverLimit, whyPast } from '../refusals.ts';
import { addLot, addRecord, outcome, UNMULTIPLIED, usualEnd } from './book-steps.ts';
import { tellMovement } from './tell-facts.ts';

/** Refusals: POINTS_DISABLED, VALIDATION_ERROR for a category that does not earn or an end that is over, DAILY_LIMIT_EXCEEDED. */
export function earn(book: Book, command: EarnCommand): Outcome | Refusal {
  const { profile, definitions } = book;
  const isNamed = command.batchId !== undefined;
  const { without } = command;
  const left = (whole: number) => (without ? whole - proRata(whole, without.part, without.of) : whole);
  // An earning asks for a point at least, also where nearly all was refunded before it was given.
  const asked = Math.max(1, left(command.points));
  const refusal =
    whyDisabled(profile) ??
    (isNamed ? undefined : whyNotCategory(command.category, definitions.settings.earningCategories)) ??
    whyPast(command.expiresAt, book.now) ??
    (isNamed ? undefined : whyOverLimit(book, { ...command, points: asked }));
  if (refusal) return refusal;
  const multipliers = isNamed ? [UNMULTIPLIED] : multipliersOf(book, command);
  const points = left(wholeOf(command, multipliers));
  const record = addRecord(book, 'earn', points, {
    ...command,
    originalPoints: asked,
    multiplier: Number(multipliers.reduce((product, one) => (product * one) / UNMULTIPLIED).toFixed(6)),
    expiresAt: command.expiresAt === undefined ? usualEnd(book) : command.expiresAt,
    asked: isNamed ? 0 : asked,
  });
  if (points > 0) addLot(book, record);
  tellMovement(book, record, asked);
  return outcome(book, record);
}

/** What a command would give if nothing of it were left out. */
export const wouldEarn = (book: Book, command: EarnCommand): number =>
  wholeOf(command, multipliersOf(book, command));

const wholeOf = ({ worth, points }: EarnCommand, multipliers: readonly number[]): number =>
  worth ? worthOf(worth, ...multipliers) : multiplied(points, ...multipliers);

/** What a member's earnings are multiplied by: its own, its member level's, and an activity's. */
const multipliersOf = ({ profile, definitions }: Book, { boost = 1 }: EarnCommand): number[] => [
  profile.multiplier,
  memberLevelOf(definitions.memberLevels, profile)?.pointMultiplier ?? UNMULTIPLIED,
  boost * UNMULTIPLIED,
];
