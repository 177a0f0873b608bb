/** The commands that the ledger takes, as plain data. */
import type { OrderWorth } from '../domain/profile.ts';

type Common = {
  readonly memberId: number;
  readonly category: string;
  readonly subcategory: string | null;
  readonly reason: string | null;
  readonly sourceType: string;
  readonly sourceId: number | string | null;
  /** Set when an administrator moves points of many at once: they are moved as named, under any category. */
  readonly batchId?: string;
  /** Set when the platform itself moves them, under a category of its own. */
  readonly isOfPlatform?: true;
  /** What the member system calls it, and the order that it is about. */
  readonly eventType?: string;
  readonly relatedOrder?: string;
};
export type EarnCommand = Common & {
  readonly kind: 'earn';
  /** Before multipliers. */
  readonly points: number;
  /** What the points stand for, where they are not whole before multipliers: rounded once, after them. */
  readonly worth?: OrderWorth;
  /** What running activities multiply by. */
  readonly boost?: number;
  /** The part of a whole that is left out, of the points as they are after multipliers: it was refunded before. */
  readonly without?: { readonly part: number; readonly of: number };
  /** Absent: the tenant's default; null: never. */
  readonly expiresAt?: Date | null | undefined;
  /** Set when a rule awards: once per rule and source. */
  readonly award?: {
    readonly ruleId: number;
    readonly ruleVersion: number;
    readonly eventId: string;
    readonly key: string;
  };
};
export type SpendCommand = Common & { readonly kind: 'spend'; readonly points: number };
export type AdjustCommand = Common & { readonly kind: 'adjust' /** Signed. */; readonly points: number };
export type CheckLevelCommand = { readonly kind: 'check_level'; readonly memberId: number };
/** null: whatever the points give. */
export type SetLevelCommand = {
  readonly kind: 'set_level';
  readonly memberId: number;
  readonly levelId: number | null;
  readonly reason: string;
};
/** Takes what has ended, and nothing else. */
export type ExpireCommand = { readonly kind: 'expire'; readonly memberId: number };
export type HoldCommand = Common & {
  readonly kind: 'hold';
  readonly points: number;
  /** Absent: the tenant's lifetime of holds; null: never, for what settles its own hold. */
  readonly expiresAt?: Date | null | undefined;
};
/** `points` absent: all that is held. */
export type CaptureCommand = {
  readonly kind: 'capture';
  readonly memberId: number;
  readonly holdId: number;
  readonly points?: number | undefined;
};
export type ReleaseCommand = { readonly kind: 'release'; readonly memberId: number; readonly holdId: number };
export type TransferCommand = {
  readonly kind: 'transfer';
  readonly memberId: number;
  readonly toMember: number;
  readonly points: number;
  readonly reason: string | null;
};
/** `counterpart`: the other member, when the record is one side of a transfer. `points`: so many of it, or what is left; absent: all that is left. */
export type ReverseCommand = {
  readonly kind: 'reverse';
  readonly memberId: number;
  readonly counterpart?: number | undefined;
  readonly recordId: number;
  readonly points?: number;
  readonly reason: string | null;
  /** What the record belongs to is undone as a whole. */
  readonly isWithin?: boolean;
};
/** An order was paid: it earns the points of a purchase, once, and counts in what its member has spent. */
export type CompleteOrderCommand = {
  readonly kind: 'complete_order';
  readonly memberId: number;
  readonly orderId: string;
  /** In hundredths. */
  readonly amount: number;
  /** What running activities multiply its points by. */
  readonly boost: number;
};
/** An order was refunded: its share of points and money is undone. */
export type RefundOrderCommand = {
  readonly kind: 'refund_order';
  readonly memberId: number;
  readonly orderId: string;
  readonly refundId: string | null;
  /** In hundredths; null: all that is left. */
  readonly amount: number | null;
  readonly reason: string | null;
};
export type Command =
  | ExpireCommand
  | EarnCommand
  | SpendCommand
  | AdjustCommand
  | CheckLevelCommand
  | SetLevelCommand
  | HoldCommand
  | CaptureCommand
  | ReleaseCommand
  | TransferCommand
  | ReverseCommand
  | CompleteOrderCommand
  | RefundOrderCommand;

/** The other member that a command is about, if it is about two. */
export function counterpartOf(command: Command): number | undefined {
  if (command.kind === 'transfer') return command.toMember;
  return command.kind === 'reverse' ? command.counterpart : undefined;
}

/** Members whose profiles a command may change. */
export function membersOf(command: Command): number[] {
  const other = counterpartOf(command);
  return other === undefined ? [command.memberId] : [command.memberId, other];
}

/** Whether a command takes points out of a member's lots, soonest end first. */
export const takesLots = (command: Command, memberId: number): boolean =>
  command.memberId === memberId &&
  (['spend', 'hold', 'transfer'].includes(command.kind) || (command.kind === 'adjust' && command.points < 0));
