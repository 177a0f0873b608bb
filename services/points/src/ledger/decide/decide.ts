/** Decides one command, given the books as the commands before it left them. */
import { Refusal } from '@membership/contracts/errors';
import type { Book } from '../book.ts';
import type { Command, SetLevelCommand } from '../command.ts';
import { Needs } from '../needs.ts';
import type { LevelChange, Outcome } from '../outcome.ts';
import { adjust } from './adjust.ts';
import { completeOrder } from './complete-order.ts';
import { earn } from './earn.ts';
import { expireDue } from './expire-due.ts';
import { placeHold } from './place-hold.ts';
import { followMemberLevel } from './follow-member-level.ts';
import { outcome } from './book-steps.ts';
import { refundOrder } from './refund-order.ts';
import { reverseRecord } from './reverse-record.ts';
import { settleDebts } from './settle-debts.ts';
import { captureHold, releaseHold } from './settle-hold.ts';
import { spend } from './spend.ts';
import { transferPoints } from './transfer-points.ts';
import { followUserLevel, setUserLevel } from './follow-user-level.ts';

/** Lots that a job ends in one transaction of one profile. */
const LOTS_AT_ONCE = 500;

/**
 * Decides a command on copies of its member's book and, where it is about another member too, of that one's. They hold what it
 * changes, and are worth nothing when it is refused or needs more. Every command first expires what is due and settles what is
 * owed. Refusals: those of the verbs.
 */
export function decide(
  book: Book,
  counterpart: Book | undefined,
  command: Command,
): Outcome | Refusal | Needs {
  try {
    return decided(book, counterpart, command);
  } catch (missing) {
    if (missing instanceof Needs) return missing;
    throw missing;
  }
}

function decided(book: Book, counterpart: Book | undefined, command: Command): Outcome | Refusal {
  // A job goes through very many lots in several transactions, each well within MongoDB's time for one.
  expireDue(book, command.kind === 'expire' ? LOTS_AT_ONCE : undefined);
  settleDebts(book);
  const result = byKind(book, counterpart, command);
  if (result instanceof Refusal) return result;
  // What a hold gave back, or a reversal put into a lot, may be over by now.
  if (command.kind !== 'expire') expireDue(book);
  settleDebts(book);
  if (command.kind === 'check_level') followMemberLevel(book, 'check');
  return { ...result, levelChange: levelChangeOf(book, command, result) };
}

function byKind(book: Book, counterpart: Book | undefined, command: Command): Outcome | Refusal {
  switch (command.kind) {
    case 'earn':
      return earn(book, command);
    case 'spend':
      return spend(book, command);
    case 'adjust':
      return adjust(book, command);
    case 'hold':
      return placeHold(book, command);
    case 'capture':
      return captureHold(book, command);
    case 'release':
      return releaseHold(book, command);
    case 'transfer':
      return transferPoints(book, counterpart, command);
    case 'reverse':
      return reverseRecord(book, counterpart, command);
    case 'expire':
      return outcome(book, null);
    case 'check_level':
      return checkLevel(book);
    case 'set_level':
      return setByHand(book, command);
    case 'complete_order':
      return completeOrder(book, command);
    case 'refund_order':
      return refundOrder(book, command);
  }
}

function levelChangeOf(book: Book, { kind }: Command, { levelChange }: Outcome): LevelChange {
  if (kind === 'set_level') return levelChange;
  return followUserLevel(book, kind === 'check_level' ? 'check' : 'points');
}

function checkLevel(book: Book): Outcome {
  book.profile.lastLevelCheck = book.now;
  return outcome(book, null);
}

function setByHand(book: Book, command: SetLevelCommand): Outcome | Refusal {
  const levelChange = setUserLevel(book, command);
  return levelChange instanceof Refusal ? levelChange : { ...outcome(book, null), levelChange };
}
