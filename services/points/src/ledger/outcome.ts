/** What came of a command. */
import type { Hold } from '../holds/hold.ts';
import type { Level } from '../levels/level.ts';
import type { MemberLevel } from '../member-levels/member-level.ts';
import type { Profile } from './profile.ts';
import type { PointsRecord } from './record.ts';

export type LevelChange = {
  readonly upgraded: boolean;
  readonly previous: Level | undefined;
  readonly current: Level | undefined;
};
export type MemberLevelChange = {
  readonly changed: boolean;
  readonly current: MemberLevel | undefined;
};
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
  /** What became of the level by spending, where the item was about that. */
  readonly memberLevelChange?: MemberLevelChange;
};
