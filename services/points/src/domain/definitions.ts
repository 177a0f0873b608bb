/** What a tenant's movements are decided by. */
import type { Benefit } from './benefit.ts';
import type { Level } from './level.ts';
import type { MemberLevel } from './member-level.ts';
import type { TagDefinition } from './member-tag.ts';
import type { Rule } from './rule.ts';
import type { PointsSettings } from './points-settings.ts';

export type Definitions = {
  readonly settings: PointsSettings;
  readonly levels: readonly Level[];
  readonly memberLevels: readonly MemberLevel[];
  readonly rules: readonly Rule[];
  readonly benefits: readonly Benefit[];
  /** As vip's newest facts define them, by their ids. */
  readonly tags: ReadonlyMap<number, TagDefinition['tag']>;
};
