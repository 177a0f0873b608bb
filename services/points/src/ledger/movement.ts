/** What can be asked of the ledger, and what came of it. */
import type { Profile, PointsRecord } from './profile.ts';
import type { Level } from '../levels/level.ts';

type Common = {
  readonly memberId: number;
  readonly category: string;
  readonly subcategory: string | null;
  readonly reason: string | null;
  readonly sourceType: string;
  readonly sourceId: number | string | null;
};
export type EarnCommand = Common & {
  readonly kind: 'earn';
  /** Before multipliers. */
  readonly points: number;
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
/** Takes what has ended, and nothing else. */
export type ExpireCommand = { readonly kind: 'expire'; readonly memberId: number };
export type Command = ExpireCommand | EarnCommand | SpendCommand | AdjustCommand | CheckLevelCommand;

export type LevelChange = {
  readonly upgraded: boolean;
  readonly previous: Level | undefined;
  readonly current: Level | undefined;
};
export type Outcome = {
  readonly record: PointsRecord | null;
  /** As the item left it. */
  readonly profile: Readonly<Profile>;
  readonly levelChange: LevelChange;
  readonly at: Date;
};
