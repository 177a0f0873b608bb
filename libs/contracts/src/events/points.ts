/** Facts of the points service: what moved in a profile's ledger. All of a profile share its sequence. */
import { z } from 'zod';
import { defineEvent } from '../event.ts';

const id = z.int().positive();
const profile = { producer: 'points', aggregate: 'profile' } as const;
/** What every movement tells. `points` are signed; balances are of the total, `available` excludes what is held. */
const movement = {
  profileId: id,
  recordId: id,
  points: z.int(),
  category: z.string(),
  subcategory: z.string().nullable(),
  sourceType: z.string(),
  sourceId: z.union([z.int(), z.string()]).nullable(),
  balanceAfter: z.int(),
  availableAfter: z.int(),
};
export const profileCreated = defineEvent('profile.created.v1', {
  ...profile,
  description: 'A member got its points profile.',
  data: z.object({
    profileId: id,
    levelId: id,
    levelName: z.string(),
    memberLevelId: id.nullable(),
    memberLevelName: z.string().nullable(),
  }),
});
export const pointsEarned = defineEvent('points.earned.v1', {
  ...profile,
  description:
    'Points were added by an earning. `askedPoints` is before multipliers; `ruleId` names the award rule, if one gave them.',
  data: z.object({
    ...movement,
    askedPoints: z.int().positive(),
    multiplier: z.string(),
    expiresAt: z.iso.datetime().nullable(),
    ruleId: id.nullable(),
  }),
});
export const pointsSpent = defineEvent('points.spent.v1', {
  ...profile,
  description: 'Points left a profile.',
  data: z.object(movement),
});
export const pointsAdjusted = defineEvent('points.adjusted.v1', {
  ...profile,
  description: 'An administrator moved points by hand, up or down.',
  data: z.object({ ...movement, reason: z.string() }),
});
export const pointsExpired = defineEvent('points.expired.v1', {
  ...profile,
  description: 'Points of lots that ended were taken.',
  data: z.object(movement),
});
export const awardSkipped = defineEvent('points.award_skipped.v1', {
  ...profile,
  description: 'An award rule matched, but nothing was given; `reason` says why. It is not tried again.',
  data: z.object({
    profileId: id,
    ruleId: id,
    sourceType: z.string(),
    sourceId: z.union([z.int(), z.string()]).nullable(),
    reason: z.string(),
  }),
});
export const levelChanged = defineEvent('level.changed.v1', {
  ...profile,
  description: 'The user level (by points) of a profile changed.',
  data: z.object({
    profileId: id,
    previousLevelId: id.nullable(),
    previousLevelName: z.string().nullable(),
    levelId: id,
    levelName: z.string(),
    levelOrder: z.int(),
    isUpgrade: z.boolean(),
    reason: z.enum(['points', 'manual', 'review', 'check']),
  }),
});
const userLevelState = z.object({
  levelId: id,
  levelName: z.string(),
  levelCode: z.string(),
  levelOrder: z.int(),
  minPoints: z.int(),
  maxPoints: z.int().nullable(),
  isActive: z.boolean(),
  isDefault: z.boolean(),
});
const userLevel = { producer: 'points', aggregate: 'user_level', data: userLevelState } as const;
export const userLevelCreated = defineEvent('user_level.created.v1', {
  ...userLevel,
  description: 'A user level was defined.',
});
export const userLevelUpdated = defineEvent('user_level.updated.v1', {
  ...userLevel,
  description: 'A user level was changed.',
});
export const userLevelDeleted = defineEvent('user_level.deleted.v1', {
  ...userLevel,
  description: 'A user level was removed.',
});
export const pointsSettingsUpdated = defineEvent('points_settings.updated.v1', {
  producer: 'points',
  aggregate: 'points_settings',
  description: "A tenant's points settings changed; carries what others use of them.",
  data: z.object({
    pointsRedeemedPerCurrencyUnit: z.int().positive(),
    pointsEarnedPerCurrencyUnit: z.number().positive(),
  }),
});
