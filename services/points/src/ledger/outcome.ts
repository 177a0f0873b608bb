/** What a command came to, as plain data: what doors show and facts tell. */
import type { Hold } from '../domain/hold.ts';
import type { Level } from '../domain/level.ts';
import type { MemberLevel } from '../domain/member-level.ts';
import type { Profile } from '../domain/profile.ts';
import type { PointsRecord } from '../domain/record.ts';

export type LevelChange = {
  readonly upgraded: boolean;
  readonly previous: Level | undefined;
  readonly current: Level | undefined;
};
export type MemberLevelChange = {
  readonly changed: boolean;
  readonly current: MemberLevel | undefined;
};
export type AwardOfOrder = { readonly points: number; readonly recordId: number | null };
export type UndoneOfOrder = AwardOfOrder & { readonly owed: number };
export type RefundOfOrder = { readonly given: UndoneOfOrder; readonly taken: UndoneOfOrder };
export type Outcome = {
  readonly record: PointsRecord | null;
  /** As the item left it. */
  readonly profile: Readonly<Profile>;
  readonly levelChange: LevelChange;
  readonly at: Date;
  /** As the item left it, where it was about a hold. */
  readonly hold?: Readonly<Hold>;
  /** What a reversal could not take back. */
  readonly owed?: number;
  /** What a completed order earned, or the code of what stood against it. */
  readonly order?: { readonly award: AwardOfOrder; readonly skipped: string | null };
  /** What a refund gave back of what the order used, and took back of what it earned. */
  readonly refund?: RefundOfOrder;
  /** A refund that waits for its order to be paid: its amount in hundredths, null for all of it. */
  readonly keptRefund?: { readonly amount: number | null };
  /** Nothing is left of an order now: what hangs on it is given back. */
  readonly undoneOrder?: string;
  /** What became of the level by spending, where the item was about that. */
  readonly memberLevelChange?: MemberLevelChange;
};
