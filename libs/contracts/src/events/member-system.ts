/** Facts of the member system, which the points service tells. Those about a member share its profile's sequence. */
import { z } from 'zod';
import { defineEvent } from '../event.ts';

const id = z.int().positive();
const profile = { producer: 'points', aggregate: 'profile' } as const;

export const memberLevelChanged = defineEvent('member_level.changed.v1', {
  ...profile,
  description:
    'The member level (by money spent) of a member changed. `reason` manual: an administrator set it, and it is a floor until set again.',
  data: z.object({
    profileId: id,
    previousLevelId: id.nullable(),
    previousLevelName: z.string().nullable(),
    levelId: id,
    levelName: z.string(),
    levelCode: z.string(),
    isUpgrade: z.boolean(),
    reason: z.enum(['spending', 'manual']),
  }),
});
