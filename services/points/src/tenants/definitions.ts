/** What a tenant's movements are decided by. */
import type { Benefit } from '../benefits/benefit.ts';
import type { Level } from '../levels/level.ts';
import type { MemberLevel } from '../member-levels/member-level.ts';
import type { TagDefinition } from '../permissions/member-tag.ts';
import type { Rule } from '../rules/rule.ts';
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
